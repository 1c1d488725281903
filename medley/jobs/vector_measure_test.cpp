#include "medley/jobs/vector_measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class VectorMeasure : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "medley_vectors_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ASSERT_TRUE(storage::Workspace::Init(folder_ / "w"));
  }
  void TearDown() override { fs::remove_all(folder_); }
  storage::Workspace Open() const { return *storage::Workspace::Open(folder_ / "w"); }
  /// Vectors that lie mostly along their first numbers.
  fs::path Write(std::size_t n, std::size_t d) const {
    Random random(1);
    linalg::Matrix vectors(n, d);
    std::vector<storage::EmbeddingSpace::Row> rows;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < d; ++j)
        vectors(i, j) = static_cast<float>(random.Normal()) / static_cast<float>(1 + j);
      linalg::Normalize(vectors.Row(i));
      rows.push_back({static_cast<storage::Key>(i + 1), 1, vectors.Row(i)});
    }
    const fs::path file = Open().EmbeddingFile("image");
    auto space = storage::EmbeddingSpace::Open(file, d, "test");
    EXPECT_TRUE(space && space->Append(rows));
    return file;
  }
  fs::path folder_;
};

TEST_F(VectorMeasure, SaysWhatEachWayOfKeepingCosts) {
  Write(800, 64);
  const auto report = MeasureVectors(Open(), "image", 10, 200, 16);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->vectors, 800U);
  EXPECT_EQ(report->dimension, 64U);
  EXPECT_EQ(report->queries, 200U);
  EXPECT_GT(report->axes_keep, 0.9);
  EXPECT_LT(report->axes_keep, 1);
  std::vector<std::string> kept;
  for (const auto& cost : report->costs) kept.push_back(cost.kept);
  EXPECT_THAT(kept,
              ElementsAre("float32",
                          "int8",
                          "int8 rescored",
                          "binary",
                          "binary rescored",
                          "first 16 axes, float32",
                          "first 16 axes, int8",
                          "first 16 axes, binary"));
  const auto& costs = report->costs;
  EXPECT_EQ(costs[0].bytes, 800U * 64 * 4);
  EXPECT_EQ(costs[0].recall, 1);
  EXPECT_EQ(costs[1].bytes, 800U * 64 + 64 * 4);
  EXPECT_GT(costs[1].recall, 0.9);
  EXPECT_EQ(costs[2].recall, 1);
  // A query finds itself by any code: were it counted, bits alone would find a tenth at least.
  EXPECT_LT(costs[3].recall, costs[4].recall);
  EXPECT_LT(costs[7].recall, costs[6].recall);
}

TEST_F(VectorMeasure, FewVectorsAndManyQueries) {
  Write(3, 5);
  const auto report = MeasureVectors(Open(), "image", 20, 1000, 0);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->queries, 3U);
  for (const auto& cost : report->costs) EXPECT_EQ(cost.recall, 1) << cost.kept;
}

TEST_F(VectorMeasure, RefusesWhatIsNotThereOrTooMuch) {
  const auto none = MeasureVectors(Open(), "image", 10, 10, 0);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().message, HasSubstr("medley encode"));
  Write(30, 8);
  const auto many = MeasureVectors(Open(), "image", 10, 10, 9);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code, ErrorCode::kInvalidInput);
}

TEST_F(VectorMeasure, DamageIsSaidOfTheFile) {
  const auto file = Write(30, 20);  // rows that end without padding
  const auto size = fs::file_size(file);
  {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size) - 20);
    stream.put('?');
  }
  const auto flipped = MeasureVectors(Open(), "image", 5, 5, 0);
  ASSERT_FALSE(flipped);
  EXPECT_EQ(flipped.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(flipped.error().message, HasSubstr("image.vec"));
  for (const std::uintmax_t left : {size - 32, std::uintmax_t{700}, std::uintmax_t{0}}) {
    fs::resize_file(file, left);
    const auto cut = MeasureVectors(Open(), "image", 5, 5, 0);
    ASSERT_FALSE(cut) << left;
    EXPECT_EQ(cut.error().code, ErrorCode::kCorrupt) << left;
  }
}

}  // namespace
}  // namespace medley::jobs
