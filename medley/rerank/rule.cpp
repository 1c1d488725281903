#include "medley/rerank/rule.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/rerank/condition.h"

namespace medley::rerank {
namespace {

using Keys = std::map<std::string, std::string>;

constexpr std::array<std::string_view, 4> kKinds = {"never", "requires", "needs", "prefer"};
constexpr std::string_view kSame = "same ";
constexpr std::string_view kUserPrefix = "user.";
constexpr double kDefaultBoost = 0.2;
constexpr double kMostBoost = 10;
constexpr std::size_t kDefaultRecent = 10;
constexpr std::size_t kMostRecent = 1000;

tl::unexpected<Error> Wrong(std::string_view rule, const std::string& what) {
  return Fail(ErrorCode::kInvalidInput, "rule '" + std::string(rule) + "': " + what);
}

/// `of_user`: about a person; else about an item.
Result<Condition> ReadCondition(const std::string& rule,
                                const std::string& key,
                                const std::string& text,
                                bool of_user) {
  auto condition = Condition::Parse(text);
  if (!condition) return Wrong(rule, key + ": " + condition.error().message);
  for (const auto& term : condition->terms()) {
    if (term.field.starts_with(kUserPrefix) == of_user) continue;
    return Wrong(rule,
                 of_user ? key + " asks of a person: '" + term.field + "' must be user.locale, " +
                               "user.id or user.LABEL"
                         : key + " asks of an item: '" + term.field + "' belongs into for");
  }
  return condition;
}

/// Whether `text` is a word alone, as the name of a relation is.
bool IsName(std::string_view text) {
  return !text.empty() && text.find_first_of(" =<>!()\"'") == std::string_view::npos;
}

Status CheckKeys(const std::string& name, const Keys& keys, const std::string& kind) {
  std::vector<std::string_view> allowed = {"name", "for", kind};
  if (kind == "needs") allowed.emplace_back("items");
  if (kind == "prefer") allowed.insert(allowed.end(), {"items", "boost", "recent"});
  const auto unknown = std::ranges::find_if(keys, [&](const auto& given) {
    return std::ranges::find(allowed, given.first) == allowed.end();
  });
  if (unknown == keys.end()) return {};
  std::string list;
  for (const auto& one : allowed) {
    if (!list.empty()) list += ", ";
    list += one;
  }
  return Wrong(name, "unknown setting '" + unknown->first + "'; there are " + list);
}

Result<double> ReadNumber(const Rule& rule,
                          const Keys& keys,
                          const std::string& key,
                          double otherwise,
                          double least,
                          double most) {
  const auto given = keys.find(key);
  if (given == keys.end()) return otherwise;
  const double number = NumberOf(given->second);
  if (number >= least && number <= most) return number;
  return Wrong(rule.name,
               key + " must be a number from " + std::to_string(static_cast<int>(least)) + " to " +
                   std::to_string(static_cast<int>(most)) + ", not '" + given->second + "'");
}

Status ReadNeeds(const std::string& text, Rule& rule) {
  if (text.starts_with(kSame) && IsName(text.substr(kSame.size()))) {
    rule.relation = text.substr(kSame.size());
    return {};
  }
  if (IsName(text)) {
    rule.relation = text;
    rule.points = true;
    return {};
  }
  MEDLEY_ASSIGN_OR_RETURN(rule.owned, ReadCondition(rule.name, "needs", text, false));
  if (!rule.items) {
    return Wrong(rule.name,
                 "needs by a condition takes items, too: which items it is that need something "
                 "(items = \"kind = lens\")");
  }
  return {};
}

Status ReadPrefer(const std::string& text, const Keys& keys, Rule& rule) {
  if (text.starts_with(kSame)) {
    rule.relation = text.substr(kSame.size());
    if (!IsName(rule.relation))
      return Wrong(rule.name, "prefer = \"same RELATION\" takes one relation, as in same director");
  } else if (rule.items) {
    return Wrong(rule.name, "items belongs to prefer = \"same RELATION\"; put both into prefer");
  } else {
    MEDLEY_ASSIGN_OR_RETURN(rule.items, ReadCondition(rule.name, "prefer", text, false));
  }
  MEDLEY_ASSIGN_OR_RETURN(rule.boost,
                          ReadNumber(rule, keys, "boost", kDefaultBoost, 0, kMostBoost));
  MEDLEY_ASSIGN_OR_RETURN(
      const double recent,
      ReadNumber(rule, keys, "recent", kDefaultRecent, 1, static_cast<double>(kMostRecent)));
  rule.recent = static_cast<std::size_t>(recent);
  return {};
}

/// Which of kKinds the rule is.
Result<std::size_t> ReadKind(const std::string& name, const Keys& keys) {
  std::optional<std::size_t> kind;
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (!keys.contains(std::string(kKinds[i]))) continue;
    if (kind) return Wrong(name, "it is one of never, requires, needs, prefer: not several");
    kind = i;
  }
  if (!kind) return Wrong(name, "it must say one of never, requires, needs, prefer");
  return *kind;
}

std::string NameOf(std::size_t number, const Keys& keys) {
  const auto given = keys.find("name");
  const bool named = given != keys.end() && !given->second.empty();
  return named ? given->second : "rule " + std::to_string(number + 1);
}

Result<Rule> ReadRule(std::size_t number, const Keys& keys) {
  Rule rule;
  rule.name = NameOf(number, keys);
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t kind, ReadKind(rule.name, keys));
  rule.kind = static_cast<Rule::Kind>(kind);
  const std::string key(kKinds[kind]);
  MEDLEY_RETURN_IF_ERROR(CheckKeys(rule.name, keys, key));
  if (const auto who = keys.find("for"); who != keys.end()) {
    MEDLEY_ASSIGN_OR_RETURN(rule.who, ReadCondition(rule.name, "for", who->second, true));
  }
  if (const auto items = keys.find("items"); items != keys.end()) {
    MEDLEY_ASSIGN_OR_RETURN(rule.items, ReadCondition(rule.name, "items", items->second, false));
  }
  const std::string& text = keys.at(key);
  if (rule.kind == Rule::Kind::kNeeds) {
    MEDLEY_RETURN_IF_ERROR(ReadNeeds(text, rule));
  } else if (rule.kind == Rule::Kind::kPrefer) {
    MEDLEY_RETURN_IF_ERROR(ReadPrefer(text, keys, rule));
  } else {
    MEDLEY_ASSIGN_OR_RETURN(rule.items, ReadCondition(rule.name, key, text, false));
  }
  return rule;
}

}  // namespace

std::string_view KindName(Rule::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<std::vector<Rule>> ReadRules(const std::vector<std::map<std::string, std::string>>& tables) {
  std::vector<Rule> rules;
  for (std::size_t number = 0; number < tables.size(); ++number) {
    MEDLEY_ASSIGN_OR_RETURN(auto rule, ReadRule(number, tables[number]));
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace medley::rerank
