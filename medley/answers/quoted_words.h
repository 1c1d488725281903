#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/service_words.h"

namespace medley::answers {

/// The quotations of an answer, read once, to hold against them what a model says. What the
/// question says covers nothing, so that no question can put words into the answer.
/// Threads: immutable. Cost: each call reads the text it is given.
class QuotedWords {
 public:
  explicit QuotedWords(const DocumentAnswer& answer);

  /// What the quotations do not cover.
  struct Gap {
    std::string what;        ///< "a number: 60"; "": all is covered
    bool may_close = false;  ///< nothing is said yet, or a quote is open: what follows may cover it
    bool empty() const { return what.empty(); }
  };
  /// In a part of a sentence: a number, something in quotes, a word that none of them says.
  Gap GapIn(std::string_view text) const;
  /// In whole sentences: also a "not" too many or too few, against the sentence of a quotation that
  /// has most in common with it.
  Gap GapInWhole(std::string_view text) const;

 private:
  struct Sentence {
    ServiceTerms terms;
    bool negated = false;
  };
  Gap WrongNegation(std::string_view text) const;

  std::string text_;  ///< normalised
  ServiceTerms terms_;
  std::vector<std::string> numbers_;
  std::vector<Sentence> sentences_;
};

}  // namespace medley::answers
