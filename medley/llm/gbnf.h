#pragma once

#include <memory>
#include <string_view>

#include "medley/core/result.h"

namespace medley::llm {

/// A GBNF grammar as a checker: whether a text is one that it produces. For what a backend wrote
/// that was only asked to keep to the grammar. Rules, literals, classes, groups, alternatives,
/// repetitions (*, +, ?, {m,n}), "." and comments, as llama.cpp reads them.
/// Threads: immutable after Parse.
class Gbnf {
 public:
  /// Errors: kInvalidInput saying where; also for a grammar without "root", one that names a rule
  /// it doesn't hold, and one that calls itself before it takes a character.
  static Result<Gbnf> Parse(std::string_view grammar);
  Gbnf(Gbnf&&) noexcept;
  Gbnf& operator=(Gbnf&&) noexcept;
  ~Gbnf();

  /// Cost: (length of the text) x (size of the grammar), squared at worst.
  bool Matches(std::string_view text) const;

 private:
  struct State;
  explicit Gbnf(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medley::llm
