#include "medley/llm/grammar.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/text/utf8.h"

namespace medley::llm {
namespace {

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = text::NextCharacter(text, at);
    text::AppendCharacter(out, character == text::kNoCharacter ? U'\uFFFD' : character);
  }
  return out;
}

}  // namespace

struct Rule::Node {
  enum class Kind : std::uint8_t { kText, kOneOf, kInOrder };
  using Numbers = std::unordered_map<const Node*, std::size_t>;
  using Ends = std::set<std::size_t>;

  Kind kind = Kind::kText;
  std::string text;
  std::vector<Rule> parts;

  /// Gives every choice below a rule of its own, since "|" binds a whole rule.
  void Collect(Numbers& numbers, std::vector<const Node*>& order) const {
    if (kind == Kind::kText || !numbers.emplace(this, numbers.size()).second) return;
    for (const auto& part : parts) part.node_->Collect(numbers, order);
    order.push_back(this);
  }

  std::string Reference(const Numbers& numbers) const {
    return kind == Kind::kText ? GbnfLiteral(text) : "rule-" + std::to_string(numbers.at(this));
  }

  std::string Body(const Numbers& numbers) const {
    std::string body;
    for (const auto& part : parts) {
      if (!body.empty()) body += kind == Kind::kOneOf ? " | " : " ";
      body += part.node_->Reference(numbers);
    }
    return body;
  }

  /// Where a match that begins at one of `begins` may end.
  Ends Match(std::string_view whole, const Ends& begins) const {
    Ends ends;
    switch (kind) {
      case Kind::kText:
        for (const auto begin : begins) {
          if (whole.substr(begin).starts_with(text)) ends.insert(begin + text.size());
        }
        return ends;
      case Kind::kOneOf:
        for (const auto& part : parts) ends.merge(part.node_->Match(whole, begins));
        return ends;
      case Kind::kInOrder:
        ends = begins;
        for (const auto& part : parts) ends = part.node_->Match(whole, ends);
        return ends;
    }
    return ends;
  }

  std::size_t CountUpTo(std::size_t most) const {
    if (kind == Kind::kText) return std::min<std::size_t>(1, most);
    std::size_t count = kind == Kind::kOneOf ? 0 : 1;
    for (const auto& part : parts) {
      const std::size_t more = part.node_->CountUpTo(most);
      count = std::min(most, kind == Kind::kOneOf ? count + more : count * more);
    }
    return count;
  }

  void AppendAll(const std::string& before, std::vector<std::string>& out) const {
    std::vector<std::string> texts = {before};
    switch (kind) {
      case Kind::kText:
        out.push_back(before + text);
        return;
      case Kind::kOneOf:
        for (const auto& part : parts) part.node_->AppendAll(before, out);
        return;
      case Kind::kInOrder:
        for (const auto& part : parts) {
          std::vector<std::string> longer;
          for (const auto& one : texts) part.node_->AppendAll(one, longer);
          texts = std::move(longer);
        }
        out.insert(out.end(), texts.begin(), texts.end());
        return;
    }
  }
};

Rule Rule::Text(std::string_view text) {
  return Rule(std::make_shared<const Node>(
      Node{.kind = Node::Kind::kText, .text = ValidUtf8(text), .parts = {}}));
}

Rule Rule::OneOf(std::vector<Rule> choices) {
  assert(!choices.empty());
  if (choices.size() == 1) return choices.front();
  return Rule(std::make_shared<const Node>(
      Node{.kind = Node::Kind::kOneOf, .text = {}, .parts = std::move(choices)}));
}

Rule Rule::OneOf(const std::vector<std::string>& texts) {
  std::vector<Rule> choices;
  choices.reserve(texts.size());
  for (const auto& text : texts) choices.push_back(Text(text));
  return OneOf(std::move(choices));
}

Rule Rule::InOrder(std::vector<Rule> parts) {
  return Rule(std::make_shared<const Node>(
      Node{.kind = Node::Kind::kInOrder, .text = {}, .parts = std::move(parts)}));
}

std::string Rule::ToGbnf() const {
  Node::Numbers numbers;
  std::vector<const Node*> order;
  node_->Collect(numbers, order);
  std::string gbnf = "root ::= " + node_->Reference(numbers) + "\n";
  for (const auto* node : order)
    gbnf += node->Reference(numbers) + " ::= " + node->Body(numbers) + "\n";
  return gbnf;
}

bool Rule::Matches(std::string_view text) const {
  return node_->Match(text, {0}).contains(text.size());
}

std::size_t Rule::CountUpTo(std::size_t most) const { return node_->CountUpTo(most); }

std::vector<std::string> Rule::All([[maybe_unused]] std::size_t limit) const {
  std::vector<std::string> all;
  node_->AppendAll("", all);
  std::set<std::string> seen;
  std::erase_if(all, [&seen](const std::string& text) { return !seen.insert(text).second; });
  assert(all.size() <= limit);
  return all;
}

std::string GbnfLiteral(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string literal = "\"";
  for (const char c : ValidUtf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      literal += '\\';
      literal += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      literal += "\\x";
      literal += kHex[byte >> 4U];
      literal += kHex[byte & 0xFU];
    } else {
      literal += c;
    }
  }
  return literal + '"';
}

}  // namespace medley::llm
