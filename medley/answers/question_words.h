#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medley::answers {

/// A word of a question, or one Chinese character.
struct QuestionWord {
  std::size_t begin = 0;  ///< bytes of the question
  std::size_t end = 0;
  std::string text;  ///< normalised
  std::string stem;  ///< what it is compared by
  bool ideograph = false;
  bool capital = false;
  bool quoted = false;       ///< stands in quotes or title marks
  bool after_break = false;  ///< a mark stands before it that no name runs over
};

/// Takes a question apart. Quotes are none of the words; "'s" at the end of a word is a word of its
/// own. Limits: the first 200 words.
std::vector<QuestionWord> QuestionWords(std::string_view question);

/// Whether the question is put in Chinese.
bool IsChinese(const std::vector<QuestionWord>& words);

/// The words that say nothing about what is asked ("please", "tell me", "请问").
bool IsFiller(std::string_view word);

}  // namespace medley::answers
