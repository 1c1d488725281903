#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

/// What the tests of recommenders are tried on.
namespace medley::recommenders::contract {

/// A small world with three tastes: users of a taste like items of its third, mostly; items show
/// their third in every feature.
struct World {
  static constexpr std::size_t kUsers = 90;
  static constexpr std::size_t kItems = 48;
  static constexpr std::size_t kTastes = 3;

  explicit World(std::uint64_t seed = 7) : text(kItems, 8), image(kItems, 6) {
    Random random(seed);
    std::vector<data::Interactions::Row> rows;
    for (UserIndex user = 0; user < kUsers; ++user) {
      for (int i = 0; i < 9; ++i) {
        const auto taste = random.Bernoulli(0.85) ? user % kTastes : random.Below(kTastes);
        const auto item = static_cast<ItemIndex>(random.Below(kItems / kTastes) * kTastes + taste);
        // Nobody ever met the last three items.
        if (item < kItems - 3)
          rows.push_back({user, {item, random.Bernoulli(0.1) ? -1.0F : 1.0F, 1000 * (i + 1)}});
      }
    }
    interactions = data::Interactions(kUsers, kItems, std::move(rows));
    DrawFeatures(random);
  }

  TrainingData Training() const { return {&interactions, &features, 0, 1}; }
  /// What was known earlier: without the last users, the last items and the end of every history.
  data::Interactions Earlier() const {
    constexpr std::size_t kEarlierUsers = 80;
    constexpr ItemIndex kEarlierItems = 42;
    constexpr TimeMs kUntil = 7000;
    std::vector<data::Interactions::Row> rows;
    for (UserIndex user = 0; user < kEarlierUsers; ++user) {
      for (const auto& entry : interactions.OfUser(user)) {
        if (entry.item < kEarlierItems && entry.time <= kUntil) rows.push_back({user, entry});
      }
    }
    return {kEarlierUsers, kItems, std::move(rows)};
  }
  UserState User(UserIndex user) const { return {user, interactions.OfUser(user)}; }

  data::Interactions interactions;
  linalg::Matrix text;
  linalg::Matrix image;
  std::vector<std::uint8_t> all = std::vector<std::uint8_t>(kItems, 1);
  std::vector<std::uint8_t> some = std::vector<std::uint8_t>(kItems, 1);
  ItemFeatures features;

 private:
  void DrawFeatures(Random& random) {
    const auto draw = [&](linalg::Matrix& matrix, std::size_t item) {
      for (auto& value : matrix.Row(item)) value = static_cast<float>(0.3 * random.Normal());
      matrix(item, item % kTastes) += 1;
      linalg::Normalize(matrix.Row(item));
    };
    features.attribute_names = {"category=0", "category=1", "category=2", "tag=a", "tag=b"};
    for (std::size_t item = 0; item < kItems; ++item) {
      draw(text, item);
      some[item] = item % 5 == 0 ? 0 : 1;
      if (some[item] != 0) draw(image, item);
      features.attributes.push_back({static_cast<std::uint32_t>(item % kTastes),
                                     static_cast<std::uint32_t>(3 + random.Below(2))});
    }
    features.spaces = {{"text", text.View(), all}, {"image", image.View(), some}};
  }
};

inline std::vector<float> ScoresOf(const Recommender& recommender, const UserState& user) {
  std::vector<float> scores(recommender.n_items());
  const auto status = recommender.Score(user, scores);
  EXPECT_TRUE(status) << status.error().message;
  return scores;
}

inline std::string DigestOf(const Recommender& recommender, const World& world) {
  std::string bytes;
  for (UserIndex user = 0; user < World::kUsers; ++user) {
    const auto scores = ScoresOf(recommender, world.User(user));
    bytes.append(reinterpret_cast<const char*>(scores.data()), scores.size() * sizeof(float));
  }
  return Sha256(bytes);
}

}  // namespace medley::recommenders::contract
