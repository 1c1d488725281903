#include "medley/rerank/rule_book.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/recommenders/item_entities.h"
#include "medley/recommenders/recommender.h"
#include "medley/rerank/condition.h"
#include "medley/rerank/item_set.h"
#include "medley/rerank/item_terms.h"
#include "medley/rerank/rule.h"
#include "medley/text/normalize.h"

namespace medley::rerank {
namespace {

using Kind = Rule::Kind;

constexpr std::string_view kUserPrefix = "user.";

/// The texts of a label: one, or those of a list. Missing: none.
std::vector<std::string> LabelTexts(const Asker& asker, std::string_view field) {
  field.remove_prefix(kUserPrefix.size());
  if (asker.labels != nullptr && asker.labels->is_object()) {
    if (const auto found = asker.labels->find(std::string(field)); found != asker.labels->end()) {
      const auto text = [](const Json& value) {
        return value.is_string() ? value.get<std::string>() : value.dump();
      };
      std::vector<std::string> texts;
      if (found->is_array()) {
        for (const auto& one : *found) texts.push_back(text(one));
      } else if (!found->is_null()) {
        texts.push_back(text(*found));
      }
      return texts;
    }
  }
  if (field == "id") return {std::string(asker.id)};
  if (field == "locale" && !asker.locale.empty()) return {std::string(asker.locale)};
  return {};
}

/// The items that entities are, found by id, else by title: "#12", or "canon r5" of an attribute.
class ItemNames {
 public:
  explicit ItemNames(std::span<const data::Item> items) {
    for (ItemIndex item = 0; item < items.size(); ++item) {
      if (!items[item].title.empty()) places_.try_emplace(text::Normalize(items[item].title), item);
    }
    for (ItemIndex item = 0; item < items.size(); ++item) {
      places_.insert_or_assign("#" + items[item].id, item);
      places_.insert_or_assign(text::Normalize(items[item].id), item);
    }
  }
  ItemIndex Find(std::string_view name) const {
    const auto found = places_.find(name);
    return found == places_.end() ? kNoIndex : found->second;
  }

 private:
  StringMap<ItemIndex> places_;
};

}  // namespace

void Verdict::Lift(double range, std::span<float> scores) const {
  for (const auto& lifting : lifts_) {
    const auto more = static_cast<float>(std::max(0.0, range) * book_->rules()[lifting.rule].boost);
    for (ItemIndex item = 0; item < scores.size(); ++item) {
      if (std::isfinite(scores[item]) && lifting.items.Has(item)) scores[item] += more;
    }
  }
}

std::vector<std::string> Verdict::LiftedBy(ItemIndex item) const {
  std::vector<std::string> names;
  for (const auto& lifting : lifts_) {
    if (lifting.items.Has(item)) names.push_back(book_->rules()[lifting.rule].name);
  }
  return names;
}

/// The catalogue, as rules are worked out over it.
struct RuleBook::Reading {
  Reading(std::span<const data::Item> all, const recommenders::ItemFeatures& features)
      : items(all), terms(all, entities), names(all) {
    entities.Extend(features);
  }

  std::span<const data::Item> items;
  recommenders::ItemEntities entities;
  ItemTerms terms;
  ItemNames names;
};

Status RuleBook::CompileRelation(const Rule& rule, const Reading& reading, Compiled& out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto relation, reading.terms.RelationOf(rule.relation));
  const auto& entities = reading.entities;
  const std::size_t n = std::min(reading.items.size(), entities.n_items());
  for (ItemIndex item = 0; item < n; ++item) {
    for (const auto entity : entities.OfItem(item)) {
      const auto& one = entities.entities()[entity];
      if (one.relation != relation) continue;
      if (rule.points) {
        const auto name = std::string_view(one.key).substr(one.key.find('=') + 1);
        const auto target = reading.names.Find(name);
        // The item that others are joined to does not need itself.
        if (target == item) continue;
        out.targets[entity] = target;
      }
      out.entities[item].push_back(entity);
      out.holders[entity].push_back(item);
      if (!rule.items) out.concerned.Add(item);
    }
  }
  return {};
}

Result<RuleBook::Compiled> RuleBook::Compile(const Rule& rule, const Reading& reading) {
  Compiled out;
  out.concerned = ItemSet(reading.items.size());
  if (rule.items) {
    MEDLEY_ASSIGN_OR_RETURN(out.concerned, reading.terms.ItemsOf(*rule.items));
  }
  if (rule.owned) {
    MEDLEY_ASSIGN_OR_RETURN(out.owned, reading.terms.ItemsOf(*rule.owned));
  }
  if (!rule.relation.empty()) MEDLEY_RETURN_IF_ERROR(CompileRelation(rule, reading, out));
  return out;
}

