#include "medley/recommenders/bilinear.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/recommenders/bilinear_training.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

bool AllFinite(const BilinearWeights& weights) {
  const auto flat = [](const linalg::Matrix& matrix) {
    return std::span<const float>(matrix.data(), matrix.rows() * matrix.cols());
  };
  return linalg::AllFinite(flat(weights.past)) && linalg::AllFinite(flat(weights.target)) &&
         linalg::AllFinite(weights.direction) && linalg::AllFinite(weights.item_bias);
}

}  // namespace

Bilinear::Bilinear(const Parameters& parameters)
    : spaces_(parameters.Text("spaces")), recency_power_(parameters.Real("recency_power")) {
  settings_.rank = static_cast<std::size_t>(parameters.Int("rank"));
  settings_.passes = static_cast<std::size_t>(parameters.Int("passes"));
  settings_.negatives = static_cast<std::size_t>(parameters.Int("negatives"));
  settings_.rate = parameters.Real("learning_rate");
  settings_.regularization = parameters.Real("regularization");
  settings_.logistic = parameters.Text("loss") == "logistic";
}

void Bilinear::Project() {
  const std::size_t n = content_.n_items();
  past_ = linalg::Matrix(n, weights_.past.rows());
  target_ = linalg::Matrix(n, weights_.target.rows());
  linalg::TimesTransposed(content_.View(), weights_.past.View(), past_.View());
  linalg::TimesTransposed(content_.View(), weights_.target.View(), target_.View());
  bias_.resize(n);
  linalg::TimesVector(content_.View(), weights_.direction, bias_);
  // Items that came after training have no bias of their own.
  linalg::Axpy(1, weights_.item_bias, std::span(bias_).first(weights_.item_bias.size()));
  people_.resize(n);
}

Status Bilinear::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  if (data.features == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "bilinear needs what is known of the items: run `medley encode` first");
  }
  Bilinear fitted = *this;
  MEDLEY_ASSIGN_OR_RETURN(fitted.content_, ContentVectors::Make(*data.features, spaces_));
  const auto positives = WeighedPositives(*data.interactions, recency_power_);
  BilinearTraining training(fitted.content_, positives, settings_, data.seed);
  progress.Begin("train bilinear", settings_.passes, "passes");
  for (std::size_t pass = 0; pass < settings_.passes; ++pass) {
    progress.Note("loss", training.Pass());
    progress.Advance(1);
  }
  fitted.weights_ = training.Take();
  if (!AllFinite(fitted.weights_)) {
    return Fail(ErrorCode::kInvalidInput,
                "bilinear did not converge: lower bilinear.learning_rate");
  }
  fitted.people_ = CountPeople(positives);
  fitted.Project();
  *this = std::move(fitted);
  progress.End();
  return {};
}

std::vector<Bilinear::Part> Bilinear::Described(std::span<const data::Interaction> history) const {
  std::vector<Part> out;
  for (const auto& [item, weight] : Profile(history, recency_power_, false)) {
    if (item < n_items() && content_.Describes(item)) out.push_back({item, weight});
  }
  const auto scale = static_cast<float>(HistoryScale(out.size()));
  for (auto& part : out) part.weight *= scale;
  return out;
}

Status Bilinear::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto history = Described(user.history);
  if (history.empty()) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  std::vector<float> vector(past_.cols());
  for (const auto& [item, weight] : history) linalg::Axpy(weight, past_.Row(item), vector);
  linalg::TimesVector(target_.View(), vector, scores);
  linalg::Axpy(1, bias_, scores);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (!content_.Describes(item)) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> Bilinear::Explain(const UserState& user,
                                        ItemIndex item,
                                        std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || !content_.Describes(item)) return out;
  // W f(item), space by space: what each adds to the product with a past item's vector.
  const auto features = content_.Row(item);
  std::vector<float> image(target_.cols());
  const auto history = Described(user.history);
  for (const auto& part : content_.parts()) {
    const linalg::ConstMatrixView columns{weights_.target.data() + part.begin,
                                          weights_.target.rows(),
                                          part.size,
                                          weights_.target.cols()};
    linalg::TimesVector(columns, features.subspan(part.begin, part.size), image);
    for (const auto& [past, weight] : history) {
      Evidence evidence;
      evidence.kind = Evidence::Kind::kSimilar;
      evidence.item = past;
      evidence.space = part.name;
      evidence.contribution = double{weight} * double{linalg::Dot(past_.Row(past), image)};
      out.push_back(std::move(evidence));
    }
  }
  if (!history.empty() && people_[item] > 0) {
    Evidence popular;
    popular.kind = Evidence::Kind::kPopularity;
    popular.count = people_[item];
    popular.contribution = weights_.item_bias[item];
    out.push_back(std::move(popular));
  }
  return Strongest(std::move(out), limit);
}

