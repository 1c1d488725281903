#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/rerank/condition.h"

namespace medley::rerank {

/// One [[rules]] of medley.toml, checked: what the operator wants of every list
/// (docs/howto/rules.md).
struct Rule {
  enum class Kind : std::uint8_t {
    kNever,     ///< no item of `items`
    kRequires,  ///< only items of `items`
    kNeeds,     ///< items of `items` only for who has what goes with them
    kPrefer,    ///< items of `items`, or like those liked lately, are lifted
  };
  std::string name;
  Kind kind = Kind::kNever;
  std::optional<Condition> items;  ///< absent (kNeeds, kPrefer): whatever has the relation
  std::optional<Condition> who;    ///< users.for; absent: everybody
  /// kNeeds, kPrefer: "director". Empty: it goes by conditions alone.
  std::string relation;
  /// kNeeds: the item is joined to what the user must have, instead of sharing something with it.
  bool points = false;
  std::optional<Condition> owned;  ///< kNeeds: the user must have one of these
  double boost = 0;                ///< kPrefer, in ranges of the candidates' scores
  std::size_t recent = 0;          ///< kPrefer with a relation: how many likes count as lately
};

/// "never", "requires", "needs", "prefer".
std::string_view KindName(Rule::Kind kind);

/// The rules of storage::ReadSettingsList(..., "rules"). Errors: kInvalidInput naming the rule,
/// what is wrong with it and what is allowed.
Result<std::vector<Rule>> ReadRules(const std::vector<std::map<std::string, std::string>>& tables);

}  // namespace medley::rerank
