#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/word_table.h"

namespace medley::text {

/// Parts of speech of English words, as the Penn Treebank names them: each word's usual one,
/// guessed from its ending where it isn't known, then changed by rules that look at the neighbours.
/// Threads: immutable. Cost: about 1 million words a second. Source: Brill, Transformation-based
/// error-driven learning and natural language processing, Computational Linguistics 21(4), 1995.
class EnglishTagger {
 public:
  /// Errors: those of WordTable; kCorrupt naming a rule that can't be read.
  static Result<EnglishTagger> Open(const std::filesystem::path& words,
                                    const std::filesystem::path& context_rules,
                                    const std::filesystem::path& ending_rules);
  static Result<EnglishTagger> Make(WordTable words,
                                    std::string_view context_rules,
                                    std::string_view ending_rules);

  /// The tags of one sentence, a tag for each of its tokens ("NN", "VBD", ...).
  std::vector<std::string_view> Tag(std::span<const std::string_view> tokens) const;

 private:
  /// A word or tag at any of the places first .. last from where the rule is applied.
  struct Condition {
    bool word = false;
    int first = 0;
    int last = 0;
    int value = 0;
  };
  struct ContextRule {
    int from = 0;
    int to = 0;
    std::vector<Condition> conditions;
  };
  struct EndingRule {
    std::string from;  ///< empty: any
    std::string kind;
    std::string letters;
    std::string to;
  };
  explicit EnglishTagger(WordTable words) : words_(std::move(words)) {}
  bool ReadContextRule(std::string_view line);
  bool ReadEndingRule(std::string_view line);
  int NumberOf(std::string_view name);
  bool Knows(std::string_view word) const;
  std::string_view KnownTag(std::string_view word) const;
  std::string_view UsualTag(std::string_view word, bool first) const;
  std::string_view GuessedTag(std::string_view word) const;
  bool Fits(const EndingRule& rule, std::string_view word, std::string_view tag) const;

  WordTable words_;
  /// Tags, and the words that rules name. Rules compare numbers.
  std::vector<std::string> names_;
  std::map<std::string, int, std::less<>> numbers_;
  std::vector<ContextRule> context_;
  std::vector<EndingRule> endings_;
};

}  // namespace medley::text
