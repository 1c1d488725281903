#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/fusion/fusion.h"
#include "medley/fusion/fusion_training.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

/// What every row of Fusions() must do. The suite runs over the whole table by itself; a new fusion
/// is covered the moment it is a row. Included by one test file.
namespace medley::fusion::contract {

/// Items of hidden topics, seen through four modalities of different lengths, each with its own
/// noise; some of them are missing.
struct World {
  static constexpr std::size_t kItems = 96;
  static constexpr std::size_t kTopics = 6;

  World() {
    Random random(5);
    const std::map<std::string, std::pair<std::size_t, double>> sizes = {
        {"text", {24, 0.4}}, {"image", {40, 0.8}}, {"audio", {12, 0.8}}, {"video", {16, 1.0}}};
    for (const auto& [name, shape] : sizes) {
      const auto& [size, noise] = shape;
      auto& matrix = vectors[name] = linalg::Matrix(kItems, size);
      auto& has = present[name];
      auto& trust = quality[name];
      const auto topics = alignment::DrawNormal(kTopics, size, 1, random.Fork(name));
      for (std::size_t item = 0; item < kItems; ++item) {
        has.push_back(item < 40 || random.Bernoulli(0.7) || name == "text" ? 1 : 0);
        trust.push_back(static_cast<float>(random.Uniform(0.2, 1)));
        for (std::size_t i = 0; i < size && has.back() != 0; ++i) {
          matrix(item, i) = topics(item % kTopics, i) + static_cast<float>(noise * random.Normal());
        }
        linalg::Normalize(matrix.Row(item));
      }
    }
    for (const auto& [name, matrix] : vectors)
      spaces.push_back({name, matrix.View(), present[name]});
    for (int i = 0; i < 300; ++i) {
      const auto item = static_cast<ItemIndex>(random.Below(kItems));
      const auto other = static_cast<ItemIndex>(random.Below(kItems / kTopics) * kTopics);
      together.emplace_back(item, static_cast<ItemIndex>(other + item % kTopics));
    }
  }

  std::map<std::string, std::span<const float>> Of(std::size_t item) const {
    std::map<std::string, std::span<const float>> out;
    for (const auto& [name, matrix] : vectors) {
      if (present.at(name)[item] != 0) out[name] = matrix.Row(item);
    }
    return out;
  }

