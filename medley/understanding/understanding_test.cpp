#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/data/event.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/linalg/matrix.h"
#include "medley/understanding/event_weights.h"
#include "medley/understanding/sentiment.h"

namespace medley::understanding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Found(const std::string& text) {
  static const auto analyser = encoders::OpenPackAnalyser();
  EXPECT_TRUE(analyser);
  std::vector<std::string> out;
  for (const auto& opinion : FindOpinions(text, *analyser))
    out.push_back(opinion.noun + "=" + opinion.word);
  return out;
}

TEST(Opinions, StandWithTheirNouns) {
  if (!encoders::OpenPackAnalyser()) GTEST_SKIP() << "no words in the model pack";
  EXPECT_THAT(Found("The staff was very friendly."), ElementsAre("staff=friendly"));
  EXPECT_THAT(Found("Friendly staff, but the room was dirty."),
              ElementsAre("staff=Friendly", "room=dirty"));
  EXPECT_THAT(Found("服务很好，房间很小。"), ElementsAre("服务=好", "房间=很小"));
  EXPECT_THAT(Found("Wonderful!"), IsEmpty());
  EXPECT_THAT(Found(""), IsEmpty());
}

TEST(Opinions, KnowTheClauseTheyStandIn) {
  const auto analyser = encoders::OpenPackAnalyser();
  if (!analyser) GTEST_SKIP() << "no words in the model pack";
  const std::string text = "The food was good but the service was not good";
  const auto opinions = FindOpinions(text, *analyser);
  ASSERT_EQ(opinions.size(), 2U);
  EXPECT_EQ(opinions[0].clause, "The food was good");
  EXPECT_EQ(opinions[1].clause, "the service was not good");
}

TEST(PolarLabels, AreFoundByTheirNames) {
  const auto found = FindPolarLabels(std::vector<std::string>{"Neg", "neutral", "Pos"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->positive, 2U);
  EXPECT_EQ(found->negative, 0U);
  EXPECT_TRUE(FindPolarLabels(std::vector<std::string>{"好评", "差评"}));
  EXPECT_FALSE(FindPolarLabels(std::vector<std::string>{"cat", "dog"}));
}

class CommentWeights : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  void Train(std::vector<std::string> labels) const {
    linalg::Matrix answers(2, 2);
    answers(0, 1) = answers(1, 0) = 1;
    SilentProgress progress;
    const auto model =
        encoders::NgramModel::Fit(std::vector<std::string>{"lovely", "awful"},
                                  answers.View(),
                                  std::move(labels),
                                  *Parameters::FromText(encoders::NgramModel::TrainingSpecs(), {}),
                                  progress);
    ASSERT_TRUE(model);
    ASSERT_TRUE(model->Save(file_));
  }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / "medley_understanding_test.ngrams";
};

TEST_F(CommentWeights, FollowTheWords) {
  Train({"negative", "positive"});
  const auto weights = EventWeightsOf({{"sentiment", file_.string()}});
  ASSERT_TRUE(weights) << weights.error().message;
  using data::EventType;
  EXPECT_GT(weights->OpinionOf(EventType::kComment, "lovely"), 0.3F);
  EXPECT_LT(weights->OpinionOf(EventType::kComment, "awful"), -0.3F);
  EXPECT_EQ(weights->OpinionOf(EventType::kComment, ""), 1);
  EXPECT_EQ(weights->OpinionOf(EventType::kSearch, "awful"), 1);
  const auto deaf = EventWeightsOf({});
  ASSERT_TRUE(deaf);
  EXPECT_EQ(deaf->OpinionOf(EventType::kComment, "awful"), 1);
}

TEST_F(CommentWeights, RefuseWhatSaysNothingOfPolarity) {
  EXPECT_FALSE(EventWeightsOf({{"sentiment", file_.string()}}));  // not there
  Train({"cat", "dog"});
  const auto weights = EventWeightsOf({{"sentiment", file_.string()}});
  ASSERT_FALSE(weights);
  EXPECT_EQ(weights.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::understanding
