#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::rerank {

/// What a rule asks of an item or of a person, as people write it:
///   genre = Horror and (year < 1990 or not language in (zh, en))
/// A comparison is a field, one of = != < <= > >= in, and a value, which may stand in quotes; "and"
/// binds before "or". Threads: immutable.
class Condition {
 public:
  struct Term {
    std::string field;
    enum class Compare : std::uint8_t { kEqual, kLess, kAtMost, kGreater, kAtLeast };
    Compare compare = Compare::kEqual;
    std::vector<std::string> values;  ///< one; of "in" any of them
    double number = 0;                ///< the value of all but kEqual
  };

  Condition() = default;
  /// Errors: kInvalidInput saying where it breaks off and what may stand there.
  static Result<Condition> Parse(std::string_view text);

  const std::vector<Term>& terms() const { return terms_; }
  /// Whether it holds where `holds` tells of each term, by its place in terms().
  bool Holds(const std::function<bool(std::size_t)>& holds) const;

 private:
  friend class ConditionParser;
  struct Node {
    enum class Kind : std::uint8_t { kTerm, kNot, kAnd, kOr };
    Kind kind = Kind::kTerm;
    std::size_t first = 0;  ///< a term, else a node
    std::size_t second = 0;
  };
  bool HoldsAt(std::size_t node, const std::function<bool(std::size_t)>& holds) const;

  std::vector<Term> terms_;
  std::vector<Node> nodes_;  ///< each behind those it is made of
};

/// A number where the whole text is one. Missing: NaN.
double NumberOf(std::string_view text);

/// Whether a value that somebody or something has fulfils the term.
bool Fulfils(const Condition::Term& term, std::string_view value);

}  // namespace medley::rerank
