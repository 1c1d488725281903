#include "medley/recommenders/popularity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

Status Popularity::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  progress.Begin("train popularity", data.interactions->n_users(), "users");
  const TimeMs now = NowOf(data);
  std::vector<double> sums(data.interactions->n_items());
  for (UserIndex user = 0; user < data.interactions->n_users(); ++user) {
    for (const auto& entry : data.interactions->OfUser(user)) {
      if (entry.weight <= 0) continue;
      const double age_days =
          std::max(0.0, static_cast<double>(now - entry.time) / static_cast<double>(kDayMs));
      sums[entry.item] += half_life_days_ > 0 ? std::exp2(-age_days / half_life_days_) : 1.0;
    }
  }
  progress.Advance(data.interactions->n_users());
  counts_ = PositiveCounts(*data.interactions);
  scores_.assign(sums.begin(), sums.end());
  progress.End();
  return {};
}

Status Popularity::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::copy(scores_.begin(), scores_.end(), scores.begin());
  return {};
}

std::vector<Evidence> Popularity::Explain(const UserState& /*user*/,
                                          ItemIndex item,
                                          std::size_t limit) const {
  if (item >= n_items() || limit == 0 || counts_[item] <= 0) return {};
  return {ByPopularity(counts_[item], scores_[item])};
}

Status Popularity::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("popularity", {{"n_items", n_items()}});
  writer.Add("scores", scores_);
  writer.Add("counts", counts_);
  return writer.Write(directory);
}

Status Popularity::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "popularity"));
  MEDLEY_ASSIGN_OR_RETURN(auto scores, reader.Floats("scores"));
  MEDLEY_ASSIGN_OR_RETURN(auto counts, reader.Floats("counts", scores.size()));
  scores_ = std::move(scores);
  counts_ = std::move(counts);
  return {};
}

RecommenderKind PopularityKind() {
  RecommenderKind kind;
  kind.name = "popularity";
  kind.summary = "What most people were for; the fallback for users of whom nothing is known";
  kind.example = "medley train popularity --set popularity.half_life_days=30";
  kind.serving = 1;
  kind.personal = false;
  kind.answers_newcomers = true;
  kind.updating = Updating::kExact;
  kind.parameters = {{"half_life_days",
                      0.0,
                      "Days after which an event counts half; 0: all count alike",
                      0,
                      1e6,
                      {}}};
  kind.make = &MakeOf<Popularity>;
  return kind;
}

}  // namespace medley::recommenders
