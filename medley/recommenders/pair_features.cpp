#include "medley/recommenders/pair_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/behaviour_vectors.h"
#include "medley/recommenders/biased_mf.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr float kMostOpinion = 4;  ///< sums of many events say no more than this
constexpr float kPrior = 5;        ///< opinions an item starts with, all the mean
constexpr float kAttributePrior = 3;
constexpr std::size_t kLately = 10;
constexpr std::size_t kNearest = 5;
constexpr std::size_t kMostKinds = 8;

/// For each kind of vectors.
const std::array<std::string, 6> kNearness = {
    "weighed", "sharply", "nearest_for", "nearest_against", "near_for", "near_against"};

/// The mean of the greatest few; 0 of none.
float MeanOfGreatest(std::vector<float>& values) {
  const std::size_t n = std::min(kNearest, values.size());
  if (n == 0) return 0;
  std::partial_sort(values.begin(),
                    values.begin() + static_cast<std::ptrdiff_t>(n),
                    values.end(),
                    std::greater<>());
  float sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += values[i];
  return sum / static_cast<float>(n);
}

data::Interactions WithoutFold(const data::Interactions& interactions, std::size_t fold) {
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    if (PairFeatures::FoldOf(user) == fold) continue;
    for (const auto& entry : interactions.OfUser(user)) rows.push_back({user, entry});
  }
  return {interactions.n_users(), interactions.n_items(), std::move(rows)};
}

data::Interactions WithOpinions(const data::Interactions& interactions) {
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (auto entry : interactions.OfUser(user)) {
      entry.weight = PairFeatures::Opinion(entry);
      rows.push_back({user, entry});
    }
  }
  return {interactions.n_users(), interactions.n_items(), std::move(rows)};
}

Result<std::shared_ptr<BiasedMf>> MakeBiasedMf() {
  MEDLEY_ASSIGN_OR_RETURN(const auto parameters, Parameters::Make(BiasedMfKind().parameters, {}));
  return std::make_shared<BiasedMf>(parameters);
}

}  // namespace

float PairFeatures::Opinion(const data::Interaction& entry) {
  return std::clamp(entry.weight, -kMostOpinion, kMostOpinion);
}

Result<PairFeatures> PairFeatures::Fit(const TrainingData& data,
                                       std::string_view spaces,
                                       Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  PairFeatures out;
  const bool has_spaces = data.features != nullptr && !data.features->spaces.empty();
  if (spaces != "none" && (has_spaces || spaces != "auto")) {
    const ItemFeatures none;
    MEDLEY_ASSIGN_OR_RETURN(out.content_,
                            ContentVectors::Make(has_spaces ? *data.features : none, spaces));
  }
  out.CountItems(*data.interactions);
  out.behaviour_ = BehaviourVectors(*data.interactions, kBehaviourDimension, data.seed);
  out.FindAttributes(data.features, nullptr);
  out.NameAll();
  MEDLEY_RETURN_IF_ERROR(out.FitPredictors(data, progress));
  return out;
}

Status PairFeatures::FitPredictors(const TrainingData& data, Progress& progress) {
  const auto opinions = WithOpinions(*data.interactions);
  for (std::size_t fold = 0; fold <= kFolds; ++fold) {
    MEDLEY_ASSIGN_OR_RETURN(auto model, MakeBiasedMf());
    const auto kept = fold < kFolds ? WithoutFold(opinions, fold) : opinions;
    MEDLEY_RETURN_IF_ERROR(model->Fit({&kept, nullptr, data.now, data.seed}, progress));
    models_.push_back(std::move(model));
  }
  return {};
}

