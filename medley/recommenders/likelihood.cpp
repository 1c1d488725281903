#include "medley/recommenders/likelihood.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/llm/language_model.h"
#include "medley/recommenders/head_scores.h"
#include "medley/recommenders/item_judge.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/shortlist.h"
#include "medley/training/head.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kMostHistory = 200;

/// ln (p / (1 - p)) = offset + slope x + shift.
struct Calibration {
  double slope = 0;
  double shift = 0;
};

struct Questions {
  std::vector<double> offsets;
  std::vector<double> x;
  std::vector<std::uint32_t> labels;
};

/// The two numbers that make the answers likeliest, by Newton's steps; pulled to 0 a little, so
/// that answers which can be told apart wholly have a fit.
Calibration Calibrate(const Questions& questions) {
  constexpr int kSteps = 30;
  constexpr double kPull = 0.1;
  Calibration fit;
  for (int step = 0; step < kSteps; ++step) {
    double g0 = -kPull * fit.slope;
    double g1 = -kPull * fit.shift;
    double h00 = kPull;
    double h01 = 0;
    double h11 = kPull;
    for (std::size_t i = 0; i < questions.x.size(); ++i) {
      const double x = questions.x[i];
      const double odds = questions.offsets[i] + fit.slope * x + fit.shift;
      const double p = 1 / (1 + std::exp(-odds));
      const double missed = (questions.labels[i] != 0 ? 1 : 0) - p;
      const double spread = p * (1 - p);
      g0 += missed * x;
      g1 += missed;
      h00 += spread * x * x;
      h01 += spread * x;
      h11 += spread;
    }
    const double determinant = h00 * h11 - h01 * h01;
    fit.slope += (h11 * g0 - h01 * g1) / determinant;
    fit.shift += (h00 * g1 - h01 * g0) / determinant;
  }
  return fit;
}

class LikelihoodModel : public PairModel {
 public:
  /// `judge`: nullptr where no item has a title.
  LikelihoodModel(std::shared_ptr<const training::Head> head,
                  bool by_features,
                  std::shared_ptr<const ItemJudge> judge,
                  Calibration calibration,
                  std::size_t shortlist)
      : head_(std::move(head)),
        by_features_(by_features || judge == nullptr),
        judge_(std::move(judge)),
        calibration_(calibration),
        shortlist_(shortlist) {}

  void Answer(const PairFeatures& features,
              const PairFeatures::Reader& reader,
              std::span<const ItemIndex> items,
              std::span<float> scores) const override {
    Glance(features, reader, items, scores);
    if (judge_ == nullptr) return;
    const auto asked = judge_->Ask(reader.history, items);
    if (!asked) {
      spdlog::warn("likelihood: the features alone answer: {}", asked.error().message);
      return ScoreByHead(*head_, features, reader, items, scores);
    }
    for (std::size_t i = 0; i < items.size(); ++i)
      scores[i] += static_cast<float>(calibration_.slope * (*asked)[i] + calibration_.shift);
  }

  void Rank(const PairFeatures& features,
            const PairFeatures::Reader& reader,
            std::span<const ItemIndex> items,
            std::span<float> scores) const override {
    ScoreByHead(*head_, features, reader, items, scores);
    if (judge_ == nullptr) return;
    ReadShortlist(items,
                  shortlist_ == 0 ? items.size() : shortlist_,
                  scores,
                  [&](std::span<const ItemIndex> best, std::span<float> out) {
                    Answer(features, reader, best, out);
                  });
  }

  void Glance(const PairFeatures& features,
              const PairFeatures::Reader& reader,
              std::span<const ItemIndex> items,
              std::span<float> scores) const override {
    if (by_features_) return ScoreByHead(*head_, features, reader, items, scores);
    std::ranges::fill(scores, 0.0F);
  }

  void Save(ModelWriter& writer, Json& note) const override {
    note["by_features"] = by_features_;
    note["shortlist"] = shortlist_;
    note["language_model"] = judge_ != nullptr ? judge_->model() : std::string();
    note["history"] = judge_ != nullptr ? judge_->history() : 0;
    note["slope"] = calibration_.slope;
    note["shift"] = calibration_.shift;
    SaveHead(*head_, writer);
  }

