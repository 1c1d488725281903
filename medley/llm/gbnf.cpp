#include "medley/llm/gbnf.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/utf8.h"

namespace medley::llm {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMostNodes = 1'000'000;
constexpr int kDeepest = 200;

using Ends = std::set<std::size_t>;

struct Node {
  enum class Kind : std::uint8_t { kText, kClass, kRule, kInOrder, kOneOf, kRepeat };
  Kind kind = Kind::kText;
  std::string text;  ///< kText; kRule: its name
  std::vector<std::pair<char32_t, char32_t>> ranges;
  bool negated = false;
  std::vector<std::size_t> parts;
  std::size_t rule = kNone;
  std::size_t least = 0;
  std::size_t most = kNone;
};

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

struct Gbnf::State {
  std::vector<Node> nodes;
  std::map<std::string, std::size_t, std::less<>> rules;
  std::size_t root = kNone;

  std::size_t Add(Node node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }
};

namespace {

/// Reads GBNF; what it finds goes into `nodes` through `add`.
template <typename State>
class Reader {
 public:
  Reader(std::string_view text, State& state) : text_(text), state_(state) {}

  Status Read() {
    for (Skip(); at_ < text_.size(); Skip()) {
      const std::string name = Name();
      if (name.empty()) return Wrong("a rule's name");
      Skip();
      if (!Take("::=")) return Wrong("\"::=\"");
      std::size_t body = kNone;
      MEDLEY_RETURN_IF_ERROR(Alternatives(0, body));
      state_.rules[name] = body;
    }
    return Link();
  }

 private:
  tl::unexpected<Error> Wrong(const std::string& expected) const {
    return Fail(
        ErrorCode::kInvalidInput,
        "the grammar doesn't parse: byte " + std::to_string(at_) + ": expected " + expected);
  }
  void Skip() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        ++at_;
      } else {
        return;
      }
    }
  }
  bool Take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  std::string Name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && IsNameCharacter(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// Whether a rule begins here: a name and "::=".
  bool AtRule() {
    const std::size_t here = at_;
    const bool named = !Name().empty();
    Skip();
    const bool rule = named && text_.substr(at_).starts_with("::=");
    at_ = here;
    return rule;
  }

  Status Alternatives(int depth, std::size_t& out) {
    if (depth > kDeepest) return Wrong("less depth");
    Node one_of{.kind = Node::Kind::kOneOf};
    do {
      std::size_t sequence = kNone;
      MEDLEY_RETURN_IF_ERROR(Sequence(depth, sequence));
      one_of.parts.push_back(sequence);
      Skip();
    } while (Take("|"));
    out = one_of.parts.size() == 1 ? one_of.parts.front() : state_.Add(std::move(one_of));
    return {};
  }

  Status Sequence(int depth, std::size_t& out) {
    Node in_order{.kind = Node::Kind::kInOrder};
    for (;;) {
      Skip();
      if (at_ >= text_.size() || text_[at_] == '|' || text_[at_] == ')' || AtRule()) break;
      std::size_t element = kNone;
      MEDLEY_RETURN_IF_ERROR(Element(depth, element));
      MEDLEY_RETURN_IF_ERROR(Repetition(element));
      in_order.parts.push_back(element);
      if (state_.nodes.size() > kMostNodes) return Wrong("a smaller grammar");
    }
    out = state_.Add(std::move(in_order));
    return {};
  }

  Status Element(int depth, std::size_t& out) {
    const char c = text_[at_];
    if (c == '"') return Literal(out);
    if (c == '[') return Class(out);
    if (c == '.') {
      ++at_;
      out = state_.Add({.kind = Node::Kind::kClass, .negated = true});
      return {};
    }
    if (c == '(') {
      ++at_;
      MEDLEY_RETURN_IF_ERROR(Alternatives(depth + 1, out));
      Skip();
      return Take(")") ? Status() : Wrong("\")\"");
    }
    std::string name = Name();
    if (name.empty()) return Wrong("a literal, a class, a group or a rule's name");
    out = state_.Add({.kind = Node::Kind::kRule, .text = std::move(name)});
    return {};
  }

  /// The character at `at_`, its escape resolved.
  Status Character(char32_t& out) {
    if (at_ < text_.size() && text_[at_] == '\\') return Escape(out);
    if (at_ >= text_.size()) return Wrong("a character");
    out = text::NextCharacter(text_, at_);
    return {};
  }

  /// At a backslash.
  Status Escape(char32_t& out) {
    ++at_;
    if (at_ >= text_.size()) return Wrong("an escape");
    const char c = text_[at_++];
    switch (c) {
      case 'x':
        return Hexadecimal(2, out);
      case 'u':
        return Hexadecimal(4, out);
      case 'U':
        return Hexadecimal(8, out);
      case 'n':
        out = U'\n';
        return {};
      case 't':
        out = U'\t';
        return {};
      case 'r':
        out = U'\r';
        return {};
      default:
        out = static_cast<char32_t>(static_cast<unsigned char>(c));
        return {};
    }
  }

  Status Hexadecimal(int digits, char32_t& out) {
    out = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < text_.size() ? HexDigit(text_[at_]) : -1;
      if (digit < 0) return Wrong("a hexadecimal digit");
      out = out * 16 + static_cast<char32_t>(digit);
    }
    return {};
  }

  Status Literal(std::size_t& out) {
    ++at_;
    Node node{.kind = Node::Kind::kText};
    while (!Take("\"")) {
      char32_t character = 0;
      MEDLEY_RETURN_IF_ERROR(Character(character));
      text::AppendCharacter(node.text, character);
    }
    out = state_.Add(std::move(node));
    return {};
  }

  Status Class(std::size_t& out) {
    ++at_;
    Node node{.kind = Node::Kind::kClass, .negated = Take("^")};
    while (!Take("]")) {
      char32_t low = 0;
      MEDLEY_RETURN_IF_ERROR(Character(low));
      char32_t high = low;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        MEDLEY_RETURN_IF_ERROR(Character(high));
      }
      node.ranges.emplace_back(low, high);
    }
    out = state_.Add(std::move(node));
    return {};
  }

  std::size_t Number() {
    std::size_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && value < kMostNodes)
      value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
    return value;
  }

  Status Repetition(std::size_t& element) {
    Skip();
    Node node{.kind = Node::Kind::kRepeat, .parts = {element}};
    if (Take("?")) {
      node.most = 1;
    } else if (Take("+")) {
      node.least = 1;
    } else if (Take("{")) {
      node.least = Number();
      node.most = node.least;
      if (Take(",")) node.most = at_ < text_.size() && text_[at_] == '}' ? kNone : Number();
      if (!Take("}") || node.most < node.least) return Wrong("\"{least,most}\"");
    } else if (!Take("*")) {
      return {};
    }
    element = state_.Add(std::move(node));
    return {};
  }

  Status Link() {
    for (auto& node : state_.nodes) {
      if (node.kind != Node::Kind::kRule) continue;
      const auto found = state_.rules.find(node.text);
      if (found == state_.rules.end())
        return Fail(ErrorCode::kInvalidInput, "the grammar has no rule '" + node.text + "'");
      node.rule = found->second;
    }
    const auto root = state_.rules.find("root");
    if (root == state_.rules.end())
      return Fail(ErrorCode::kInvalidInput, "the grammar has no rule 'root'");
    state_.root = root->second;
    return {};
  }

  std::string_view text_;
  State& state_;
  std::size_t at_ = 0;
};