  std::map<std::string, linalg::Matrix> vectors;
  std::map<std::string, std::vector<std::uint8_t>> present;
  std::map<std::string, std::vector<float>> quality;
  std::vector<FeatureSpace> spaces;
  std::vector<alignment::ItemPair> together;
};

class FusionContract : public testing::TestWithParam<std::string> {
 protected:
  static const World& world() {
    static const World instance;
    return instance;
  }
  static std::unique_ptr<Fusion> Make(std::map<std::string, std::string> settings = {}) {
    settings.try_emplace("dimension", "32");
    if (GetParam() != "mean") settings.try_emplace("batch", "32");
    return MakeFusion(GetParam(), settings).value();
  }
  static std::unique_ptr<Fusion> Fitted() {
    auto fusion = Make();
    Fit(*fusion, world().spaces, 3);
    return fusion;
  }
  static void Fit(Fusion& fusion, std::span<const FeatureSpace> spaces, std::uint64_t seed) {
    if (auto* trained = dynamic_cast<TrainedFusion*>(&fusion)) {
      EXPECT_TRUE(trained->Fit(spaces, world().together, seed));
    } else {
      EXPECT_TRUE(fusion.Fit(spaces));
    }
  }
  static std::vector<float> Fuse(const Fusion& fusion,
                                 const std::map<std::string, std::span<const float>>& modalities) {
    std::vector<float> out(fusion.dimension());
    EXPECT_TRUE(fusion.Fuse(modalities, out));
    return out;
  }
};

TEST_P(FusionContract, HasLengthOneForEveryPatternOfPresence) {
  const auto fusion = Fitted();
  const auto all = world().Of(0);
  ASSERT_EQ(all.size(), 4U);
  for (unsigned pattern = 1; pattern < 16; ++pattern) {
    std::map<std::string, std::span<const float>> some;
    unsigned bit = 1;
    for (const auto& [name, vector] : all) {
      if ((pattern & bit) != 0) some[name] = vector;
      bit <<= 1;
    }
    const auto fused = Fuse(*fusion, some);
    EXPECT_TRUE(linalg::AllFinite(fused)) << pattern;
    EXPECT_NEAR(linalg::SquaredNorm(fused), 1, 1e-4) << pattern;
  }
}

TEST_P(FusionContract, AbsentModalityChangesNothingOfTheOthers) {
  const auto fusion = Fitted();
  auto some = world().Of(1);
  some.erase("image");
  const auto without = Fuse(*fusion, some);
  const std::vector<float> zeros(40, 0.0F);
  const std::vector<float> nan(40, std::numeric_limits<float>::quiet_NaN());
  for (const auto& [what, vector] : std::map<std::string, std::span<const float>>{
           {"zeros", zeros},
           {"not finite", nan},
           {"another length", world().vectors.at("audio").Row(1)}}) {
    auto with = some;
    with["image"] = vector;
    EXPECT_EQ(Fuse(*fusion, with), without) << what;
  }
  some["smell"] = world().vectors.at("image").Row(1);
  EXPECT_EQ(Fuse(*fusion, some), without);
}

TEST_P(FusionContract, WithoutAnyModalityItSaysSo) {
  const auto fusion = Fitted();
  std::vector<float> out(fusion->dimension(), 7.0F);
  EXPECT_FALSE(fusion->Fuse({}, out));
  EXPECT_EQ(out, std::vector<float>(fusion->dimension(), 0.0F));
}

TEST_P(FusionContract, TrustMovesTheVectorTowardsWhatIsTrusted) {
  const auto fusion = Fitted();
  const auto text = world().vectors.at("text").Row(2);
  const auto image = world().vectors.at("image").Row(2);
  std::vector<float> blurred(image.begin(), image.end());
  linalg::Scale(0.05F, blurred);
  const auto text_alone = Fuse(*fusion, {{"text", text}});
  const auto sure = Fuse(*fusion, {{"text", text}, {"image", image}});
  const auto unsure = Fuse(*fusion, {{"text", text}, {"image", blurred}});
  if (GetParam() == "attention") return;  // its text is alone among the answers: shares add up to 1
  EXPECT_GT(linalg::Dot(unsure, text_alone), linalg::Dot(sure, text_alone));
}

TEST_P(FusionContract, FitsTheSameForASeedAndForItemsInAnotherOrder) {
  const auto fusion = Fitted();
  EXPECT_EQ(Fuse(*fusion, world().Of(3)), Fuse(*Fitted(), world().Of(3)));
  // What an item gets does not depend on which were fused before it.
  const auto first = Fuse(*fusion, world().Of(4));
  Fuse(*fusion, world().Of(5));
  EXPECT_EQ(Fuse(*fusion, world().Of(4)), first);
}

TEST_P(FusionContract, BringsItemsOfOneTopicTogether) {
  const auto fusion = Fitted();
  std::vector<std::vector<float>> fused;
  for (std::size_t item = 0; item < World::kItems; ++item)
    fused.push_back(Fuse(*fusion, world().Of(item)));
  double alike = 0;
  double apart = 0;
  for (std::size_t i = 0; i < fused.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = i % World::kTopics == j % World::kTopics;
      (same ? alike : apart) += double{linalg::Dot(fused[i], fused[j])} / (same ? 720.0 : 3840.0);
    }
  }
  EXPECT_GT(alike, apart + 0.3);
}

TEST_P(FusionContract, LoadsBitForBitWhatItSaved) {
  const auto fusion = Fitted();
  const auto folder = std::filesystem::path(testing::TempDir()) / ("fusion_" + GetParam());
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(fusion->Save(folder));
  const auto loaded = Make();
  ASSERT_TRUE(loaded->Load(folder));
  for (std::size_t item = 0; item < World::kItems; ++item)
    EXPECT_EQ(Fuse(*loaded, world().Of(item)), Fuse(*fusion, world().Of(item)));
}

