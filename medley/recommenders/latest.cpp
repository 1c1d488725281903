#include "medley/recommenders/latest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
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
namespace {

constexpr TimeMs kNoTime = std::numeric_limits<TimeMs>::max();

std::vector<TimeMs> FirstEvents(const data::Interactions& interactions) {
  std::vector<TimeMs> first(interactions.n_items(), kNoTime);
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user))
      first[entry.item] = std::min(first[entry.item], entry.time);
  }
  return first;
}

}  // namespace

Status Latest::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  progress.Begin("train latest", 1, "steps");
  const TimeMs now = NowOf(data);
  auto times = FirstEvents(*data.interactions);
  if (use_created_ && data.features != nullptr) {
    const auto& created = data.features->created;
    for (std::size_t item = 0; item < created.size(); ++item)
      if (created[item] != 0) times[item] = created[item];
  }
  std::vector<TimeMs> sorted;
  for (auto& time : times) {
    if (time == kNoTime) continue;
    time = std::min(time, now);
    sorted.push_back(time);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<float> scores(times.size(), kNothingKnown);
  std::vector<float> ages(times.size());
  for (std::size_t item = 0; item < times.size(); ++item) {
    if (times[item] == kNoTime) continue;
    const auto no_newer = std::upper_bound(sorted.begin(), sorted.end(), times[item]);
    scores[item] = static_cast<float>(static_cast<double>(no_newer - sorted.begin()) /
                                      static_cast<double>(sorted.size()));
    ages[item] =
        static_cast<float>(static_cast<double>(now - times[item]) / static_cast<double>(kDayMs));
  }
  scores_ = std::move(scores);
  ages_ = std::move(ages);
  progress.Advance(1);
  progress.End();
  return {};
}

Status Latest::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::copy(scores_.begin(), scores_.end(), scores.begin());
  return {};
}

std::vector<Evidence> Latest::Explain(const UserState& /*user*/,
                                      ItemIndex item,
                                      std::size_t limit) const {
  if (item >= n_items() || limit == 0 || scores_[item] == kNothingKnown) return {};
  // Only of the newer half can it be said that they are new: half of the others must be older.
  std::size_t dated = 0;
  std::size_t older = 0;
  for (std::size_t other = 0; other < n_items(); ++other) {
    dated += scores_[other] == kNothingKnown ? 0 : 1;
    older += scores_[other] != kNothingKnown && scores_[other] < scores_[item] ? 1 : 0;
  }
  if (2 * older < dated) return {};
  Evidence evidence;
  evidence.kind = Evidence::Kind::kNew;
  evidence.count = double{ages_[item]};
  evidence.contribution = double{scores_[item]};
  return {evidence};
}

Status Latest::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("latest", {{"n_items", n_items()}});
  writer.Add("scores", scores_);
  writer.Add("ages", ages_);
  return writer.Write(directory);
}

Status Latest::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "latest"));
  MEDLEY_ASSIGN_OR_RETURN(auto scores, reader.Floats("scores"));
  MEDLEY_ASSIGN_OR_RETURN(auto ages, reader.Floats("ages", scores.size()));
  scores_ = std::move(scores);
  ages_ = std::move(ages);
  return {};
}

RecommenderKind LatestKind() {
  RecommenderKind kind;
  kind.name = "latest";
  kind.summary = "The newest items first, by when they came into the catalogue or were first met";
  kind.example = "medley train latest --set latest.use_created=false";
  kind.serving = 1;
  kind.personal = false;
  kind.answers_newcomers = true;
  kind.features = FeatureUse::kOptional;
  kind.updating = Updating::kExact;
  kind.parameters = {{"use_created",
                      true,
                      "Believe the catalogue's dates where it has them; false: first events only",
                      {},
                      {},
                      {}}};
  kind.make = &MakeOf<Latest>;
  return kind;
}

}  // namespace medley::recommenders
