#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace medley::answers {

/// What a question wants.
enum class Intent : std::uint8_t {
  kValue,    ///< what an item's relation leads to: "who directed X"
  kItems,    ///< the items that fit: "films directed by P from 1995"
  kCount,    ///< how many fit
  kOthers,   ///< other items that share a relation's tail with an item
  kCheck,    ///< whether an item has something: "did P act in X"
  kAbout,    ///< what is known of something
  kWish,     ///< something to one's taste: left to search and recommendation
  kOutside,  ///< what no catalogue answers
};

/// A question as people put it, with {item}, {person}, {trait}, {relation} where they name
/// something.
struct QuestionExample {
  Intent intent = Intent::kValue;
  /// kValue, kOthers: the relation, "~" before it where it is asked from the other end; "*": the
  /// one that the {relation} names. Else for each slot but an {item} its relation, "-" for any.
  std::string_view roles;
  std::string_view text;
};

/// To teach a way of asking: a row in question_examples_english.cpp or
/// question_examples_chinese.cpp.
std::span<const QuestionExample> EnglishExamples();
std::span<const QuestionExample> ChineseExamples();

}  // namespace medley::answers
