#include "medley/recommenders/sequence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// Adds what one history says.
void AddHistory(std::span<const ProfileEntry> history,
                std::span<const float> step_weights,
                float backward,
                std::vector<linalg::Triplet>& near) {
  for (std::size_t first = 0; first < history.size(); ++first) {
    const std::size_t last = std::min(history.size() - 1, first + step_weights.size());
    for (std::size_t second = first + 1; second <= last; ++second) {
      const float weight = step_weights[second - first - 1];
      near.push_back({history[first].item, history[second].item, weight});
      if (backward > 0)
        near.push_back({history[second].item, history[first].item, backward * weight});
    }
  }
}

/// From counts to s, in place.
void Normalise(linalg::CsrMatrix& near, double shrinkage) {
  std::vector<double> out(near.rows, shrinkage);
  std::vector<double> in(near.cols, shrinkage);
  for (std::size_t row = 0; row < near.rows; ++row) {
    for (std::size_t k = near.starts[row]; k < near.starts[row + 1]; ++k) {
      out[row] += double{near.values[k]};
      in[near.columns[k]] += double{near.values[k]};
    }
  }
  for (std::size_t row = 0; row < near.rows; ++row) {
    for (std::size_t k = near.starts[row]; k < near.starts[row + 1]; ++k) {
      near.values[k] =
          static_cast<float>(double{near.values[k]} / std::sqrt(out[row] * in[near.columns[k]]));
    }
  }
}

}  // namespace

Sequence::Sequence(const Parameters& parameters)
    : window_(static_cast<std::size_t>(parameters.Int("window"))),
      decay_(parameters.Real("decay")),
      backward_(parameters.Real("backward")),
      shrinkage_(parameters.Real("shrinkage")),
      recent_(static_cast<std::size_t>(parameters.Int("recent"))),
      fade_(parameters.Real("fade")) {}

Status Sequence::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto& interactions = *data.interactions;
  const std::size_t n = interactions.n_items();
  progress.Begin("train sequence", interactions.n_users(), "users");
  std::vector<float> step_weights(window_);
  for (std::size_t step = 0; step < window_; ++step) {
    step_weights[step] = static_cast<float>(std::pow(decay_, static_cast<double>(step)));
  }
  std::vector<linalg::Triplet> triplets;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = Profile(interactions.OfUser(user), 0, false);
    AddHistory(history, step_weights, static_cast<float>(backward_), triplets);
    progress.Advance(1);
  }
  auto near = linalg::FromTriplets(n, n, std::move(triplets));
  Normalise(near, shrinkage_);
  known_.assign(n, 0);
  for (const auto target : near.columns) known_[target] = 1;
  starts_.assign(near.starts.begin(), near.starts.end());
  targets_ = std::move(near.columns);
  similarities_ = std::move(near.values);
  progress.End();
  return {};
}

std::vector<Sequence::RecentItem> Sequence::RecentItems(
    std::span<const data::Interaction> history) const {
  const auto profile = Profile(history, 0, false);
  std::vector<RecentItem> out;
  double weight = 1;
  for (auto entry = profile.rbegin(); entry != profile.rend() && out.size() < recent_; ++entry) {
    out.push_back({entry->item, static_cast<float>(weight)});
    weight *= fade_;
  }
  return out;
}

Status Sequence::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto recent = RecentItems(user.history);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = known_[i] != 0 && !recent.empty() ? 0 : kNothingKnown;
  }
  for (const auto& [item, weight] : recent) {
    for (std::size_t k = starts_[item]; k < starts_[item + 1]; ++k)
      scores[targets_[k]] += weight * similarities_[k];
  }
  return {};
}

std::vector<Evidence> Sequence::Explain(const UserState& user,
                                        ItemIndex item,
                                        std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  for (const auto& [past, weight] : RecentItems(user.history)) {
    if (past >= n_items()) continue;
    const auto begin = targets_.begin() + static_cast<std::ptrdiff_t>(starts_[past]);
    const auto end = targets_.begin() + static_cast<std::ptrdiff_t>(starts_[past + 1]);
    const auto found = std::lower_bound(begin, end, item);
    if (found == end || *found != item) continue;
    Evidence evidence;
    evidence.kind = Evidence::Kind::kPastItem;
    evidence.item = past;
    evidence.contribution =
        double{weight} * double{similarities_[static_cast<std::size_t>(found - targets_.begin())]};
    out.push_back(evidence);
  }
  return Strongest(std::move(out), limit);
}

Status Sequence::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("sequence", {{"n_items", n_items()}, {"recent", recent_}, {"fade", fade_}});
  writer.Add("known", known_);
  writer.Add("starts", starts_);
  writer.Add("targets", targets_);
  writer.Add("similarities", similarities_);
  return writer.Write(directory);
}

Status Sequence::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "sequence"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recent, reader.Size("recent"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fade, reader.Real("fade"));
  MEDLEY_ASSIGN_OR_RETURN(auto known, reader.Indices("known", n));
  MEDLEY_ASSIGN_OR_RETURN(auto rows, reader.SparseRows(n, n));
  recent_ = recent;
  fade_ = fade;
  known_ = std::move(known);
  starts_ = std::move(rows.starts);
  targets_ = std::move(rows.targets);
  similarities_ = std::move(rows.values);
  return {};
}

RecommenderKind SequenceKind() {
  RecommenderKind kind;
  kind.name = "sequence";
  kind.summary = "What people turned to within a few steps of the latest items of the history";
  kind.example = "medley train sequence --set sequence.window=3";
  kind.paper = "";
  kind.parameters = {
      {"window",
       std::int64_t{3},
       "How many steps apart two items of a history may be",
       1,
       1000,
       {}},
      {"decay", 0.9, "What each further step between them multiplies by", 0, 1, {}},
      {"backward", 0.5, "How much the item before counts against the item after", 0, 1, {}},
      {"shrinkage", 50.0, "Added to each item's total: rare items are trusted less", 0, 1e6, {}},
      {"recent",
       std::int64_t{20},
       "How many of the latest items of a history are looked at",
       1,
       10'000,
       {}},
      {"fade", 0.9, "What each step into the past multiplies by", 0, 1, {}},
  };
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<Sequence>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
