#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_words.h"
#include "medley/core/ids.h"
#include "medley/text/fuzzy_dictionary.h"

namespace medley::answers {

inline constexpr std::size_t kSlotKinds = 4;
/// How many mentions of each SlotKind.
using SlotCounts = std::array<std::uint8_t, kSlotKinds>;

/// "{item}".
std::string_view Placeholder(SlotKind kind);

/// One way of reading a question: its words by their stems, what is mentioned by its placeholder.
using MaskedQuestion = std::vector<std::string>;

/// A word as examples are compared by it: "film" for "movies", "导" for "导演" and "执导".
void AppendWord(const QuestionWord& word, MaskedQuestion& masked);

/// Compares questions with the examples of one language: the words and pairs of neighbours that
/// both have, each weighing how much it tells of what is asked (Dice): the divergence of intents
/// and of relations among the examples that have it from those of all. Threads: immutable. Cost: a
/// few us a reading.
class ExampleIndex {
 public:
  explicit ExampleIndex(std::span<const QuestionExample> examples);

  static const ExampleIndex& English();
  static const ExampleIndex& Chinese();

  bool Knows(std::string_view stem) const { return words_.find(stem) != words_.end(); }
  /// The word of the examples, by its stem, that a misspelt one is nearest to; "": none is near.
  std::string Corrected(std::string_view word) const;

  struct Match {
    const QuestionExample* example = nullptr;
    double score = 0;  ///< 0 .. 1
  };
  /// The nearest of those whose slots the mentions fill: as many items, people and relations; at
  /// least as many traits. No example: nullptr.
  Match Nearest(const MaskedQuestion& question, const SlotCounts& mentions) const;

 private:
  struct Example {
    const QuestionExample* example;
    SlotCounts slots;
    double weight;
  };
  double WeightOf(std::string_view feature) const;
  void WeighFeatures();

  std::vector<Example> examples_;
  StringMap<std::vector<std::uint32_t>> postings_;  ///< feature to examples
  StringMap<double> weights_;
  StringMap<bool> words_;
  std::vector<std::string> spellings_;
  text::FuzzyDictionary fuzzy_;
};

}  // namespace medley::answers
