#include "medley/evaluation/fingerprint.h"

#include <array>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/ids.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

/// A hash that is told one thing after the other; texts and numbers carry their length, so that
/// nothing runs together.
class Chain {
 public:
  void Add(std::string_view text) { hash_ = Hash64(text, hash_ ^ text.size()); }
  template <typename Number>
  void AddNumber(Number value) {
    std::string bytes(sizeof(value), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    Add(bytes);
  }
  std::string Hex() const {
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016" PRIx64, hash_);
    return digits.data();
  }

 private:
  std::uint64_t hash_ = 0;
};

void AddInteractions(const data::Interactions& interactions, const SplitIds& ids, Chain& chain) {
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = interactions.OfUser(user);
    if (history.empty()) continue;
    chain.Add(ids.users[user]);
    chain.AddNumber(history.size());
    for (const auto& entry : history) {
      chain.Add(ids.items[entry.item]);
      chain.AddNumber(entry.weight);
      chain.AddNumber(entry.time);
    }
  }
}

void AddFeatures(const recommenders::ItemFeatures* features, Chain& chain) {
  if (features == nullptr) return;
  for (const auto& space : features->spaces) {
    chain.Add(space.name);
    for (std::size_t row = 0; row < space.vectors.rows; ++row) {
      const auto values = space.vectors.Row(row);
      chain.Add({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
    }
  }
  for (const auto& name : features->attribute_names) chain.Add(name);
  for (const auto time : features->created) chain.AddNumber(time);
  for (const auto& names : features->attributes) {
    chain.Add({reinterpret_cast<const char*>(names.data()), names.size() * sizeof(names[0])});
  }
}

void AddLists(std::string_view part,
              std::span<const std::vector<std::uint32_t>> lists,
              const SplitIds& ids,
              Chain& chain) {
  chain.Add(part);
  for (std::size_t user = 0; user < lists.size(); ++user) {
    if (lists[user].empty()) continue;
    chain.Add(ids.users[user]);
    chain.AddNumber(lists[user].size());
    for (const auto item : lists[user]) chain.Add(ids.items[item]);
  }
}

void AddCandidates(std::span<const std::uint8_t> candidates, const SplitIds& ids, Chain& chain) {
  chain.Add("candidates");
  for (std::size_t item = 0; item < candidates.size(); ++item) {
    if (candidates[item] != 0) chain.Add(ids.items[item]);
  }
}

}  // namespace

Fingerprints FingerprintsOf(const Split& split,
                            const recommenders::ItemFeatures* features,
                            const SplitIds& ids) {
  Chain data;
  AddInteractions(split.full, ids, data);
  AddFeatures(features, data);
  Chain judged;
  AddLists("test", split.test, ids, judged);
  AddLists("mask", split.mask, ids, judged);
  AddCandidates(split.candidates, ids, judged);
  AddInteractions(split.HistoryAtTest(), ids, judged);
  judged.AddNumber(split.full.n_items());
  return {data.Hex(), judged.Hex()};
}

Fingerprints FingerprintsOf(const RatingSplit& split,
                            const recommenders::ItemFeatures* features,
                            const SplitIds& ids) {
  Chain data;
  AddInteractions(split.train, ids, data);
  AddFeatures(features, data);
  Chain judged;
  judged.Add("ratings");
  for (const auto& rated : split.test) {
    judged.Add(ids.users[rated.user]);
    judged.Add(ids.items[rated.item]);
    judged.AddNumber(rated.rating);
  }
  return {data.Hex(), judged.Hex()};
}

}  // namespace medley::evaluation