std::shared_ptr<const RuleBook> RuleBook::Make(std::vector<Rule> rules,
                                               std::span<const data::Item> items,
                                               const recommenders::ItemFeatures& features) {
  auto book = std::make_shared<RuleBook>();
  book->n_items_ = items.size();
  book->rules_ = std::move(rules);
  if (book->rules_.empty()) return book;
  const Reading reading(items, features);
  for (const auto& rule : book->rules_) {
    auto compiled = Compile(rule, reading);
    if (!compiled) {
      book->problems_.push_back("rule '" + rule.name +
                                "' is not in force: " + compiled.error().message);
      compiled = Compiled{.in_force = false, .concerned = ItemSet(items.size())};
    }
    book->compiled_.push_back(*std::move(compiled));
  }
  return book;
}

bool RuleBook::AsksOfUsers() const {
  return std::ranges::any_of(rules_, [](const Rule& rule) { return rule.who.has_value(); });
}

bool RuleBook::Concerns(std::size_t rule, const Asker& asker) const {
  const auto& who = rules_[rule].who;
  if (!who) return true;
  if (asker.anybody) return false;
  return who->Holds([&](std::size_t term) {
    return std::ranges::any_of(
        LabelTexts(asker, who->terms()[term].field),
        [&](const std::string& text) { return Fulfils(who->terms()[term], text); });
  });
}

/// Takes out of `allowed` what needs something that the user does not have.
void RuleBook::ForbidWhatIsMissing(const Compiled& rule,
                                   const Rule& says,
                                   const Asker& asker,
                                   ItemSet& allowed) const {
  if (says.owned) {
    const bool owns = std::ranges::any_of(asker.history, [&](const data::Interaction& past) {
      return past.weight > 0 && rule.owned.Has(past.item);
    });
    if (!owns) allowed.Remove(rule.concerned);
    return;
  }
  std::unordered_set<std::uint32_t> owned;
  std::unordered_set<ItemIndex> past_items;
  for (const auto& past : asker.history) {
    if (past.weight <= 0) continue;
    past_items.insert(past.item);
    const auto found = rule.entities.find(past.item);
    if (found != rule.entities.end() && !(says.items && rule.concerned.Has(past.item)))
      owned.insert(found->second.begin(), found->second.end());
  }
  for (ItemIndex item = 0; item < n_items_; ++item) {
    if (!rule.concerned.Has(item)) continue;
    const auto found = rule.entities.find(item);
    const bool met = found != rule.entities.end() &&
                     std::ranges::any_of(found->second, [&](std::uint32_t entity) {
                       return says.points ? past_items.contains(rule.targets.at(entity))
                                          : owned.contains(entity);
                     });
    if (!met) allowed.Remove(item);
  }
}

/// What shares the relation with one of the last items that the user was for.
ItemSet RuleBook::LikeLately(const Compiled& rule, const Rule& says, const Asker& asker) const {
  ItemSet out(n_items_);
  std::size_t left = says.recent;
  for (std::size_t i = asker.history.size(); i-- > 0 && left > 0;) {
    if (asker.history[i].weight <= 0) continue;
    --left;
    const auto found = rule.entities.find(asker.history[i].item);
    if (found == rule.entities.end()) continue;
    for (const auto entity : found->second) {
      for (const auto item : rule.holders.at(entity)) {
        if (!says.items || rule.concerned.Has(item)) out.Add(item);
      }
    }
  }
  return out;
}

Verdict RuleBook::For(const Asker& asker) const {
  Verdict verdict;
  if (rules_.empty()) return verdict;
  verdict.book_ = shared_from_this();
  verdict.allowed_ = ItemSet(n_items_, /*all=*/true);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& says = rules_[i];
    const Compiled& rule = compiled_[i];
    if (!rule.in_force || !Concerns(i, asker)) continue;
    if (says.kind == Kind::kPrefer) {
      if (!says.relation.empty()) {
        verdict.lifts_.push_back({i, LikeLately(rule, says, asker)});
      } else {
        verdict.lifts_.push_back({i, rule.concerned});
      }
      continue;
    }
    if (says.kind == Kind::kNeeds && asker.anybody) continue;
    verdict.filters_ = true;
    if (says.kind == Kind::kNever) {
      verdict.allowed_.Remove(rule.concerned);
    } else if (says.kind == Kind::kRequires) {
      verdict.allowed_.Keep(rule.concerned);
    } else {
      ForbidWhatIsMissing(rule, says, asker, verdict.allowed_);
    }
  }
  return verdict;
}

}  // namespace medley::rerank