 private:
  std::shared_ptr<const training::Head> head_;
  bool by_features_;
  std::shared_ptr<const ItemJudge> judge_;
  Calibration calibration_;
  std::size_t shortlist_;
};

bool AnyTitle(const ItemFeatures* items, std::size_t n) {
  for (ItemIndex item = 0; items != nullptr && item < n; ++item)
    if (!ItemJudge::Words(*items, item).empty()) return true;
  return false;
}

Result<std::shared_ptr<const ItemJudge>> FindJudge(const std::string& model,
                                                   const std::string& path,
                                                   const ItemFeatures& items,
                                                   std::size_t history) {
  std::map<std::string, std::string> settings = {{"threads", "0"}};
  settings.emplace(path.empty() ? "model" : "path", path.empty() ? model : path);
  MEDLEY_ASSIGN_OR_RETURN(auto source, llm::FindLanguageModel(settings));
  return std::make_shared<const ItemJudge>(std::move(source), items, history);
}

/// Trained on all but the held-out questions.
Result<std::shared_ptr<const training::Head>> FitByFeatures(const linalg::Matrix& values,
                                                            std::span<const std::uint32_t> labels,
                                                            std::span<const std::uint8_t> held_out,
                                                            std::uint64_t seed) {
  const auto n = static_cast<std::size_t>(std::ranges::count(held_out, 0));
  linalg::Matrix some(n, values.cols());
  std::vector<std::uint32_t> answers;
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    if (held_out[i] != 0) continue;
    std::ranges::copy(values.Row(i), some.Row(answers.size()).begin());
    answers.push_back(labels[i]);
  }
  auto options = kPairHead;
  options.shape = {.dimension = values.cols()};
  options.seed = seed;
  MEDLEY_ASSIGN_OR_RETURN(auto weights, training::FitHead(some.View(), answers, options));
  return std::make_shared<const training::Head>(options.shape, std::move(weights));
}

/// Asks about evenly spread blocks of held-out users, as many as hold `most` questions. `head`:
/// nullptr where the features have no say.
Result<Questions> AskHeldOut(const data::Interactions& interactions,
                             const PairFeatures& features,
                             std::span<const PairBlock> blocks,
                             const ItemJudge& judge,
                             const training::Head* head,
                             std::size_t most,
                             Progress& progress) {
  std::vector<const PairBlock*> held_out;
  std::size_t n = 0;
  for (const auto& block : blocks) {
    if (!block.held_out) continue;
    held_out.push_back(&block);
    n += block.items.size();
  }
  const std::size_t stride = std::max<std::size_t>(1, (n + most - 1) / most);
  Questions out;
  progress.Begin("ask the language model", std::min(n, most), "questions");
  for (std::size_t i = 0; i < held_out.size(); i += stride) {
    const auto& block = *held_out[i];
    const auto history = interactions.OfUser(block.user).first(block.before);
    MEDLEY_ASSIGN_OR_RETURN(const auto reader,
                            features.Read(history, PairFeatures::FoldOf(block.user)));
    std::vector<float> known(block.items.size());
    if (head != nullptr) ScoreByHead(*head, features, reader, block.items, known);
    MEDLEY_ASSIGN_OR_RETURN(const auto asked, judge.Ask(history, block.items));
    out.offsets.insert(out.offsets.end(), known.begin(), known.end());
    out.x.insert(out.x.end(), asked.begin(), asked.end());
    out.labels.insert(out.labels.end(), block.labels.begin(), block.labels.end());
    progress.Advance(block.items.size());
  }
  progress.End();
  return out;
}

}  // namespace

Likelihood::Likelihood(const Parameters& parameters)
    : PairClassifier(parameters.Text("content")),
      model_(parameters.Text("model")),
      path_(parameters.Text("path")),
      history_(static_cast<std::size_t>(parameters.Int("history"))),
      questions_(static_cast<std::size_t>(parameters.Int("questions"))),
      shortlist_(static_cast<std::size_t>(parameters.Int("shortlist"))),
      by_features_(parameters.Bool("features")) {}