void PairFeatures::CountItems(const data::Interactions& interactions) {
  const std::size_t n = interactions.n_items();
  stats_.assign(kFolds + 1, {std::vector<float>(n), std::vector<float>(n), std::vector<float>(n)});
  for (std::size_t fold = 0; fold <= kFolds; ++fold) {
    auto& stats = stats_[fold];
    double sum = 0;
    double positives = 0;
    double all = 0;
    for (UserIndex user = 0; user < interactions.n_users(); ++user) {
      if (fold == FoldOf(user)) continue;
      for (const auto& entry : interactions.OfUser(user)) {
        const float opinion = Opinion(entry);
        stats.opinions[entry.item] += opinion;
        stats.positives[entry.item] += opinion > 0 ? 1 : 0;
        stats.counts[entry.item] += 1;
        sum += double{opinion};
        positives += opinion > 0 ? 1 : 0;
        all += 1;
      }
    }
    stats.mean = static_cast<float>(sum / std::max(all, 1.0));
    stats.positive = static_cast<float>(positives / std::max(all, 1.0));
  }
}

void PairFeatures::FindAttributes(const ItemFeatures* features, const Json* kinds) {
  features_ = features;
  kinds_.clear();
  if (features == nullptr || features->attributes.empty()) return;
  const auto prefix_of = [](const std::string& name) { return name.substr(0, name.find('=') + 1); };
  std::vector<std::string> prefixes;
  if (kinds != nullptr) {
    prefixes = kinds->get<std::vector<std::string>>();
  } else {
    std::map<std::string, std::size_t> found;
    for (const auto& own : features->attributes)
      for (const auto attribute : own) ++found[prefix_of(features->attribute_names[attribute])];
    for (const auto& [prefix, n] : found) prefixes.push_back(prefix);
    std::ranges::stable_sort(prefixes, std::greater<>(), [&](const auto& p) { return found[p]; });
    prefixes.resize(std::min(prefixes.size(), kMostKinds));
  }
  for (auto& prefix : prefixes) {
    AttributeKind kind{std::move(prefix), {}};
    for (const auto& name : features->attribute_names)
      kind.has.push_back(prefix_of(name) == kind.prefix ? 1 : 0);
    kinds_.push_back(std::move(kind));
  }
}

void PairFeatures::NameAll() {
  names_ = {"user_mean", "user_positives", "user_count", "user_lately"};
  names_.insert(names_.end(), {"item_mean", "item_positives", "item_count", "predicted"});
  for (const auto* vectors : {"behaviour", "content"})
    for (const auto& name : kNearness) names_.push_back(std::string(vectors) + "_" + name);
  for (const auto& kind : kinds_) {
    names_.push_back(kind.prefix + "thought");
    names_.push_back(kind.prefix + "met");
  }
}

bool PairFeatures::Knows(ItemIndex item) const {
  return stats_.back().counts[item] > 0 || (content_ && content_->Describes(item)) ||
         (!kinds_.empty() && !features_->attributes[item].empty());
}

std::span<const float> PairFeatures::Content(ItemIndex item) const {
  return content_ ? content_->Row(item) : std::span<const float>{};
}

std::array<float, 3> PairFeatures::Numbers(const ItemStats& stats, ItemIndex item) {
  const float n = stats.counts[item];
  return {(stats.opinions[item] + kPrior * stats.mean) / (n + kPrior),
          (stats.positives[item] + kPrior * stats.positive) / (n + kPrior),
          std::log1p(n)};
}

Result<PairFeatures::Reader> PairFeatures::Read(std::span<const data::Interaction> history,
                                                std::size_t fold) const {
  Reader out{.history = history, .fold = std::min(fold, stats_.size() - 1)};
  const auto& stats = stats_[out.fold];
  float sum = 0;
  float positives = 0;
  float lately = 0;
  const auto n = static_cast<float>(history.size());
  for (std::size_t i = 0; i < history.size(); ++i) {
    const float opinion = Opinion(history[i]);
    sum += opinion;
    positives += opinion > 0 ? 1 : 0;
    if (i + kLately >= history.size()) lately += opinion;
  }
  out.mean = (sum + kPrior * stats.mean) / (n + kPrior);
  const auto recent = std::min(n, static_cast<float>(kLately));
  out.user = {out.mean,
              (positives + kPrior * stats.positive) / (n + kPrior),
              std::log1p(n),
              (lately + kPrior * out.mean) / (recent + kPrior) - out.mean};
  AddAffinities(out);
  if (!history.empty()) {
    out.predicted.resize(models_.back()->n_items());
    MEDLEY_RETURN_IF_ERROR(
        models_[std::min(fold, models_.size() - 1)]->Score({kNoIndex, history}, out.predicted));
  }
  return out;
}

