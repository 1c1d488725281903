#include "medley/recommenders/sequence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kItemsAtATime = 32;
constexpr std::size_t kPieces = 64;

/// All histories in time order, and where in them each item stands.
struct Histories {
  std::vector<std::size_t> starts = {0};
  std::vector<std::uint32_t> items;
  std::vector<std::uint32_t> users;  ///< of each entry of `items`
  std::vector<std::size_t> place_starts;
  std::vector<std::size_t> places;  ///< into `items`, by item, in the order of users
};

Histories Collect(const data::Interactions& interactions) {
  Histories out;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      if (entry.weight <= 0) continue;
      out.items.push_back(entry.item);
      out.users.push_back(user);
    }
    out.starts.push_back(out.items.size());
  }
  out.place_starts.assign(interactions.n_items() + 1, 0);
  for (const auto item : out.items) ++out.place_starts[item + 1];
  std::partial_sum(out.place_starts.begin(), out.place_starts.end(), out.place_starts.begin());
  auto next = out.place_starts;
  out.places.resize(out.items.size());
  for (std::size_t place = 0; place < out.items.size(); ++place)
    out.places[next[out.items[place]]++] = place;
  return out;
}

struct Near {
  std::uint32_t item;
  float count;
};

/// Sums what stands near one item; its memory is all zero between two items.
class NearCounter {
 public:
  NearCounter(const Histories& histories, std::span<const float> forward, float backward)
      : histories_(histories),
        forward_(forward),
        backward_(backward),
        sums_(histories.place_starts.size() - 1) {}

  /// By item, ascending.
  std::vector<Near> Row(std::uint32_t item) {
    for (std::size_t k = histories_.place_starts[item]; k < histories_.place_starts[item + 1]; ++k)
      AddAround(histories_.places[k]);
    std::sort(filled_.begin(), filled_.end());
    std::vector<Near> row;
    row.reserve(filled_.size());
    for (const auto other : filled_) {
      row.push_back({other, sums_[other]});
      sums_[other] = 0;
    }
    filled_.clear();
    return row;
  }

 private:
  void AddAround(std::size_t place) {
    const auto user = histories_.users[place];
    const std::size_t begin = histories_.starts[user];
    const std::size_t end = histories_.starts[user + 1];
    for (std::size_t step = 1; step <= forward_.size(); ++step) {
      if (place + step >= end && place < begin + step) return;
      if (place + step < end) Add(histories_.items[place + step], forward_[step - 1]);
      if (place >= begin + step)
        Add(histories_.items[place - step], backward_ * forward_[step - 1]);
    }
  }
  void Add(std::uint32_t other, float weight) {
    if (!(weight > 0)) return;
    if (sums_[other] == 0) filled_.push_back(other);
    sums_[other] += weight;
  }

  const Histories& histories_;
  std::span<const float> forward_;
  float backward_;
  std::vector<float> sums_;
  std::vector<std::uint32_t> filled_;
};

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
  progress.Begin("train sequence", data.interactions->n_items(), "items");
  Count(*data.interactions, {}, progress);
  Normalise();
  progress.End();
  return {};
}

Status Sequence::Update(const TrainingData& data,
                        const data::Interactions& before,
                        Progress& progress) {
  if (known_.empty()) return Fit(data, progress);
  MEDLEY_RETURN_IF_ERROR(CheckUpdate(data, before, n_items()));
  const auto& now = *data.interactions;
  const auto touched = TouchedItems(before, now, ChangedUsers(before, now));
  progress.Begin("update sequence", touched.size(), "items");
  if (!touched.empty()) Count(now, touched, progress);
  known_.resize(now.n_items());
  counts_.rows = counts_.cols = now.n_items();
  counts_.starts.resize(now.n_items() + 1, counts_.size());
  Normalise();
  progress.End();
  return {};
}

