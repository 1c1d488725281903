#include "medley/text/stem.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace medley::text {
namespace {

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

/// A word being cut down, in the paper's terms.
class PorterWord {
 public:
  explicit PorterWord(std::string_view word) : word_(word) {}

  std::string Stem() {
    PluralsStep();
    PastAndGerundStep();
    FinalYStep();
    ApplyLongest(kDoubleSuffixes);
    ApplyLongest(kSingleSuffixes);
    RemoveSuffixStep();
    FinalEStep();
    return std::move(word_);
  }

 private:
  static constexpr auto kDoubleSuffixes = std::to_array<Rule>(
      {{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},
       {"izer", "ize"},    {"abli", "able"},   {"alli", "al"},     {"entli", "ent"},
       {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
       {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"},
       {"ousness", "ous"}, {"aliti", "al"},    {"iviti", "ive"},   {"biliti", "ble"}});
  static constexpr auto kSingleSuffixes = std::to_array<Rule>({{"icate", "ic"},
                                                               {"ative", ""},
                                                               {"alize", "al"},
                                                               {"iciti", "ic"},
                                                               {"ical", "ic"},
                                                               {"ful", ""},
                                                               {"ness", ""}});
  static constexpr auto kRemoved = std::to_array<std::string_view>({"al",
                                                                    "ance",
                                                                    "ence",
                                                                    "er",
                                                                    "ic",
                                                                    "able",
                                                                    "ible",
                                                                    "ant",
                                                                    "ement",
                                                                    "ment",
                                                                    "ent",
                                                                    "ou",
                                                                    "ism",
                                                                    "ate",
                                                                    "iti",
                                                                    "ous",
                                                                    "ive",
                                                                    "ize"});

  bool IsConsonant(std::size_t i) const {
    switch (word_[i]) {
      case 'a':
      case 'e':
      case 'i':
      case 'o':
      case 'u':
        return false;
      case 'y':
        return i == 0 || !IsConsonant(i - 1);
      default:
        return true;
    }
  }
  /// How many times vowels are followed by consonants in the first `length` letters: the paper's m.
  int Measure(std::size_t length) const {
    int measure = 0;
    for (std::size_t i = 1; i < length; ++i)
      measure += static_cast<int>(IsConsonant(i) && !IsConsonant(i - 1));
    return measure;
  }
  bool HasVowel(std::size_t length) const {
    for (std::size_t i = 0; i < length; ++i) {
      if (!IsConsonant(i)) return true;
    }
    return false;
  }
  bool EndsWithDoubleConsonant() const {
    const std::size_t n = word_.size();
    return n >= 2 && word_[n - 1] == word_[n - 2] && IsConsonant(n - 1);
  }
  /// Consonant, vowel, consonant other than w, x, y: the paper's *o.
  bool EndsShort(std::size_t length) const {
    if (length < 3 || !IsConsonant(length - 3) || IsConsonant(length - 2) ||
        !IsConsonant(length - 1))
      return false;
    const char last = word_[length - 1];
    return last != 'w' && last != 'x' && last != 'y';
  }
  bool Ends(std::string_view suffix) const { return word_.ends_with(suffix); }
  std::size_t StemLength(std::string_view suffix) const { return word_.size() - suffix.size(); }
  void Replace(std::string_view suffix, std::string_view replacement) {
    word_.resize(StemLength(suffix));
    word_ += replacement;
  }

  void PluralsStep() {
    if (Ends("sses")) {
      Replace("sses", "ss");
    } else if (Ends("ies")) {
      Replace("ies", "i");
    } else if (Ends("s") && !Ends("ss")) {
      Replace("s", "");
    }
  }
  void PastAndGerundStep() {
    if (Ends("eed")) {
      if (Measure(StemLength("eed")) > 0) word_.pop_back();
      return;
    }
    const std::string_view suffix = Ends("ed") ? "ed" : Ends("ing") ? "ing" : "";
    if (suffix.empty() || !HasVowel(StemLength(suffix))) return;
    word_.resize(StemLength(suffix));
    const bool lost_an_e = Ends("at") || Ends("bl") || Ends("iz") ||
                           (Measure(word_.size()) == 1 && EndsShort(word_.size()));
    if (lost_an_e) {
      word_ += 'e';
    } else if (EndsWithDoubleConsonant() && !Ends("l") && !Ends("s") && !Ends("z")) {
      word_.pop_back();
    }
  }
  void FinalYStep() {
    if (Ends("y") && HasVowel(StemLength("y"))) word_.back() = 'i';
  }
  /// The longest suffix that fits decides, whether or not its condition holds.
  void ApplyLongest(std::span<const Rule> rules) {
    const Rule* longest = nullptr;
    for (const auto& rule : rules) {
      if (Ends(rule.suffix) && (longest == nullptr || rule.suffix.size() > longest->suffix.size()))
        longest = &rule;
    }
    if (longest != nullptr && Measure(StemLength(longest->suffix)) > 0) {
      Replace(longest->suffix, longest->replacement);
    }
  }
  void RemoveSuffixStep() {
    std::string_view longest;
    for (const auto suffix : kRemoved) {
      if (Ends(suffix) && suffix.size() > longest.size()) longest = suffix;
    }
    if (longest.empty() && Ends("ion")) {
      const std::size_t stem = StemLength("ion");
      if (stem > 0 && (word_[stem - 1] == 's' || word_[stem - 1] == 't')) longest = "ion";
    }
    if (!longest.empty() && Measure(StemLength(longest)) > 1) word_.resize(StemLength(longest));
  }
  void FinalEStep() {
    if (Ends("e")) {
      const std::size_t stem = StemLength("e");
      if (Measure(stem) > 1 || (Measure(stem) == 1 && !EndsShort(stem))) word_.pop_back();
    }
    if (Ends("ll") && Measure(word_.size()) > 1) word_.pop_back();
  }

  std::string word_;
};

}  // namespace

std::string Stem(std::string_view word) {
  constexpr std::size_t kShortest = 3;
  const bool english = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!english || word.size() < kShortest) return std::string(word);
  return PorterWord(word).Stem();
}

}  // namespace medley::text
