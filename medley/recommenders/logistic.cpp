#include "medley/recommenders/logistic.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/recommenders/head_scores.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/head.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kMostHidden = 4096;

class LogisticModel : public PairModel {
 public:
  explicit LogisticModel(training::Head head) : head_(std::move(head)) {}

  void Answer(const PairFeatures& features,
              const PairFeatures::Reader& reader,
              std::span<const ItemIndex> items,
              std::span<float> scores) const override {
    ScoreByHead(head_, features, reader, items, scores);
  }

  void Save(ModelWriter& writer, Json& note) const override {
    note["hidden"] = head_.shape().hidden;
    SaveHead(head_, writer);
  }

 private:
  training::Head head_;
};

}  // namespace

Logistic::Logistic(const Parameters& parameters) : PairClassifier(parameters.Text("content")) {
  options_.shape.hidden = static_cast<std::size_t>(parameters.Int("hidden"));
  options_.epochs = static_cast<std::size_t>(parameters.Int("epochs"));
  options_.rate = parameters.Real("learning_rate");
  options_.weight_decay = parameters.Real("weight_decay");
}

Result<std::shared_ptr<const PairModel>> Logistic::Learn(const Lesson& lesson,
                                                         Progress& progress) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto rows, RowsOf(lesson));
  auto options = options_;
  options.shape.dimension = lesson.features.size();
  options.seed = lesson.data.seed;
  progress.Begin("train logistic", 1, "models");
  MEDLEY_ASSIGN_OR_RETURN(auto weights,
                          training::FitHead(rows.values.View(), rows.labels, options));
  progress.End();
  return std::make_shared<const LogisticModel>(training::Head(options.shape, std::move(weights)));
}

Result<std::shared_ptr<const PairModel>> Logistic::LoadModel(const ModelReader& reader,
                                                             const PairFeatures& features) const {
  training::HeadShape shape{.dimension = features.size()};
  MEDLEY_ASSIGN_OR_RETURN(shape.hidden, reader.Size("hidden"));
  if (shape.hidden > kMostHidden)
    return Fail(ErrorCode::kCorrupt, "the model is damaged; train again");
  MEDLEY_ASSIGN_OR_RETURN(auto head, LoadHead(reader, shape));
  return std::make_shared<const LogisticModel>(std::move(head));
}

RecommenderKind LogisticKind() {
  RecommenderKind kind;
  kind.name = "logistic";
  kind.summary =
      "Logistic regression on what is known of a user and an item: whether the one is interested";
  kind.example = "medley train logistic --set logistic.hidden=32";
  kind.paper =
      "Richardson, Dominowska, Ragno: Predicting clicks: estimating the click-through rate for new "
      "ads, WWW 2007";
  kind.parameters = {
      PairContentSpec(),
      {"hidden", std::int64_t{0}, "Width of a layer in between; 0: none", 0, 4096, {}},
      {"epochs",
       static_cast<std::int64_t>(kPairHead.epochs),
       "Passes over all questions",
       1,
       10'000,
       {}},
      {"learning_rate", kPairHead.rate, "Of Adam", 1e-7, 1, {}},
      {"weight_decay", kPairHead.weight_decay, "How hard weights are pulled towards 0", 0, 10, {}},
  };
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<Logistic>;
  return kind;
}

}  // namespace medley::recommenders
