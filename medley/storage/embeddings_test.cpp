#include "medley/storage/embeddings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "medley/storage/embedding_quality.h"

namespace medley::storage {
namespace {

class EmbeddingFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "medley_vec_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    file_ = folder_ / "image.vec";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  EmbeddingSpace Open(std::size_t dimension = 5, const char* fingerprint = "a") const {
    auto space = EmbeddingSpace::Open(file_, dimension, fingerprint);
    EXPECT_TRUE(space.has_value()) << space.error().message;
    return *std::move(space);
  }
  /// Changes one byte of the file.
  void Flip(std::streamoff offset) const {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const char byte = static_cast<char>(file.get() ^ 0x55);
    file.seekp(offset);
    file.put(byte);
  }
  std::filesystem::path folder_;
  std::filesystem::path file_;
};

const std::vector<float> kOne = {0.5F, -0.25F, 1, 0, 2};
const std::vector<float> kTwo = {1, 1, 1, 1, 1};

TEST_F(EmbeddingFile, ReadsBackAcrossOpening) {
  {
    auto space = Open();
    ASSERT_TRUE(space.Append(std::vector<EmbeddingSpace::Row>{{7, 11, kOne}, {9, 12, kTwo}}));
    EXPECT_EQ(space.size(), 2U);
  }
  const auto space = Open();
  std::vector<float> out(5);
  ASSERT_TRUE(space.Read(7, out));
  EXPECT_EQ(out, kOne);
  EXPECT_EQ(space.SourceOf(9), 12U);
  EXPECT_EQ(space.SourceOf(8), 0U);
  EXPECT_FALSE(space.Read(8, out));
  EXPECT_EQ(InspectEmbeddingSpace(file_)->rows, 2U);
  EXPECT_EQ(InspectEmbeddingSpace(file_)->fingerprint, "a");
}

TEST_F(EmbeddingFile, LaterRowReplacesAndRemoveForgets) {
  auto space = Open();
  ASSERT_TRUE(space.Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}, {2, 1, kOne}}));
  ASSERT_TRUE(space.Append(std::vector<EmbeddingSpace::Row>{{1, 2, kTwo}}));
  ASSERT_TRUE(space.Remove(std::vector<Key>{2, 3}));
  for (const auto& reopened : {Open()}) {
    std::vector<float> out(5);
    ASSERT_TRUE(reopened.Read(1, out));
    EXPECT_EQ(out, kTwo);
    EXPECT_EQ(reopened.Keys(), std::vector<Key>{1});
  }
}

TEST_F(EmbeddingFile, AnotherEncoderDropsTheRows) {
  ASSERT_TRUE(Open().Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}}));
  EXPECT_EQ(Open(5, "b").size(), 0U);
  EXPECT_EQ(Open(6, "b").size(), 0U);
}

TEST_F(EmbeddingFile, RefusesWhatIsNoVector) {
  auto space = Open();
  const std::vector<float> nan = {1, 1, std::numeric_limits<float>::quiet_NaN(), 1, 1};
  const std::vector<float> large = {1, 1, 1e6F, 1, 1};
  EXPECT_EQ(space.Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}, {2, 1, nan}}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_FALSE(space.Append(std::vector<EmbeddingSpace::Row>{{2, 1, large}}).has_value());
  EXPECT_FALSE(space.Append(std::vector<EmbeddingSpace::Row>{{2, 0, kOne}}).has_value());
  EXPECT_EQ(space.size(), 0U);
}

TEST_F(EmbeddingFile, FindsADamagedRow) {
  ASSERT_TRUE(Open().Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}, {2, 1, kTwo}}));
  Flip(1024 + 26);
  const auto space = EmbeddingSpace::Open(file_, 5, "a");
  ASSERT_FALSE(space.has_value());
  EXPECT_EQ(space.error().code, ErrorCode::kCorrupt);
}

TEST_F(EmbeddingFile, ATornHeaderLeavesTheStateBefore) {
  auto space = Open();
  ASSERT_TRUE(space.Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}}));
  ASSERT_TRUE(space.Append(std::vector<EmbeddingSpace::Row>{{2, 1, kOne}}));
  // The first header is write 1, at slot 1; writes 2 and 3 went to slots 0 and 1.
  Flip(512 + 100);
  EXPECT_EQ(Open().Keys(), std::vector<Key>{1});
}

TEST_F(EmbeddingFile, UncommittedRowsAreOverwritten) {
  ASSERT_TRUE(Open().Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}}));
  std::ofstream(file_, std::ios::app | std::ios::binary) << std::string(50, 'x');
  ASSERT_TRUE(Open().Append(std::vector<EmbeddingSpace::Row>{{2, 1, kTwo}}));
  EXPECT_EQ(Open().Keys(), (std::vector<Key>{1, 2}));
}

TEST_F(EmbeddingFile, SeesWhatAnotherWriterAppended) {
  auto first = Open();
  auto second = Open();
  ASSERT_TRUE(first.Append(std::vector<EmbeddingSpace::Row>{{1, 1, kOne}}));
  ASSERT_TRUE(second.Append(std::vector<EmbeddingSpace::Row>{{2, 1, kTwo}}));
  EXPECT_EQ(second.size(), 2U);
  EXPECT_EQ(Open().size(), 2U);
}

TEST_F(EmbeddingFile, RewritesWhenMostRowsAreReplaced) {
  auto space = Open();
  std::vector<EmbeddingSpace::Row> rows;
  for (Key key = 1; key <= 100; ++key) rows.push_back({key, 1, kOne});
  for (int round = 0; round < 30; ++round) ASSERT_TRUE(space.Append(rows));
  EXPECT_EQ(Open().size(), 100U);
  EXPECT_LT(InspectEmbeddingSpace(file_)->rows, 1400U);
}

TEST(EmbeddingQuality, IsTheLengthWhereTheSpaceSaysSo) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "embedding_quality";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::vector<float> half = {0.3F, 0.4F};
  const std::vector<float> whole = {0.6F, 0.8F};
  for (const bool marked : {true, false}) {
    auto space = EmbeddingSpace::Open(folder / (marked ? "a.vec" : "b.vec"),
                                      2,
                                      marked ? "e5" + std::string(kLengthIsQuality) : "imported");
    ASSERT_TRUE(space) << space.error().message;
    const std::vector<EmbeddingSpace::Row> rows = {{1, 7, half}, {2, 7, whole}};
    ASSERT_TRUE(space->Append(rows));
    std::vector<float> read(2);
    ASSERT_TRUE(space->Read(1, read));
    EXPECT_NEAR(QualityOf(*space, read), marked ? 0.5 : 1, 1e-3);
    DropQuality(*space, read);
    EXPECT_NEAR(read[0], marked ? 0.6 : 0.3, 1e-3);
    ASSERT_TRUE(space->Read(2, read));
    const auto before = read;
    EXPECT_EQ(QualityOf(*space, read), 1);
    DropQuality(*space, read);
    EXPECT_EQ(read, before);
  }
}

}  // namespace
}  // namespace medley::storage
