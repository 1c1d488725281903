#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/item_set.h"
#include "medley/rerank/rule.h"

namespace medley::rerank {

class RuleBook;

/// Whom the rules are asked for.
struct Asker {
  std::string_view id;
  std::string_view locale;
  const Json* labels = nullptr;  ///< nullptr: nothing is known
  std::span<const data::Interaction> history;
  bool anybody = false;  ///< nobody in particular: rules for some people alone are not asked
};

/// What the rules say for one request. Shares the book. Threads: immutable.
class Verdict {
 public:
  Verdict() = default;  ///< of no rules: all is allowed, nothing is lifted
  bool Allows(ItemIndex item) const { return !filters_ || allowed_.Has(item); }
  bool filters() const { return filters_; }
  bool lifts() const { return !lifts_.empty(); }
  /// Adds to the score of each item that a rule lifts; none falls. `range`: what a boost of 1 adds.
  void Lift(double range, std::span<float> scores) const;
  /// The rules that lift the item, by name.
  std::vector<std::string> LiftedBy(ItemIndex item) const;

 private:
  friend class RuleBook;
  struct Lifting {
    std::size_t rule = 0;
    ItemSet items;
  };
  std::shared_ptr<const RuleBook> book_;
  bool filters_ = false;
  ItemSet allowed_;
  std::vector<Lifting> lifts_;
};

/// The rules over one catalogue, each worked out for every item beforehand. Conditions ask of an
/// item's id, kind, title, language, category, tag, attributes, and of its relations in the
/// knowledge graph, names compared without case and accents. Missing: what an item lacks equals
/// nothing and is neither less nor greater; a label that a user lacks likewise. A rule that names a
/// field which nothing here has is not in force, and Problems() says so. Threads: immutable once
/// made.
class RuleBook : public std::enable_shared_from_this<RuleBook> {
 public:
  /// Shapes: one entry an item in both. Cost: rules x items, once; and what the items are joined to
  /// is read.
  static std::shared_ptr<const RuleBook> Make(std::vector<Rule> rules,
                                              std::span<const data::Item> items,
                                              const recommenders::ItemFeatures& features);

  /// Cost: a bit operation for 64 items a rule in force; a pass over what is liked lately for rules
  /// that go by it. The items that need something are looked at one by one.
  Verdict For(const Asker& asker) const;

  const std::vector<Rule>& rules() const { return rules_; }
  /// Whether any rule asks who the user is.
  bool AsksOfUsers() const;
  /// How many items the rule is about: forbidden, required, in need, or liftable.
  std::size_t Hits(std::size_t rule) const { return compiled_[rule].concerned.Count(); }
  /// Whether the rule's `for` holds.
  bool Concerns(std::size_t rule, const Asker& asker) const;
  /// One line a rule that is not in force; empty: all are.
  const std::vector<std::string>& Problems() const { return problems_; }

 private:
  friend class Verdict;
  struct Compiled {
    bool in_force = true;
    ItemSet concerned;
    ItemSet owned;  ///< kNeeds by condition
    /// By a relation: the entities of each item, and the items of each entity.
    std::unordered_map<ItemIndex, std::vector<std::uint32_t>> entities;
    std::unordered_map<std::uint32_t, std::vector<ItemIndex>> holders;
    std::unordered_map<std::uint32_t, ItemIndex> targets;  ///< which item an entity is
  };
  struct Reading;
  static Result<Compiled> Compile(const Rule& rule, const Reading& reading);
  static Status CompileRelation(const Rule& rule, const Reading& reading, Compiled& out);
  void ForbidWhatIsMissing(const Compiled& rule,
                           const Rule& says,
                           const Asker& asker,
                           ItemSet& allowed) const;
  ItemSet LikeLately(const Compiled& rule, const Rule& says, const Asker& asker) const;

  std::size_t n_items_ = 0;
  std::vector<Rule> rules_;
  std::vector<Compiled> compiled_;
  std::vector<std::string> problems_;
};

}  // namespace medley::rerank
