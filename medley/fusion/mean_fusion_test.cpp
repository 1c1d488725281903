#include "medley/fusion/mean_fusion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/fusion/fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {
namespace {

float Cosine(std::span<const float> a, std::span<const float> b) {
  float dot = 0;
  float aa = 0;
  float bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / std::sqrt(aa * bb);
}

linalg::Matrix RandomUnitRows(std::size_t rows,
                              std::size_t cols,
                              std::uint64_t seed,
                              float shared) {
  Random random(seed);
  linalg::Matrix matrix(rows, cols);
  for (std::size_t r = 0; r < rows; ++r) {
    float norm = 0;
    for (float& value : matrix.Row(r)) {
      value = static_cast<float>(random.Normal()) + shared;
      norm += value * value;
    }
    for (float& value : matrix.Row(r)) value /= std::sqrt(norm);
  }
  return matrix;
}

class MeanFusionTest : public testing::Test {
 protected:
  void SetUp() override {
    fusion_ = MakeFusion("mean", {}).value();
    ASSERT_TRUE(fusion_->Fit(spaces_));
  }
  std::vector<float> Fuse(const std::map<std::string, std::span<const float>>& modalities) {
    std::vector<float> out(fusion_->dimension());
    EXPECT_TRUE(fusion_->Fuse(modalities, out));
    return out;
  }

  linalg::Matrix text_ = RandomUnitRows(50, 64, 1, 3.0F);
  linalg::Matrix image_ = RandomUnitRows(50, 100, 2, 0.0F);
  std::vector<std::uint8_t> all_ = std::vector<std::uint8_t>(50, 1);
  std::vector<FeatureSpace> spaces_ = {{"text", text_.View(), all_},
                                       {"image", image_.View(), all_}};
  std::unique_ptr<Fusion> fusion_;
};

TEST_F(MeanFusionTest, HasLengthOneWhicheverModalitiesArePresent) {
  for (const auto& modalities : std::vector<std::map<std::string, std::span<const float>>>{
           {{"text", text_.Row(3)}},
           {{"image", image_.Row(3)}},
           {{"text", text_.Row(3)}, {"image", image_.Row(3)}}}) {
    const auto fused = Fuse(modalities);
    EXPECT_NEAR(Cosine(fused, fused), 1.0F, 1e-5F);
    float norm = 0;
    for (const float value : fused) norm += value * value;
    EXPECT_NEAR(norm, 1.0F, 1e-4F);
  }
}

TEST_F(MeanFusionTest, TakesOutWhatAllVectorsShare) {
  EXPECT_GT(Cosine(text_.Row(0), text_.Row(1)), 0.8F);
  EXPECT_LT(std::abs(Cosine(Fuse({{"text", text_.Row(0)}}), Fuse({{"text", text_.Row(1)}}))), 0.4F);
}

TEST_F(MeanFusionTest, CosineIsAboutTheMeanOfTheModalitiesCosines) {
  // Same text, other image: one modality agrees fully, the other hardly.
  const auto a = Fuse({{"text", text_.Row(0)}, {"image", image_.Row(0)}});
  const auto b = Fuse({{"text", text_.Row(0)}, {"image", image_.Row(1)}});
  EXPECT_NEAR(Cosine(a, b), 0.5F, 0.15F);
}

TEST_F(MeanFusionTest, AbsentModalityChangesNothingOfTheOthers) {
  EXPECT_EQ(Fuse({{"text", text_.Row(5)}}),
            Fuse({{"text", text_.Row(5)}, {"smell", image_.Row(5)}}));
}

TEST_F(MeanFusionTest, WithoutAnyModalityItSaysSo) {
  std::vector<float> out(fusion_->dimension(), 7.0F);
  EXPECT_FALSE(fusion_->Fuse({}, out));
  EXPECT_EQ(out, std::vector<float>(fusion_->dimension(), 0.0F));
}

TEST_F(MeanFusionTest, NeverGivesNaN) {
  std::vector<float> zeros(64, 0.0F);
  std::vector<float> broken(64, std::nanf(""));
  std::vector<float> out(fusion_->dimension());
  fusion_->Fuse({{"text", zeros}}, out);
  EXPECT_FALSE(fusion_->Fuse({{"text", broken}}, out));
  for (const float value : out) EXPECT_TRUE(std::isfinite(value));
}

TEST_F(MeanFusionTest, LoadsWhatItSaved) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "mean_fusion_test";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(fusion_->Save(folder));
  auto loaded = MakeFusion("mean", {}).value();
  ASSERT_TRUE(loaded->Load(folder));
  std::vector<float> out(loaded->dimension());
  ASSERT_TRUE(loaded->Fuse({{"text", text_.Row(9)}, {"image", image_.Row(9)}}, out));
  EXPECT_EQ(out, Fuse({{"text", text_.Row(9)}, {"image", image_.Row(9)}}));
}

TEST(Fusions, RefuseUnknownNamesAndValues) {
  EXPECT_EQ(MakeFusion("median", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(MakeFusion("mean", {{"dimension", "0"}}).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::fusion
