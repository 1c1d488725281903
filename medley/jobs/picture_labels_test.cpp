#include "medley/jobs/picture_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/jobs/enrich_job.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

using testing::SizeIs;

constexpr const char* kPictures = "tests/golden/encoders/";

/// Three items: two have the same picture, one of these another besides; the third has what is no
/// picture.
class PictureLabels : public testing::Test {
 protected:
  void SetUp() override {
    if (!encoders::LoadClassifier("efficientnet-lite0"))
      GTEST_SKIP() << "the model pack can't name what pictures show: run `make setup`";
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        ("pictures_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(storage::Workspace::Init(folder_));
    workspace_.emplace(storage::Workspace::Open(folder_).value());
    const auto hills = Add("hills.png");
    const auto confetti = Add("confetti.png");
    const auto noise = workspace_->media().AddBytes("no picture at all").value();
    ASSERT_TRUE(workspace_->store().PutItems(
        std::vector{Item("1", {hills}), Item("2", {hills, confetti}), Item("3", {noise})}));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Add(const std::string& name) const {
    return workspace_->media().AddBytes(ReadFile(kPictures + name).value()).value();
  }
  static data::Item Item(const std::string& id, const std::vector<std::string>& pictures) {
    data::Item item;
    item.id = id;
    item.title = id;
    for (const auto& hash : pictures)
      item.media.push_back({data::Modality::kImage, hash, "image/png", id, 0, 0, 0});
    return item;
  }
  Result<PictureLabelReport> Run(const PictureLabelOptions& options = {}) const {
    SilentProgress progress;
    const CancelToken cancel;
    const auto catalogue = pipeline::LoadCatalogue(*workspace_).value();
    return LabelPictures(
        *workspace_, *catalogue, std::vector<std::size_t>{0, 1, 2}, options, progress, cancel);
  }

  std::filesystem::path folder_;
  std::optional<storage::Workspace> workspace_;
};

TEST_F(PictureLabels, ReadsEachPictureOnce) {
  const auto first = Run();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->read, 2U);
  EXPECT_EQ(first->failed, 1U);
  const auto second = Run();
  EXPECT_EQ(second->read, 0U);
  EXPECT_EQ(second->unchanged, 2U);
  EXPECT_EQ(second->failed, 1U);
  EXPECT_EQ(Run({.again = true})->read, 2U);
}

TEST_F(PictureLabels, SaysWhereEachComesFrom) {
  // What a model said of these bytes, whoever has them.
  const auto item = workspace_->store().GetItem("2")->item;
  const auto& hills = item.media[0].hash;
  const auto& confetti = item.media[1].hash;
  const auto put = [&](const std::string& hash, const std::string& labels) {
    ASSERT_TRUE(workspace_->store().PutValue(
        "picture_labels/" + hash, R"({"version": "1", "model": "m", "labels": )" + labels + "}"));
  };
  put(hills, R"([["valley", 0.6], ["alp", 0.3]])");
  put(confetti, R"([["valley", 0.9]])");
  const Json labels = LabelsOfPictures(*workspace_, item).value();
  ASSERT_THAT(labels, SizeIs(2));
  EXPECT_EQ(labels[0],
            (Json{{"tag", "valley"},
                  {"source", "image"},
                  {"model", "m"},
                  {"probability", 0.9},
                  {"picture", confetti}}));
  EXPECT_EQ(labels[1]["tag"], "alp");
  // Beside the text's, in the digest.
  const auto stored = workspace_->store().GetItem("2").value();
  const Json digest = StoredDigest(*workspace_, stored).value();
  EXPECT_EQ(digest["tags"], labels);
  EXPECT_EQ(LabelsOfPictures(*workspace_, Item("9", {"x"})).value(), Json::array());
}

TEST_F(PictureLabels, TakesOnlyClassifiersOfPictures) {
  EXPECT_EQ(Run({.model = "no such model"}).error().code, ErrorCode::kNotFound);
}

TEST_F(PictureLabels, EnrichmentLabelsPicturesOfItemsWithoutTexts) {
  SilentProgress progress;
  const CancelToken cancel;
  const auto report = EnrichCatalogue(*workspace_, {}, progress, cancel);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->pictures.read, 2U);
  EXPECT_EQ(report->digests, 0U);
  EXPECT_EQ(EnrichCatalogue(*workspace_, {.pictures = ""}, progress, cancel)->pictures.unchanged,
            0U);
  const auto missing = EnrichCatalogue(*workspace_, {.pictures = "none such"}, progress, cancel);
  ASSERT_TRUE(missing);
  EXPECT_NE(missing->no_pictures, "");
}

}  // namespace
}  // namespace medley::jobs
