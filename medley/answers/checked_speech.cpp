#include "medley/answers/checked_speech.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/data/text_check.h"
#include "medley/text/display.h"
#include "medley/text/normalize.h"

namespace medley::answers {
namespace {

constexpr std::size_t kMostShown = 1200;
constexpr std::string_view kOpenQuote = "an open quote";
constexpr std::string_view kNothingSaid = "nothing said";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Numbers as they are compared: "1,204" is 1204, "4.50" is 4.5.
std::vector<std::string> Numbers(std::string_view text) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    std::string number;
    bool point = false;
    for (; i < text.size(); ++i) {
      const bool inside = i + 1 < text.size() && IsDigit(text[i + 1]);
      if (IsDigit(text[i])) {
        number += text[i];
      } else if (text[i] == '.' && inside && !point) {
        number += text[i];
        point = true;
      } else if (text[i] != ',' || !inside) {
        break;
      }
    }
    if (point) number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    numbers.push_back(std::move(number));
  }
  return numbers;
}

/// The evidence in one text, as it is compared.
std::string Evidence(const DocumentAnswer& answer) {
  std::string evidence;
  for (const auto& cited : answer.cited)
    evidence += cited.title + "\n" + cited.heading + "\n" + cited.quote + "\n";
  return text::Normalize(evidence);
}

std::string UncoveredQuote(std::string_view text, std::string_view evidence) {
  constexpr std::array kQuotes = {
      std::pair{"“", "”"}, std::pair{"《", "》"}, std::pair{"「", "」"}, std::pair{"\"", "\""}};
  for (const auto& [open, close] : kQuotes) {
    for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at + 1)) {
      const auto begin = at + std::string_view(open).size();
      const auto end = text.find(close, begin);
      if (end == std::string_view::npos) return std::string(kOpenQuote);
      const auto quoted = text::Normalize(text.substr(begin, end - begin));
      if (evidence.find(quoted) == std::string_view::npos) return "a name: " + quoted;
      at = end;
    }
  }
  return {};
}

std::size_t Negations(std::string_view text) {
  constexpr std::array<std::string_view, 14> kSpaced = {"not",
                                                        "no",
                                                        "never",
                                                        "cannot",
                                                        "can't",
                                                        "don't",
                                                        "doesn't",
                                                        "won't",
                                                        "isn't",
                                                        "aren't",
                                                        "without",
                                                        "nor",
                                                        "unable",
                                                        "except"};
  constexpr std::array<std::string_view, 8> kChinese = {
      "不", "没", "无法", "非", "未", "勿", "禁止", "除"};
  const std::string plain = " " + text::Normalize(text) + " ";
  std::size_t n = 0;
  for (const auto word : kSpaced) {
    for (auto at = plain.find(word); at != std::string::npos; at = plain.find(word, at + 1)) {
      const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; };
      n += !letter(plain[at - 1]) && !letter(plain[at + word.size()]) ? 1 : 0;
    }
  }
  for (const auto word : kChinese) {
    for (auto at = plain.find(word); at != std::string::npos; at = plain.find(word, at + 1)) ++n;
  }
  return n;
}

/// Words that only join, which an answer may have of its own.
bool IsJoining(std::string_view term) {
  constexpr std::string_view kJoining =
      " according document answer question accord mean inform base state note full within sure "
      "根据 据文 文档 回答 ";
  return kJoining.find(" " + std::string(term) + " ") != std::string_view::npos;
}

/// Each sentence that refuses what the evidence grants, or the other way round.
std::string WrongNegation(std::string_view text, const DocumentAnswer& answer) {
  for (const auto sentence : SentencesOf(text)) {
    const auto said = TermsOf(sentence);
    std::size_t best = 0;
    bool same = true;
    for (const auto& cited : answer.cited) {
      for (const auto one : SentencesOf(cited.quote)) {
        const auto known = TermsOf(one);
        const auto shared = static_cast<std::size_t>(std::ranges::count_if(
            said.terms, [&](const auto& term) { return Names(known, term); }));
        if (shared < best || shared == 0) continue;
        const bool alike = (Negations(sentence) > 0) == (Negations(one) > 0);
        same = shared > best ? alike : same || alike;
        best = shared;
      }
    }
    if (!same) return "a refusal or a promise: " + std::string(sentence);
  }
  return {};
}

/// What of a part of a sentence no evidence says, whatever follows it.
std::string UnknownIn(std::string_view text, const DocumentAnswer& answer) {
  const std::string evidence = Evidence(answer);
  const auto known_numbers = Numbers(evidence);
  for (const auto& number : Numbers(text::Normalize(text))) {
    if (std::ranges::find(known_numbers, number) == known_numbers.end())
      return "a number: " + number;
  }
  if (auto quoted = UncoveredQuote(text, evidence); !quoted.empty()) return quoted;
  const auto known = TermsOf(evidence);
  const auto said = TermsOf(text);
  bool anything = false;
  for (const auto& term : said.terms) {
    anything = anything || Names(known, term);
    if (!Names(known, term) && !IsJoining(term) &&
        (IsDigit(term[0]) ? Numbers(term).empty() : true))
      return "a word: " + term;
  }
  return anything ? std::string() : std::string(kNothingSaid);
}

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

std::string Uncovered(std::string_view text, const DocumentAnswer& answer) {
  auto unknown = UnknownIn(text, answer);
  return unknown.empty() ? WrongNegation(text, answer) : unknown;
}

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
    const auto problem =
        IsInstruction(whole) ? std::string("an instruction") : Uncovered(whole, evidence_);
    if (problem == kNothingSaid || problem == kOpenQuote) continue;
    if (!problem.empty()) return Refuse();
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
  const auto problem = UnknownIn(std::string_view(pending_).substr(0, end), evidence_);
  return problem.empty() || problem == kNothingSaid || problem == kOpenQuote || Refuse();
}

bool CheckedSpeech::Refuse() {
  refused_ = true;
  pending_.clear();
  return false;
}

}  // namespace medley::answers
