#include "medley/rerank/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/normalize.h"

namespace medley::rerank {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::string_view kSigns = "=!<>()\"', \t";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

/// Recursive descent over one text.
class ConditionParser {
 public:
  explicit ConditionParser(std::string_view text) : text_(text) {}

  Result<Condition> Parse() {
    MEDLEY_RETURN_IF_ERROR(Any(0));
    SkipBlanks();
    if (at_ < text_.size()) return Broken("and, or, or the end");
    return std::move(condition_);
  }

 private:
  using Node = Condition::Node;
  using Term = Condition::Term;

  tl::unexpected<Error> Broken(std::string_view wanted) const {
    const auto rest = Trimmed(text_.substr(std::min(at_, text_.size())));
    return Fail(ErrorCode::kInvalidInput,
                "'" + std::string(text_) + "': " + std::string(wanted) + " must stand " +
                    (rest.empty() ? "at the end" : "before '" + std::string(rest) + "'"));
  }
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  /// Whether the word stands here by itself; it is taken then.
  bool Takes(std::string_view word) {
    SkipBlanks();
    const auto rest = text_.substr(at_);
    if (!rest.starts_with(word)) return false;
    const bool is_word = word.front() >= 'a' && word.front() <= 'z';
    if (is_word && rest.size() > word.size() &&
        kSigns.find(rest[word.size()]) == std::string_view::npos)
      return false;
    at_ += word.size();
    return true;
  }
  void Join(Node::Kind kind, std::size_t first) {
    condition_.nodes_.push_back({kind, first, condition_.nodes_.size() - 1});
  }

  Status Any(std::size_t depth) {
    MEDLEY_RETURN_IF_ERROR(All(depth));
    while (Takes("or")) {
      const std::size_t first = condition_.nodes_.size() - 1;
      MEDLEY_RETURN_IF_ERROR(All(depth));
      Join(Node::Kind::kOr, first);
    }
    return {};
  }
  Status All(std::size_t depth) {
    MEDLEY_RETURN_IF_ERROR(One(depth));
    while (Takes("and")) {
      const std::size_t first = condition_.nodes_.size() - 1;
      MEDLEY_RETURN_IF_ERROR(One(depth));
      Join(Node::Kind::kAnd, first);
    }
    return {};
  }
  Status One(std::size_t depth) {
    if (depth > kDeepest) return Broken("fewer brackets");
    if (Takes("not")) {
      MEDLEY_RETURN_IF_ERROR(One(depth + 1));
      Join(Node::Kind::kNot, condition_.nodes_.size() - 1);
      return {};
    }
    if (Takes("(")) {
      MEDLEY_RETURN_IF_ERROR(Any(depth + 1));
      if (!Takes(")")) return Broken(")");
      return {};
    }
    return Comparison();
  }

  Status Comparison() {
    Term term;
    SkipBlanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && kSigns.find(text_[at_]) == std::string_view::npos) ++at_;
    term.field = text_.substr(begin, at_ - begin);
    if (term.field.empty()) return Broken("the name of a field");
    bool differs = false;
    if (Takes("in")) {
      MEDLEY_RETURN_IF_ERROR(List(term));
    } else {
      MEDLEY_RETURN_IF_ERROR(Sign(term, differs));
      MEDLEY_RETURN_IF_ERROR(Value(term, /*in_list=*/false));
    }
    MEDLEY_RETURN_IF_ERROR(ReadNumber(term));
    condition_.nodes_.push_back({Node::Kind::kTerm, condition_.terms_.size(), 0});
    condition_.terms_.push_back(std::move(term));
    if (differs) Join(Node::Kind::kNot, condition_.nodes_.size() - 1);
    return {};
  }

  Status ReadNumber(Term& term) {
    if (term.compare == Term::Compare::kEqual) return {};
    term.number = NumberOf(term.values.front());
    if (!std::isnan(term.number)) return {};
    return Fail(ErrorCode::kInvalidInput,
                "'" + std::string(text_) + "': '" + term.values.front() +
                    "' is no number, and only numbers are less or greater");
  }

  Status List(Term& term) {
    if (!Takes("(")) return Broken("( and values");
    do {
      MEDLEY_RETURN_IF_ERROR(Value(term, /*in_list=*/true));
    } while (Takes(","));
    if (!Takes(")")) return Broken(")");
    return {};
  }

  Status Sign(Term& term, bool& differs) {
    using Compare = Term::Compare;
    if (Takes("!=")) {
      differs = true;
    } else if (Takes("<=")) {
      term.compare = Compare::kAtMost;
    } else if (Takes(">=")) {
      term.compare = Compare::kAtLeast;
    } else if (Takes("<")) {
      term.compare = Compare::kLess;
    } else if (Takes(">")) {
      term.compare = Compare::kGreater;
    } else if (!Takes("=")) {
      return Broken("one of = != < <= > >= in");
    }
    return {};
  }

  Status Value(Term& term, bool in_list) {
    SkipBlanks();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const auto end = text_.find(text_[at_], at_ + 1);
      if (end == std::string_view::npos) return Broken("the other quote");
      term.values.emplace_back(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return {};
    }
    const std::size_t begin = at_;
    std::size_t end = begin;
    // Words up to one that joins: "genre = Science Fiction and ...".
    while (at_ < text_.size() && text_[at_] != ')' && !(in_list && text_[at_] == ',')) {
      const std::size_t before = at_;
      if (before > begin && IsBlank(text_[before - 1]) && (Takes("and") || Takes("or"))) {
        at_ = before;
        break;
      }
      at_ = before + 1;
      if (!IsBlank(text_[before])) end = at_;
    }
    if (end == begin) return Broken("a value");
    term.values.emplace_back(text_.substr(begin, end - begin));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Condition condition_;
};

Result<Condition> Condition::Parse(std::string_view text) { return ConditionParser(text).Parse(); }

bool Condition::HoldsAt(std::size_t node, const std::function<bool(std::size_t)>& holds) const {
  const Node& at = nodes_[node];
  switch (at.kind) {
    case Node::Kind::kTerm:
      return holds(at.first);
    case Node::Kind::kNot:
      return !HoldsAt(at.first, holds);
    case Node::Kind::kAnd:
      return HoldsAt(at.first, holds) && HoldsAt(at.second, holds);
    case Node::Kind::kOr:
      return HoldsAt(at.first, holds) || HoldsAt(at.second, holds);
  }
  return false;
}

bool Condition::Holds(const std::function<bool(std::size_t)>& holds) const {
  return nodes_.empty() || HoldsAt(nodes_.size() - 1, holds);
}

double NumberOf(std::string_view text) {
  text = Trimmed(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::isfinite(number) ? number : std::numeric_limits<double>::quiet_NaN();
}

bool Fulfils(const Condition::Term& term, std::string_view value) {
  using Compare = Condition::Term::Compare;
  const double number = NumberOf(value);
  switch (term.compare) {
    case Compare::kLess:
      return number < term.number;
    case Compare::kAtMost:
      return number <= term.number;
    case Compare::kGreater:
      return number > term.number;
    case Compare::kAtLeast:
      return number >= term.number;
    case Compare::kEqual:
      break;
  }
  return std::ranges::any_of(term.values, [&](const std::string& wanted) {
    return number == NumberOf(wanted) || text::Normalize(value) == text::Normalize(wanted);
  });
}

}  // namespace medley::rerank
