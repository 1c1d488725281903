#include "medley/text/chinese_words.h"

#include <unicode/translit.h>
#include <unicode/umachine.h>
#include <unicode/unistr.h>
#include <unicode/utrans.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/character_states.h"
#include "medley/text/word_table.h"

namespace medley::text {
namespace {

/// About the logarithm of the probability of a word that was seen once.
constexpr float kSeenOnce = -18;
/// Below it are the words that the dictionary lists without having counted them.
constexpr float kHardlySeen = -16.5;
/// Characters that do the work of grammar: words by themselves, and no part of a word that the
/// dictionary lacks.
constexpr std::u16string_view kGrammar =
    u"的了着过吗呢吧啊是在和与或跟把被对从向于也都会能里上下地得";
/// Those of them that stand before any word.
constexpr std::u16string_view kLinking = u"的了和与或跟把被";
constexpr std::size_t kMostCandidates = 6;
constexpr char16_t kFirstIdeograph = 0x3400;
constexpr char16_t kBehindIdeographs = 0xA000;

/// ICU's simplified form of each character from kFirstIdeograph on. Made when the first text needs
/// it: 0.1 s.
const std::vector<char16_t>& SimplifiedForms() {
  static const std::vector<char16_t> forms = [] {
    icu::UnicodeString all;
    for (char16_t c = kFirstIdeograph; c < kBehindIdeographs; ++c) all.append(c).append(u' ');
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Transliterator> simplify(
        icu::Transliterator::createInstance("Hant-Hans", UTRANS_FORWARD, status));
    if (U_SUCCESS(status)) simplify->transliterate(all);
    std::vector<char16_t> made(kBehindIdeographs - kFirstIdeograph);
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = all.charAt(static_cast<std::int32_t>(2 * i));
    return made;
  }();
  return forms;
}

/// Whether a word of the dictionary is none that one should build on: "结婚的人" and "和普京" are
/// listed, uncounted.
bool IsDoubtful(std::u16string_view word, float log_probability) {
  return log_probability < kHardlySeen && word.size() > 1 &&
         (kLinking.find(word.front()) != word.npos || word.find(u'的') != word.npos);
}

}  // namespace

struct ChineseWords::Candidate {
  std::size_t tag = 0;  ///< of the states
  float score = 0;      ///< of the best way up to here
};

/// A word on the way to the most probable tags of a text.
struct ChineseWords::Step {
  std::vector<Candidate> candidates;
  std::vector<std::size_t> from;  ///< for each, the candidate of the word before that leads to it
  bool single = false;
};

ChineseWords::ChineseWords(WordTable words, CharacterStates states)
    : words_(std::move(words)), states_(std::move(states)) {
  for (std::size_t tag = 0; tag < words_.n_tags(); ++tag)
    state_of_tag_.push_back(states_.FindTag(words_.tag(static_cast<std::uint8_t>(tag))));
}

Result<ChineseWords> ChineseWords::Open(const std::filesystem::path& words,
                                        const std::filesystem::path& states) {
  MEDLEY_ASSIGN_OR_RETURN(auto table, WordTable::Open(words));
  MEDLEY_ASSIGN_OR_RETURN(auto characters, CharacterStates::Open(states));
  return ChineseWords(std::move(table), std::move(characters));
}

char16_t ChineseWords::Simplified(char16_t unit) const {
  constexpr std::size_t kFew = 20;
  if (unit < kFirstIdeograph || unit >= kBehindIdeographs) return unit;
  const std::size_t own = words_.CountFrom(unit);
  if (own > kFew) return unit;  // simplified texts use it as well
  const char16_t simple = SimplifiedForms()[unit - kFirstIdeograph];
  return words_.CountFrom(simple) > own ? simple : unit;
}

/// For each place of the run, the length of the word that begins there on the best way.
std::vector<std::size_t> ChineseWords::BestWay(std::u16string_view units,
                                               std::span<const Character> run) const {
  std::vector<std::size_t> length(run.size());
  std::vector<float> best(run.size() + 1);
  std::size_t foreign_end = run.size();  // of the foreign word that reaches the place
  for (std::size_t at = run.size(); at-- > 0;) {
    if (!run[at].foreign || at + 1 == run.size() || !run[at + 1].inner) foreign_end = at + 1;
    if (run[at].inner) continue;
    length[at] = foreign_end - at;
    best[at] = kSeenOnce + best[foreign_end];
    words_.ForEachPrefix(units.substr(at), [&](std::size_t n, WordTable::Word word) {
      if (at + n < run.size() && run[at + n].inner) return;
      if (IsDoubtful(units.substr(at, n), word.log_probability)) return;
      const float score = word.log_probability + best[at + n];
      if (n > 1 ? score >= best[at] : n == length[at]) {
        best[at] = score;
        length[at] = n;
      }
    });
  }
  return length;
}

std::vector<std::size_t> ChineseWords::Cut(std::span<const Character> run) const {
  std::u16string units;
  for (const Character& character : run) units += Simplified(character.unit);
  const auto way = BestWay(units, run);
  std::vector<std::size_t> lengths;
  std::size_t singles = 0;  // Chinese characters before `at` that are no part of a longer word
  const auto cut_singles = [&](std::size_t end) {
    const auto run_of_singles = std::u16string_view(units).substr(end - singles, singles);
    // A word of the dictionary that the best way did not take is none here.
    if (singles > 1 && !words_.Find(run_of_singles)) {
      const auto cut = states_.Cut(run_of_singles, kGrammar);
      lengths.insert(lengths.end(), cut.begin(), cut.end());
    } else {
      lengths.insert(lengths.end(), singles, 1);
    }
    singles = 0;
  };
  for (std::size_t at = 0; at < run.size(); at += way[at]) {
    if (way[at] == 1 && !run[at].foreign) {
      ++singles;
      continue;
    }
    cut_singles(at);
    lengths.push_back(way[at]);
  }
  cut_singles(run.size());
  return lengths;
}

/// The tags that a word may have, as the states number them.
std::vector<ChineseWords::Candidate> ChineseWords::Candidates(std::u16string_view word) const {
  const auto known = words_.Find(word);
  const std::size_t known_tag = known ? state_of_tag_[known->tag] : states_.n_tags();
  if (word.size() > 1 && known_tag < states_.n_tags()) return {{known_tag, 0}};
  std::vector<Candidate> candidates;
  if (word.size() == 1) {
    states_.ForEachSingle(word[0], [&](std::size_t tag, float likelihood) {
      candidates.push_back({tag, likelihood});
    });
    if (candidates.empty() && known_tag < states_.n_tags()) return {{known_tag, 0}};
  }
  if (candidates.empty()) {
    std::vector<float> likelihoods(states_.n_tags());
    states_.WriteLikelihoods(word, likelihoods);
    for (std::size_t tag = 0; tag < likelihoods.size(); ++tag)
      candidates.push_back({tag, likelihoods[tag]});
  }
  const std::size_t kept = std::min(kMostCandidates, candidates.size());
  std::ranges::partial_sort(
      candidates, candidates.begin() + static_cast<std::ptrdiff_t>(kept), [](auto a, auto b) {
        return a.score != b.score ? a.score > b.score : a.tag < b.tag;
      });
  candidates.resize(kept);
  return candidates;
}

ChineseWords::Step ChineseWords::MakeStep(std::u16string_view word, const Step* before) const {
  std::u16string simplified;
  for (const char16_t unit : word) simplified += Simplified(unit);
  Step step{.candidates = Candidates(simplified), .single = simplified.size() == 1};
  step.from.resize(step.candidates.size());
  for (std::size_t c = 0; c < step.candidates.size(); ++c) {
    auto& [tag, score] = step.candidates[c];
    if (before == nullptr) {
      score += states_.Start(tag, step.single);
      continue;
    }
    float best = std::numeric_limits<float>::lowest();
    for (std::size_t b = 0; b < before->candidates.size(); ++b) {
      const auto& [tag_before, score_before] = before->candidates[b];
      const float value =
          score_before + states_.Transition(tag_before, before->single, tag, step.single);
      if (value <= best) continue;
      best = value;
      step.from[c] = b;
    }
    score += best;
  }
  return step;
}

std::vector<std::string_view> ChineseWords::Tag(std::span<const std::u16string> words) const {
  std::vector<Step> steps;
  for (const auto& word : words)
    steps.push_back(MakeStep(word, steps.empty() ? nullptr : &steps.back()));
  std::vector<std::string_view> tags(words.size());
  if (words.empty()) return tags;
  const auto& last = steps.back().candidates;
  auto chosen = static_cast<std::size_t>(std::ranges::max_element(last, {}, &Candidate::score) -
                                         last.begin());
  for (std::size_t i = words.size(); i-- > 0;) {
    tags[i] = states_.tag(steps[i].candidates[chosen].tag);
    chosen = steps[i].from[chosen];
  }
  return tags;
}

}  // namespace medley::text