Status Bilinear::Save(const std::filesystem::path& directory) const {
  Json note = {{"rank", weights_.past.rows()},
               {"dimension", weights_.past.cols()},
               {"trained_items", weights_.item_bias.size()},
               {"recency_power", recency_power_},
               {"fingerprint", content_.Fingerprint(KnownItems(people_))}};
  const auto flat = [](const linalg::Matrix& matrix) {
    return std::span<const float>(matrix.data(), matrix.rows() * matrix.cols());
  };
  ModelWriter writer("bilinear");
  content_.Save(writer, note);
  writer.Add("past", flat(weights_.past));
  writer.Add("target", flat(weights_.target));
  writer.Add("direction", std::span<const float>(weights_.direction));
  writer.Add("item_bias", std::span<const float>(weights_.item_bias));
  const auto people = std::span<const std::uint32_t>(people_).first(weights_.item_bias.size());
  writer.Add("people", people);
  writer.SetNote(std::move(note));
  return writer.Write(directory);
}

Status Bilinear::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  if (features == nullptr)
    return Fail(ErrorCode::kInvalidInput, "bilinear needs what is known of the items");
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "bilinear"));
  Bilinear loaded = *this;
  MEDLEY_ASSIGN_OR_RETURN(loaded.content_, ContentVectors::Load(reader, *features));
  MEDLEY_ASSIGN_OR_RETURN(const auto rank, reader.Size("rank"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("trained_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fingerprint, reader.Size("fingerprint"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.recency_power_, reader.Real("recency_power"));
  const std::size_t d = loaded.content_.dimension();
  MEDLEY_ASSIGN_OR_RETURN(loaded.weights_.past, reader.Dense("past", rank, d));
  MEDLEY_ASSIGN_OR_RETURN(loaded.weights_.target, reader.Dense("target", rank, d));
  MEDLEY_ASSIGN_OR_RETURN(loaded.weights_.direction, reader.Floats("direction", d));
  MEDLEY_ASSIGN_OR_RETURN(loaded.weights_.item_bias, reader.Floats("item_bias", n));
  MEDLEY_ASSIGN_OR_RETURN(loaded.people_, reader.Indices("people", n));
  if (n > loaded.content_.n_items() ||
      loaded.content_.Fingerprint(KnownItems(loaded.people_)) != fingerprint) {
    return Fail(ErrorCode::kInvalidInput,
                "the items have changed since the bilinear model was trained; train again");
  }
  loaded.Project();
  *this = std::move(loaded);
  return {};
}

RecommenderKind BilinearKind() {
  const BilinearSettings defaults;
  ParameterSpec loss{"loss",
                     std::string("bpr"),
                     "bpr: items against drawn ones, pair by pair; logistic: each item by itself"};
  loss.choices = {"bpr", "logistic"};
  RecommenderKind kind;
  kind.name = "bilinear";
  kind.summary =
      "Learns which likenesses of content carry over from the history; scores new items at once";
  kind.example = "medley train bilinear --set bilinear.spaces=text,image";
  kind.paper =
      "Chu, Park: Personalized recommendation on dynamic content using predictive bilinear models, "
      "WWW 2009";
  kind.parameters = {
      {"spaces",
       std::string("auto"),
       "What to look at: fused, text, image, audio, video, separated by commas; auto: fused where "
       "there is, else all"},
      {"rank",
       static_cast<std::int64_t>(defaults.rank),
       "Numbers that an item's content is brought down to",
       1,
       2048,
       {}},
      {"passes",
       static_cast<std::int64_t>(defaults.passes),
       "Passes over all events",
       1,
       10'000,
       {}},
      {"negatives",
       static_cast<std::int64_t>(defaults.negatives),
       "Items drawn against each one the user was for",
       1,
       1000,
       {}},
      {"learning_rate", defaults.rate, "AdaGrad's first step", 1e-6, 10, {}},
      {"regularization", defaults.regularization, "Penalty on the weights", 0, 10, {}},
      loss,
      {"recency_power",
       0.0,
       "Of n past items the r-th weighs (.5 + .5 r/n)^power; 0: all alike",
       0,
       100,
       {}},
  };
  kind.features = FeatureUse::kRequired;
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<Bilinear>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