void PairFeatures::AddAffinities(Reader& reader) const {
  if (kinds_.empty()) return;
  reader.affinities.assign(features_->attribute_names.size(), 0);
  reader.met.assign(features_->attribute_names.size(), 0);
  for (const auto& entry : reader.history) {
    for (const auto attribute : features_->attributes[entry.item]) {
      reader.affinities[attribute] += Opinion(entry) - reader.mean;
      reader.met[attribute] += 1;
    }
  }
  for (std::size_t i = 0; i < reader.met.size(); ++i)
    reader.affinities[i] /= reader.met[i] + kAttributePrior;
}

void PairFeatures::WriteNearness(const Reader& reader,
                                 const std::vector<float>& nearness,
                                 std::span<float> out) const {
  std::array<float, 2> weighed{};
  std::array<float, 2> weights = {1, 0.3F};
  std::array<std::vector<float>, 2> near;
  for (std::size_t i = 0; i < nearness.size(); ++i) {
    const float opinion = Opinion(reader.history[i]);
    near[opinion > 0 ? 0 : 1].push_back(nearness[i]);
    const float above = std::max(nearness[i], 0.0F);
    const std::array<float, 2> own = {above, above * above * above};
    for (std::size_t k = 0; k < own.size(); ++k) {
      weighed[k] += own[k] * (opinion - reader.mean);
      weights[k] += own[k];
    }
  }
  for (std::size_t k = 0; k < 2; ++k) {
    out[k] = weighed[k] / weights[k];
    out[k + 2] = near[k].empty() ? 0 : *std::ranges::max_element(near[k]);
    out[k + 4] = MeanOfGreatest(near[k]);
  }
}

void PairFeatures::Write(const Reader& reader, ItemIndex item, std::span<float> out) const {
  std::fill(out.begin(), out.end(), 0.0F);
  std::ranges::copy(reader.user, out.begin());
  const auto numbers = Numbers(stats_[reader.fold], item);
  std::ranges::copy(numbers, out.begin() + 4);
  const float predicted = item < reader.predicted.size() ? reader.predicted[item] : kNothingKnown;
  out[7] = std::isfinite(predicted) ? std::clamp(predicted, -2 * kMostOpinion, 2 * kMostOpinion)
                                    : reader.mean;
  std::vector<float> nearness(reader.history.size());
  for (std::size_t i = 0; i < nearness.size(); ++i)
    nearness[i] = linalg::Dot(Behaviour(item), Behaviour(reader.history[i].item));
  WriteNearness(reader, nearness, out.subspan(8, kNearness.size()));
  if (content_) {
    for (std::size_t i = 0; i < nearness.size(); ++i)
      nearness[i] = linalg::Dot(Content(item), Content(reader.history[i].item));
    WriteNearness(reader, nearness, out.subspan(8 + kNearness.size(), kNearness.size()));
  }
  auto rest = out.subspan(8 + 2 * kNearness.size());
  for (const auto& kind : kinds_) {
    float sum = 0;
    float met = 0;
    float n = 0;
    for (const auto attribute : features_->attributes[item]) {
      if (kind.has[attribute] == 0) continue;
      sum += reader.affinities[attribute];
      met += reader.met[attribute];
      n += 1;
    }
    rest[0] = n > 0 ? sum / std::sqrt(n) : 0;
    rest[1] = std::log1p(met);
    rest = rest.subspan(2);
  }
}

