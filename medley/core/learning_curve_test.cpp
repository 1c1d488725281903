#include "medley/core/learning_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace medley {
namespace {

using testing::ElementsAre;

TEST(RecordingProgress, KeepsFiniteFiguresStageByStage) {
  SilentProgress silent;
  RecordingProgress progress(silent);
  progress.Begin("train bpr", 3, "epochs", 0);
  progress.Note("loss", 0.5);
  progress.Note("validation ndcg@10", 0.01);
  progress.Note("loss", 0.25);
  progress.Note("validation ndcg@10", 0.02);
  progress.Note("loss", std::numeric_limits<double>::infinity());
  progress.Note("once", 1);
  progress.End();
  progress.Begin("train als", 2, "epochs", 0);
  progress.Note("loss", 3);
  progress.Note("loss", 2);
  progress.End();
  const auto curves = progress.Curves();
  ASSERT_EQ(curves.size(), 3U);
  EXPECT_EQ(curves[0].stage, "train bpr");
  EXPECT_EQ(curves[0].name, "loss");
  EXPECT_THAT(curves[0].values, ElementsAre(0.5, 0.25));
  EXPECT_EQ(curves[1].name, "validation ndcg@10");
  EXPECT_THAT(curves[1].values, ElementsAre(0.01, 0.02));
  EXPECT_EQ(curves[2].stage, "train als");
  EXPECT_THAT(curves[2].values, ElementsAre(3, 2));
}

}  // namespace
}  // namespace medley