TEST_P(FusionContract, RefusesADamagedModelAndStaysAsItWas) {
  const auto fusion = Fitted();
  const auto folder = std::filesystem::path(testing::TempDir()) / ("damaged_" + GetParam());
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(fusion->Save(folder));
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    std::filesystem::resize_file(entry, std::filesystem::file_size(entry) - 3);
  const auto before = Fuse(*fusion, world().Of(7));
  EXPECT_FALSE(fusion->Load(folder));
  EXPECT_EQ(Fuse(*fusion, world().Of(7)), before);
}

TEST_P(FusionContract, RefusesWhatItCannotFitOn) {
  const auto fusion = Fitted();
  const auto before = Fuse(*fusion, world().Of(7));
  EXPECT_EQ(fusion->Fit({}).error().code, ErrorCode::kInvalidInput);
  const std::vector<std::uint8_t> none(World::kItems, 0);
  const FeatureSpace empty[] = {{"text", world().vectors.at("text").View(), none}};
  EXPECT_EQ(fusion->Fit(empty).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(Fuse(*fusion, world().Of(7)), before);
}

/// Every learned number, moved a little: the loss changes as its gradient says.
TEST_P(FusionContract, GradientsAgreeWithFiniteDifferences) {
  if (dynamic_cast<TrainedFusion*>(Make().get()) == nullptr) GTEST_SKIP() << "nothing to learn";
  const auto made = Make({{"dimension", "16"}, {"epochs", "2"}, {"balance", "0"}});
  auto* fusion = dynamic_cast<TrainedFusion*>(made.get());
  std::map<std::string, linalg::Matrix> blurred = world().vectors;
  std::vector<FeatureSpace> spaces = world().spaces;
  std::vector<alignment::Space> own;
  for (auto& space : spaces) {
    auto& matrix = blurred.at(space.name);
    for (std::size_t item = 0; item < World::kItems; ++item)
      linalg::Scale(world().quality.at(space.name)[item], matrix.Row(item));
    space.vectors = matrix.View();
    own.push_back({space.name, space.vectors, space.present});
  }
  ASSERT_TRUE(fusion->Fit(spaces, world().together, 1));
  const std::vector<alignment::ItemPair> batch(world().together.begin(),
                                               world().together.begin() + 12);
  FusionTraining training(*fusion, own, world().together, Random(1));
  alignment::Tape tape;
  training.Loss(tape, batch);
  Random random(2);
  int checked = 0;
  constexpr float kStep = 4e-3F;
  for (auto& [name, weight] : fusion->weights()) {
    const auto* gradient = tape.GradientOf(weight);
    // What the text's own tokens would be, when the text only asks, is never looked at.
    if (gradient == nullptr) continue;
    ++checked;
    // Along a random direction the differences stand out from the noise of float32.
    std::vector<float> direction(weight.rows() * weight.cols());
    for (std::size_t i = 0; i < direction.size(); ++i) {
      direction[i] = static_cast<float>(random.Normal()) + 3 * gradient->data()[i];
    }
    linalg::Normalize(direction);
    const double along = double{linalg::Dot(direction, {gradient->data(), direction.size()})};
    const auto at = [&](float step) {
      const linalg::Matrix before = weight;
      linalg::Axpy(step, direction, {weight.data(), direction.size()});
      alignment::Tape other;
      const double loss = training.Loss(other, batch);
      weight = before;
      return loss;
    };
    const double measured = (at(kStep) - at(-kStep)) / (2 * double{kStep});
    EXPECT_NEAR(measured, along, 2e-3 + 0.03 * std::abs(along)) << name;
  }
  EXPECT_GE(checked, 4);
}

inline std::vector<std::string> AllFusions() {
  std::vector<std::string> names;
  for (const auto& kind : Fusions()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All,
                         FusionContract,
                         testing::ValuesIn(AllFusions()),
                         [](const auto& test) { return test.param; });

}  // namespace medley::fusion::contract