void PairFeatures::DropFolds() {
  stats_.erase(stats_.begin(), stats_.end() - 1);
  models_.erase(models_.begin(), models_.end() - 1);
}

void PairFeatures::Resize(std::size_t n_items) {
  auto& stats = stats_.back();
  for (auto* values : {&stats.opinions, &stats.positives, &stats.counts}) values->resize(n_items);
  linalg::Matrix wider(n_items, behaviour_.cols());
  std::ranges::copy(behaviour_.values(), wider.data());
  behaviour_ = std::move(wider);
}

void PairFeatures::Save(ModelWriter& writer, Json& note) const {
  note["trained_items"] = n_items();
  note["mean"] = stats_.back().mean;
  note["positive"] = stats_.back().positive;
  note["content"] = content_.has_value();
  note["kinds"] = Json::array();
  for (const auto& kind : kinds_) note["kinds"].push_back(kind.prefix);
  if (content_) content_->Save(writer, note);
  writer.Add("opinions", stats_.back().opinions);
  writer.Add("positives", stats_.back().positives);
  writer.Add("counts", stats_.back().counts);
  writer.Add("behaviour", behaviour_.values());
}

Status PairFeatures::SaveParts(const std::filesystem::path& directory) const {
  const auto part = directory / "biased_mf";
  std::error_code error;
  std::filesystem::create_directories(part, error);
  if (error) return Fail(ErrorCode::kIo, "cannot make '" + part.string() + "': " + error.message());
  return models_.back()->Save(part);
}

Result<PairFeatures> PairFeatures::Load(const ModelReader& reader,
                                        const std::filesystem::path& directory,
                                        const ItemFeatures* features) {
  PairFeatures out;
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("trained_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto mean, reader.Real("mean"));
  MEDLEY_ASSIGN_OR_RETURN(const auto positive, reader.Real("positive"));
  MEDLEY_ASSIGN_OR_RETURN(const auto has_content, reader.Bool("content"));
  const Json kinds = reader.note().value("kinds", Json());
  const bool sound = kinds.is_array() &&
                     std::ranges::all_of(kinds, [](const Json& kind) { return kind.is_string(); });
  if (!sound) return Fail(ErrorCode::kCorrupt, "the model is damaged; train again");
  const ItemFeatures none;
  const auto& known = features == nullptr ? none : *features;
  if (has_content) {
    MEDLEY_ASSIGN_OR_RETURN(out.content_, ContentVectors::Load(reader, known));
  }
  if (!kinds.empty() && known.attributes.size() < n)
    return Fail(ErrorCode::kInvalidInput, "the items' attributes are gone; train again");
  ItemStats stats;
  stats.mean = static_cast<float>(mean);
  stats.positive = static_cast<float>(positive);
  MEDLEY_ASSIGN_OR_RETURN(stats.opinions, reader.Floats("opinions", n));
  MEDLEY_ASSIGN_OR_RETURN(stats.positives, reader.Floats("positives", n));
  MEDLEY_ASSIGN_OR_RETURN(stats.counts, reader.Floats("counts", n));
  MEDLEY_ASSIGN_OR_RETURN(out.behaviour_, reader.Dense("behaviour", n, kBehaviourDimension));
  out.stats_.push_back(std::move(stats));
  MEDLEY_ASSIGN_OR_RETURN(auto model, MakeBiasedMf());
  MEDLEY_RETURN_IF_ERROR(model->Load(directory / "biased_mf", nullptr));
  out.models_.push_back(std::move(model));
  out.FindAttributes(kinds.empty() ? nullptr : features, &kinds);
  out.NameAll();
  if (features != nullptr) out.Resize(std::max(n, recommenders::CountItems(known)));
  return out;
}

}  // namespace medley::recommenders
