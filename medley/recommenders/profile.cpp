#include "medley/recommenders/profile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// Puts a row's entries in the order of their columns: by a bit for each column, or by sorting
/// where the row is too short for that.
class RowOrder {
 public:
  explicit RowOrder(std::size_t cols) : bits_((cols + kWordBits - 1) / kWordBits), values_(cols) {}
  void Clear() { columns_.clear(); }
  void Add(std::uint32_t column, float value) {
    columns_.push_back(column);
    values_[column] = value;
  }
  /// Shapes: both have room for as many as were added.
  void Write(std::uint32_t* columns, float* values) {
    constexpr std::size_t kWordsAnEntry = 8;
    if (columns_.size() * kWordsAnEntry > bits_.size()) {
      OrderByBits();
    } else {
      std::ranges::sort(columns_);
    }
    std::ranges::copy(columns_, columns);
    for (std::size_t k = 0; k < columns_.size(); ++k) values[k] = values_[columns_[k]];
  }

 private:
  static constexpr std::size_t kWordBits = 64;

  void OrderByBits() {
    for (const auto column : columns_)
      bits_[column / kWordBits] |= std::uint64_t{1} << column % kWordBits;
    std::size_t k = 0;
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      for (auto rest = std::exchange(bits_[word], 0); rest != 0; rest &= rest - 1)
        columns_[k++] = static_cast<std::uint32_t>(
            word * kWordBits + static_cast<std::size_t>(std::countr_zero(rest)));
    }
  }

  std::vector<std::uint64_t> bits_;  ///< all 0 between two rows
  std::vector<float> values_;
  std::vector<std::uint32_t> columns_;
};

Status CheckFeatures(const ItemFeatures& features, std::size_t n_items) {
  for (const auto& space : features.spaces) {
    if (space.vectors.rows != n_items || space.present.size() != n_items) {
      return Fail(ErrorCode::kInvalidInput,
                  "the '" + space.name + "' vectors are of " + std::to_string(space.vectors.rows) +
                      " items, the behaviour of " + std::to_string(n_items));
    }
  }
  if (!features.attributes.empty() && features.attributes.size() != n_items) {
    return Fail(ErrorCode::kInvalidInput,
                "the attributes are not of the same items as the behaviour");
  }
  if (!features.created.empty() && features.created.size() != n_items) {
    return Fail(ErrorCode::kInvalidInput,
                "the times of creation are not of the same items as the behaviour");
  }
  for (const auto& tokens : features.attributes) {
    for (const auto token : tokens) {
      if (token >= features.attribute_names.size()) {
        return Fail(ErrorCode::kInvalidInput, "an item has an attribute that has no name");
      }
    }
  }
  return {};
}

}  // namespace

Status CheckTrainingData(const TrainingData& data) {
  if (data.interactions == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "there is no behaviour to learn from: import events first");
  }
  const auto& interactions = *data.interactions;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      if (!std::isfinite(entry.weight)) {
        return Fail(
            ErrorCode::kInvalidInput,
            "user " + std::to_string(user) + " has an interaction whose weight is not a number");
      }
      if (entry.item >= interactions.n_items()) {
        return Fail(ErrorCode::kInvalidInput,
                    "user " + std::to_string(user) + " dealt with item " +
                        std::to_string(entry.item) + ", but there are only " +
                        std::to_string(interactions.n_items()) + " items");
      }
    }
  }
  return data.features == nullptr ? Status{}
                                  : CheckFeatures(*data.features, interactions.n_items());
}

Status CheckRequest(const UserState& user, std::size_t n_items, std::span<const float> scores) {
  if (scores.size() != n_items) {
    return Fail(ErrorCode::kInvalidInput,
                "asked for " + std::to_string(scores.size()) + " scores of a model of " +
                    std::to_string(n_items) + " items");
  }
  for (const auto& entry : user.history) {
    if (entry.item >= n_items) {
      return Fail(ErrorCode::kInvalidInput,
                  "the history names item " + std::to_string(entry.item) +
                      ", which this model does not know: train it again");
    }
    if (!std::isfinite(entry.weight)) {
      return Fail(ErrorCode::kInvalidInput, "the history has a weight that is not a number");
    }
  }
  return {};
}

std::vector<ProfileEntry> Profile(std::span<const data::Interaction> history,
                                  double recency_power,
                                  bool use_weights) {
  // A live history may hold an item twice; its place is that of the last time, its weight the sum.
  std::vector<ProfileEntry> out;
  std::unordered_map<ItemIndex, float> sums;
  for (const auto& entry : history) sums[entry.item] += entry.weight;
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    auto found = sums.find(entry->item);
    if (found == sums.end()) continue;
    if (found->second > 0) out.push_back({entry->item, use_weights ? found->second : 1.0F});
    sums.erase(found);
  }
  std::reverse(out.begin(), out.end());
  if (recency_power != 0) {
    const auto n = static_cast<double>(out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].weight *=
          static_cast<float>(std::pow(0.5 + 0.5 * static_cast<double>(i + 1) / n, recency_power));
    }
  }
  return out;
}

