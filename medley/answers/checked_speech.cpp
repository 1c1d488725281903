#include "medley/answers/checked_speech.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/data/text_check.h"
#include "medley/text/display.h"

namespace medley::answers {
namespace {

constexpr std::size_t kMostShown = 1200;

/// Where the last clause that has ended in `text` ends; 0: none has.
std::size_t LastClauseEnd(std::string_view text) {
  constexpr std::array<std::string_view, 7> kEnds = {", ", "; ", ": ", "，", "；", "：", "、"};
  std::size_t last = 0;
  for (const auto end : kEnds) {
    const auto at = text.rfind(end);
    if (at != std::string_view::npos) last = std::max(last, at);
  }
  return last;
}

}  // namespace

std::string Unsaid(std::string_view quotation, std::string_view said) {
  const auto sentences = SentencesOf(quotation);
  const auto shared = [](const ServiceTerms& known, std::string_view sentence) {
    const auto terms = TermsOf(sentence).terms;
    return std::ranges::count_if(terms, [&](const auto& term) { return Names(known, term); });
  };
  // Each sentence that was said tells the one of the quotation that it has most in common with.
  std::vector<std::uint8_t> told(sentences.size());
  for (const auto one : SentencesOf(said)) {
    const auto known = TermsOf(one);
    const auto best = std::ranges::max_element(
        sentences, {}, [&](std::string_view sentence) { return shared(known, sentence); });
    if (best != sentences.end() && shared(known, *best) > 0)
      told[static_cast<std::size_t>(best - sentences.begin())] = 1;
  }
  const auto all = TermsOf(said);
  const bool spaced = !said.empty() && static_cast<signed char>(said.back()) > 0;
  std::string rest;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto terms = std::ssize(TermsOf(sentences[i]).terms);
    if (told[i] != 0 || 2 * shared(all, sentences[i]) > terms) continue;
    if (spaced || !rest.empty()) rest += ' ';
    rest += sentences[i];
  }
  return rest;
}

bool CheckedSpeech::Take(std::string_view piece) {
  if (ended_) return true;
  pending_ += piece;
  if (pending_.find_first_not_of(" \t") == std::string::npos) return true;
  if (const auto line = pending_.find('\n'); line != std::string::npos) {
    pending_.resize(line);
    ended_ = true;
  }
  return LetOut(ended_) && HopeFor();
}

void CheckedSpeech::Finish() {
  if (refused_) return;
  LetOut(true);
  refused_ = refused_ || !data::TrimText(pending_).empty();
}

/// Says what of `pending_` is whole and covered; sentences that say nothing by themselves ("Yes.")
/// wait for the next. False: nothing of what follows is wanted.
bool CheckedSpeech::LetOut(bool ended) {
  for (std::size_t held = 1;; ++held) {
    const auto sentences = SentencesOf(pending_);
    if (held + (ended ? 0 : 1) > sentences.size()) return true;
    const auto& last = sentences[held - 1];
    const auto end = static_cast<std::size_t>(last.data() + last.size() - pending_.data());
    const std::string_view whole = std::string_view(pending_).substr(0, end);
    if (IsInstruction(whole)) return Refuse();
    const auto gap = evidence_.GapInWhole(whole);
    if (gap.may_close) continue;
    if (!gap.empty()) return Refuse();
    const bool apart = !said_.empty() && pending_.front() == ' ';
    const std::string shown =
        (apart ? " " : "") + text::DisplayText(data::TrimText(whole), kMostShown);
    said_ += shown;
    pending_.erase(0, end);
    held = 0;
    if (say_ && !say_(shown)) return false;
  }
}

/// A clause that the evidence does not say will not be mended by what follows: the quotation need
/// not wait for it.
bool CheckedSpeech::HopeFor() {
  const auto end = LastClauseEnd(pending_);
  if (end == 0) return true;
  const auto gap = evidence_.GapIn(std::string_view(pending_).substr(0, end));
  return gap.empty() || gap.may_close || Refuse();
}

bool CheckedSpeech::Refuse() {
  refused_ = true;
  pending_.clear();
  return false;
}

}  // namespace medley::answers