void Sequence::Count(const data::Interactions& interactions,
                     std::span<const std::uint32_t> items,
                     Progress& progress) {
  const std::size_t n = interactions.n_items();
  std::vector<float> forward(window_);
  for (std::size_t step = 0; step < window_; ++step)
    forward[step] = static_cast<float>(std::pow(decay_, static_cast<double>(step)));
  const auto histories = Collect(interactions);
  std::vector<std::vector<Near>> rows(n);
  std::vector<std::uint8_t> is_counted(n, items.empty() ? 1 : 0);
  for (const auto item : items) is_counted[item] = 1;
  // Each piece clears n sums: few pieces where there are many items.
  ParallelFor(n, std::max(kItemsAtATime, n / kPieces), [&](std::size_t begin, std::size_t end) {
    NearCounter counter(histories, forward, static_cast<float>(backward_));
    for (std::size_t item = begin; item < end; ++item) {
      if (is_counted[item] == 0) continue;
      rows[item] = counter.Row(static_cast<std::uint32_t>(item));
      progress.Advance(1);
    }
  });
  linalg::CsrMatrix counts{n, n, {0}, {}, {}};
  for (std::size_t item = 0; item < n; ++item) {
    if (is_counted[item] != 0) {
      for (const auto& near : rows[item]) {
        counts.columns.push_back(near.item);
        counts.values.push_back(near.count);
      }
    } else if (item < counts_.rows) {
      const auto targets = counts_.ColumnsOf(item);
      const auto values = counts_.ValuesOf(item);
      counts.columns.insert(counts.columns.end(), targets.begin(), targets.end());
      counts.values.insert(counts.values.end(), values.begin(), values.end());
    }
    counts.starts.push_back(counts.columns.size());
  }
  counts_ = std::move(counts);
}

void Sequence::Normalise() {
  const std::size_t n = counts_.rows;
  std::vector<double> out(n, shrinkage_);
  std::vector<double> in(n, shrinkage_);
  known_.assign(n, 0);
  for (std::size_t item = 0; item < n; ++item) {
    const auto targets = counts_.ColumnsOf(item);
    const auto counts = counts_.ValuesOf(item);
    for (std::size_t k = 0; k < targets.size(); ++k) {
      out[item] += double{counts[k]};
      in[targets[k]] += double{counts[k]};
      known_[targets[k]] = 1;
    }
  }
  out_.resize(n);
  in_.resize(n);
  for (std::size_t item = 0; item < n; ++item) {
    out_[item] = out[item] > 0 ? static_cast<float>(1 / std::sqrt(out[item])) : 0;
    in_[item] = in[item] > 0 ? static_cast<float>(1 / std::sqrt(in[item])) : 0;
  }
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
    const auto targets = counts_.ColumnsOf(item);
    const auto counts = counts_.ValuesOf(item);
    for (std::size_t k = 0; k < targets.size(); ++k)
      scores[targets[k]] += weight * out_[item] * counts[k] * in_[targets[k]];
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
    if (const float* count = counts_.Find(past, item); count != nullptr)
      out.push_back(PastItem(past, double{weight * out_[past] * *count * in_[item]}));
  }
  return Strongest(std::move(out), limit);
}

Status Sequence::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("sequence",
                     {{"n_items", n_items()},
                      {"window", window_},
                      {"decay", decay_},
                      {"backward", backward_},
                      {"shrinkage", shrinkage_},
                      {"recent", recent_},
                      {"fade", fade_}});
  writer.AddSparseRows(counts_);
  return writer.Write(directory);
}

Status Sequence::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "sequence"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto window, reader.Size("window"));
  MEDLEY_ASSIGN_OR_RETURN(const auto decay, reader.Real("decay"));
  MEDLEY_ASSIGN_OR_RETURN(const auto backward, reader.Real("backward"));
  MEDLEY_ASSIGN_OR_RETURN(const auto shrinkage, reader.Real("shrinkage"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recent, reader.Size("recent"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fade, reader.Real("fade"));
  MEDLEY_ASSIGN_OR_RETURN(auto counts, reader.SparseRows(n, n));
  window_ = window;
  decay_ = decay;
  backward_ = backward;
  shrinkage_ = shrinkage;
  recent_ = recent;
  fade_ = fade;
  counts_ = std::move(counts);
  Normalise();
  return {};
}

RecommenderKind SequenceKind() {
  RecommenderKind kind;
  kind.name = "sequence";
  kind.summary = "What people turned to within a few steps of the latest items of the history";
  kind.example = "medley train sequence --set sequence.window=3";
  kind.serving = 3;
  kind.paper =
      "Davidson et al.: The YouTube video recommendation system, RecSys 2010 (co-visits, "
      "normalised)";
  kind.updating = Updating::kExact;
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
  kind.make = &MakeOf<Sequence>;
  return kind;
}

}  // namespace medley::recommenders