Result<std::shared_ptr<const PairModel>> Likelihood::Learn(const Lesson& lesson,
                                                           Progress& progress) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto rows, RowsOf(lesson));
  MEDLEY_ASSIGN_OR_RETURN(const auto head,
                          FitByFeatures(rows.values, rows.labels, rows.held_out, lesson.data.seed));
  if (!AnyTitle(lesson.data.features, lesson.features.n_items()))
    return std::make_shared<const LikelihoodModel>(head, true, nullptr, Calibration(), shortlist_);
  MEDLEY_ASSIGN_OR_RETURN(const auto judge,
                          FindJudge(model_, path_, *lesson.data.features, history_));
  MEDLEY_ASSIGN_OR_RETURN(const auto questions,
                          AskHeldOut(*lesson.data.interactions,
                                     lesson.features,
                                     lesson.blocks,
                                     *judge,
                                     by_features_ ? head.get() : nullptr,
                                     questions_,
                                     progress));
  return std::make_shared<const LikelihoodModel>(
      head, by_features_, judge, Calibrate(questions), shortlist_);
}

Status Likelihood::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  items_ = features;
  return PairClassifier::Load(directory, features);
}

Result<std::shared_ptr<const PairModel>> Likelihood::LoadModel(const ModelReader& reader,
                                                               const PairFeatures& features) const {
  const training::HeadShape shape{.dimension = features.size()};
  MEDLEY_ASSIGN_OR_RETURN(const bool by_features, reader.Bool("by_features"));
  MEDLEY_ASSIGN_OR_RETURN(const auto shortlist, reader.Size("shortlist"));
  MEDLEY_ASSIGN_OR_RETURN(const auto history, reader.Size("history"));
  MEDLEY_ASSIGN_OR_RETURN(const auto named, reader.Text("language_model"));
  Calibration calibration;
  MEDLEY_ASSIGN_OR_RETURN(calibration.slope, reader.Real("slope"));
  MEDLEY_ASSIGN_OR_RETURN(calibration.shift, reader.Real("shift"));
  if (history > kMostHistory) return Fail(ErrorCode::kCorrupt, "the model is damaged; train again");
  MEDLEY_ASSIGN_OR_RETURN(auto head, LoadHead(reader, shape));
  std::shared_ptr<const ItemJudge> judge;
  if (!named.empty() && items_ != nullptr) {
    MEDLEY_ASSIGN_OR_RETURN(judge, FindJudge(model_, path_, *items_, history));
    if (judge->model() != named) {
      return Fail(ErrorCode::kInvalidInput,
                  "likelihood was trained with the language model " + named + ", and it is " +
                      judge->model() + " now: train again");
    }
  }
  return std::make_shared<const LikelihoodModel>(
      std::make_shared<const training::Head>(std::move(head)),
      by_features,
      std::move(judge),
      calibration,
      shortlist);
}

RecommenderKind LikelihoodKind() {
  RecommenderKind kind;
  kind.name = "likelihood";
  kind.summary =
      "A language model says how likely it is that somebody who said this of others is interested "
      "in an item";
  kind.example = "medley train likelihood --set likelihood.history=24";
  kind.paper =
      "Brown et al.: Language models are few-shot learners, NeurIPS 2020; Zhao et al.: Calibrate "
      "before use, ICML 2021";
  kind.parameters = {
      PairContentSpec(),
      {"model", std::string("smollm2-135m"), "A language model of the pack"},
      {"path", std::string(), "A GGUF file of your own instead"},
      {"history", std::int64_t{16}, "The latest actions of a user that it is shown", 1, 200, {}},
      {"questions",
       std::int64_t{300},
       "About how many questions to held-out users the two numbers are fitted on",
       1,
       10'000'000,
       {}},
      {"features",
       true,
       "Beside what the features of a user and an item say; false: the language model alone"},
      {"shortlist",
       std::int64_t{20},
       "Of a whole catalogue, how many items it reads after the features ranked it; 0: all",
       0,
       10'000'000,
       {}},
  };
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<Likelihood>;
  return kind;
}

}  // namespace medley::recommenders