ParameterSpec RecencyPowerSpec(double default_value) {
  return {"recency_power",
          default_value,
          "Of n past items the r-th weighs (.5 + .5 r/n)^power; 0: all alike",
          0,
          100,
          {}};
}

ParameterSpec UseWeightsSpec() {
  return {
      "use_weights", false, "Weigh interactions by what the events say instead of alike", 0, 0, {}};
}

linalg::CsrMatrix PositiveMatrix(const data::Interactions& interactions, bool use_weights) {
  constexpr std::size_t kUsersAtATime = 512;
  linalg::CsrMatrix out{interactions.n_users(), interactions.n_items(), {0}, {}, {}};
  out.starts.reserve(out.rows + 1);
  std::size_t total = 0;
  for (UserIndex user = 0; user < out.rows; ++user) {
    for (const auto& entry : interactions.OfUser(user)) total += entry.weight > 0 ? 1 : 0;
    out.starts.push_back(total);
  }
  out.columns.resize(total);
  out.values.resize(total);
  ParallelFor(out.rows, kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    RowOrder order(out.cols);
    for (std::size_t user = begin; user < end; ++user) {
      order.Clear();
      for (const auto& entry : interactions.OfUser(static_cast<UserIndex>(user))) {
        if (entry.weight > 0) order.Add(entry.item, use_weights ? entry.weight : 1.0F);
      }
      order.Write(out.columns.data() + out.starts[user], out.values.data() + out.starts[user]);
    }
  });
  return out;
}

std::vector<UserIndex> ChangedUsers(const data::Interactions& before,
                                    const data::Interactions& now) {
  const auto row = [](const data::Interactions& of, UserIndex user) {
    return user < of.n_users() ? of.OfUser(user) : std::span<const data::Interaction>{};
  };
  const auto same = [](const data::Interaction& a, const data::Interaction& b) {
    return a.item == b.item && a.weight == b.weight && a.time == b.time;
  };
  std::vector<UserIndex> out;
  for (UserIndex user = 0; user < std::max(before.n_users(), now.n_users()); ++user) {
    const auto old = row(before, user);
    const auto fresh = row(now, user);
    if (!std::equal(old.begin(), old.end(), fresh.begin(), fresh.end(), same)) out.push_back(user);
  }
  return out;
}

std::vector<std::uint32_t> TouchedItems(const data::Interactions& before,
                                        const data::Interactions& now,
                                        std::span<const UserIndex> changed) {
  std::vector<std::uint8_t> touched(std::max(before.n_items(), now.n_items()));
  for (const auto* interactions : {&before, &now}) {
    for (const auto user : changed) {
      if (user >= interactions->n_users()) continue;
      for (const auto& entry : interactions->OfUser(user))
        if (entry.weight > 0) touched[entry.item] = 1;
    }
  }
  std::vector<std::uint32_t> out;
  for (std::uint32_t item = 0; item < touched.size(); ++item)
    if (touched[item] != 0) out.push_back(item);
  return out;
}

Status CheckUpdate(const TrainingData& data,
                   const data::Interactions& before,
                   std::size_t n_items) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  if (before.n_items() != n_items) {
    return Fail(ErrorCode::kInvalidInput,
                "can't update: the model is of " + std::to_string(n_items) +
                    " items, what it was said to be fitted on of " +
                    std::to_string(before.n_items()));
  }
  if (data.interactions->n_items() < n_items || data.interactions->n_users() < before.n_users()) {
    return Fail(ErrorCode::kInvalidInput,
                "can't update: users or items are missing that were there before; fit anew");
  }
  return {};
}

TimeMs NowOf(const TrainingData& data) {
  if (data.now != 0) return data.now;
  TimeMs now = 0;
  for (UserIndex user = 0; user < data.interactions->n_users(); ++user) {
    for (const auto& entry : data.interactions->OfUser(user)) now = std::max(now, entry.time);
  }
  return now;
}

std::vector<float> PositiveCounts(const data::Interactions& interactions) {
  std::vector<float> counts(interactions.n_items());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      if (entry.weight > 0) counts[entry.item] += 1;
    }
  }
  return counts;
}

Evidence PastItem(ItemIndex item, double contribution) {
  Evidence evidence;
  evidence.kind = Evidence::Kind::kPastItem;
  evidence.item = item;
  evidence.contribution = contribution;
  return evidence;
}

Evidence ByPopularity(double people, double contribution) {
  Evidence evidence;
  evidence.kind = Evidence::Kind::kPopularity;
  evidence.count = people;
  evidence.contribution = contribution;
  return evidence;
}

std::vector<Evidence> Strongest(std::vector<Evidence> evidence, std::size_t limit) {
  std::erase_if(evidence, [](const Evidence& one) { return !(one.contribution > 0); });
  std::stable_sort(evidence.begin(), evidence.end(), [](const Evidence& a, const Evidence& b) {
    return a.contribution > b.contribution;
  });
  if (evidence.size() > limit) evidence.resize(limit);
  return evidence;
}

}  // namespace medley::recommenders
