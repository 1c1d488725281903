#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace medley::llm {

/// A finite grammar: fixed texts, choices among them, and sequences. From the same rule come the
/// GBNF that binds a model, and the check that a text is one that the rule can produce. Texts are
/// data: whatever they hold (quotes, backslashes, line ends, GBNF's own signs), they only ever
/// stand for themselves. Bytes that are no UTF-8 become U+FFFD, since a model's text can't hold
/// them. Threads: immutable values; copies share their parts.
class Rule {
 public:
  static Rule Text(std::string_view text);
  /// Precondition: not empty.
  static Rule OneOf(std::vector<Rule> choices);
  static Rule OneOf(const std::vector<std::string>& texts);
  static Rule InOrder(std::vector<Rule> parts);

  /// GBNF whose start is "root".
  std::string ToGbnf() const;
  /// Whether the rule can produce exactly `text`. Cost: number of choices times length.
  bool Matches(std::string_view text) const;
  /// How many texts it can produce, repetitions counted; `most` where there are that many or more.
  /// Cost: number of choices.
  std::size_t CountUpTo(std::size_t most) const;
  /// Every text that it can produce, without repetition, in the order of the choices. Precondition:
  /// at most `limit` of them.
  std::vector<std::string> All(std::size_t limit = 100'000) const;

 private:
  struct Node;
  explicit Rule(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

/// `text` as a GBNF literal, its quotes included.
std::string GbnfLiteral(std::string_view text);

}  // namespace medley::llm
