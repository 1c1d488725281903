#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/character_states.h"
#include "medley/text/word_table.h"

namespace medley::text {

/// The words of Chinese text and their part of speech: the most probable way through the graph of
/// the dictionary's words, and between them, where it has single characters only, a hidden Markov
/// model. Traditional characters are looked up as their simplified ones.
/// Threads: immutable. Cost: opening maps two files; cutting about 10 million characters a second.
class ChineseWords {
 public:
  /// Errors: those of WordTable and CharacterStates.
  static Result<ChineseWords> Open(const std::filesystem::path& words,
                                   const std::filesystem::path& states);

  /// One character of a run to cut. A run also holds the words of other scripts that stand without
  /// a space beside Chinese ones, for the dictionary has some words of both.
  struct Character {
    char16_t unit = 0;     ///< U+FFFD for what is beyond 16 bits
    bool foreign = false;  ///< of another script
    bool inner = false;    ///< no word may begin here: within a foreign word
  };
  /// The lengths of the run's words.
  std::vector<std::size_t> Cut(std::span<const Character> run) const;

  /// The tags of neighbouring words, all Chinese ("n", "v", "a", ...; part_of_speech.h): those of
  /// the dictionary where it has a word of several characters, else what fits the characters and
  /// the neighbours best.
  std::vector<std::string_view> Tag(std::span<const std::u16string> words) const;

  /// The simplified character that the dictionary knows a traditional one by; others as they are.
  char16_t Simplified(char16_t unit) const;

 private:
  ChineseWords(WordTable words, CharacterStates states);
  std::vector<std::size_t> BestWay(std::u16string_view units, std::span<const Character> run) const;
  struct Candidate;
  struct Step;
  std::vector<Candidate> Candidates(std::u16string_view word) const;
  Step MakeStep(std::u16string_view word, const Step* before) const;

  WordTable words_;
  CharacterStates states_;
  std::vector<std::size_t> state_of_tag_;  ///< of a word's tag in the states' order
};

}  // namespace medley::text