/// Where matches may end, remembered by node and beginning.
class Matcher {
 public:
  Matcher(const std::vector<Node>& nodes, std::string_view text) : nodes_(nodes), text_(text) {}

  const Ends& EndsOf(std::size_t node, std::size_t begin) {
    static const Ends kNowhere;
    const auto key = std::make_pair(node, begin);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    // A rule that calls itself before it takes a character produces nothing new by that.
    if (!under_way_.insert(key).second || depth_ > kMostDepth) return kNowhere;
    ++depth_;
    Ends ends = Find(nodes_[node], begin);
    --depth_;
    under_way_.erase(key);
    return known_[key] = std::move(ends);
  }

 private:
  static constexpr int kMostDepth = 4000;

  Ends Find(const Node& node, std::size_t begin) {
    switch (node.kind) {
      case Node::Kind::kText:
        return text_.substr(begin).starts_with(node.text) ? Ends{begin + node.text.size()} : Ends{};
      case Node::Kind::kClass:
        return OfClass(node, begin);
      case Node::Kind::kRule:
        return EndsOf(node.rule, begin);
      case Node::Kind::kOneOf: {
        Ends ends;
        for (const auto part : node.parts) ends.merge(Ends(EndsOf(part, begin)));
        return ends;
      }
      case Node::Kind::kInOrder: {
        Ends ends = {begin};
        for (const auto part : node.parts) ends = After(ends, part);
        return ends;
      }
      case Node::Kind::kRepeat:
        return OfRepeat(node, begin);
    }
    return {};
  }

  Ends After(const Ends& begins, std::size_t part) {
    Ends ends;
    for (const auto from : begins) ends.merge(Ends(EndsOf(part, from)));
    return ends;
  }

  Ends OfClass(const Node& node, std::size_t begin) const {
    if (begin >= text_.size()) return {};
    std::size_t end = begin;
    const char32_t character = text::NextCharacter(text_, end);
    bool inside = false;
    for (const auto& [low, high] : node.ranges)
      inside = inside || (character >= low && character <= high);
    return inside == node.negated ? Ends{} : Ends{end};
  }

  Ends OfRepeat(const Node& node, std::size_t begin) {
    Ends front = {begin};
    Ends all;
    if (node.least == 0) all = front;
    for (std::size_t times = 1; times <= node.most && !front.empty(); ++times) {
      front = After(front, node.parts.front());
      if (times < node.least) continue;
      const std::size_t before = all.size();
      all.insert(front.begin(), front.end());
      if (all.size() == before) break;
    }
    return all;
  }

  const std::vector<Node>& nodes_;
  std::string_view text_;
  std::map<std::pair<std::size_t, std::size_t>, Ends> known_;
  std::set<std::pair<std::size_t, std::size_t>> under_way_;
  int depth_ = 0;
};

}  // namespace

Gbnf::Gbnf(std::unique_ptr<State> state) : state_(std::move(state)) {}
Gbnf::Gbnf(Gbnf&&) noexcept = default;
Gbnf& Gbnf::operator=(Gbnf&&) noexcept = default;
Gbnf::~Gbnf() = default;

Result<Gbnf> Gbnf::Parse(std::string_view grammar) {
  auto state = std::make_unique<State>();
  MEDLEY_RETURN_IF_ERROR(Reader(grammar, *state).Read());
  return Gbnf(std::move(state));
}

bool Gbnf::Matches(std::string_view text) const {
  return Matcher(state_->nodes, text).EndsOf(state_->root, 0).contains(text.size());
}

}  // namespace medley::llm
