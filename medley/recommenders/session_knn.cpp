#include "medley/recommenders/session_knn.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr double kHourMs = 3'600'000;

/// e^(-distance / scale); a scale of 0 fades nothing.
double Fade(double distance, double scale) { return scale > 0 ? std::exp(-distance / scale) : 1; }

}  // namespace

SessionKnn::SessionKnn(const Parameters& parameters)
    : gap_hours_(parameters.Real("gap_hours")),
      recent_(static_cast<std::size_t>(parameters.Int("recent"))),
      neighbours_(static_cast<std::size_t>(parameters.Int("neighbours"))),
      fade_items_(parameters.Real("fade_items")),
      fade_days_(parameters.Real("fade_days")),
      fade_places_(parameters.Real("fade_places")),
      rarity_power_(parameters.Real("rarity_power")) {}

Status SessionKnn::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto& interactions = *data.interactions;
  progress.Begin("train session_knn", 1, "steps");
  sessions_ = {0, interactions.n_items(), {0}, {}, {}};
  ends_.clear();
  const auto close = [this](TimeMs end) {
    if (sessions_.columns.size() == sessions_.starts.back()) return;
    sessions_.starts.push_back(sessions_.columns.size());
    ends_.push_back(static_cast<std::uint64_t>(end));
  };
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    TimeMs last = 0;
    for (const auto& entry : interactions.OfUser(user)) {
      if (entry.weight <= 0) continue;
      const double gap = static_cast<double>(entry.time - last) / kHourMs;
      if (gap_hours_ > 0 && gap > gap_hours_) close(last);
      sessions_.columns.push_back(entry.item);
      last = entry.time;
    }
    close(last);
  }
  sessions_.rows = ends_.size();
  Index();
  progress.Advance(1);
  progress.End();
  return {};
}

void SessionKnn::Index() {
  sessions_.values.assign(sessions_.columns.size(), 1);
  by_item_ = linalg::Transpose(sessions_);
  rarity_.resize(n_items());
  for (std::size_t item = 0; item < n_items(); ++item) {
    const auto count = static_cast<double>(by_item_.ColumnsOf(item).size());
    const double idf = count > 0 ? std::log1p(static_cast<double>(sessions_.rows) / count) : 0;
    rarity_[item] = static_cast<float>(std::pow(idf, rarity_power_));
  }
}

SessionKnn::Query SessionKnn::QueryOf(std::span<const data::Interaction> history) const {
  Query query;
  for (const auto& entry : history) query.time = std::max(query.time, entry.time);
  const auto profile = Profile(history, 0, false);
  for (auto entry = profile.rbegin(); entry != profile.rend() && query.items.size() < recent_;
       ++entry) {
    if (entry->item >= n_items()) continue;
    const auto distance = static_cast<double>(query.items.size());
    query.items.push_back({entry->item, static_cast<float>(Fade(distance, fade_items_))});
  }
  return query;
}

std::vector<linalg::IndexedScore> SessionKnn::NearestTo(const Query& query) const {
  std::vector<float> common(sessions_.rows);
  for (const auto& [item, weight] : query.items)
    for (const auto session : by_item_.ColumnsOf(item)) common[session] += weight;
  linalg::TopKCollector best(neighbours_);
  for (std::uint32_t session = 0; session < common.size(); ++session) {
    if (!(common[session] > 0)) continue;
    const auto size = static_cast<double>(sessions_.ColumnsOf(session).size());
    // A session that ended later than what is asked about, as in a judgement on the past, is new.
    const double days =
        std::max(0.0,
                 static_cast<double>(query.time - static_cast<TimeMs>(ends_[session])) /
                     static_cast<double>(kDayMs));
    best.Add(session,
             static_cast<float>(double{common[session]} /
                                std::sqrt(size * static_cast<double>(query.items.size())) *
                                Fade(days, fade_days_)));
  }
  return best.Take();
}

std::size_t SessionKnn::PlaceOfLatest(const Query& query, std::size_t session) const {
  const auto items = sessions_.ColumnsOf(session);
  for (const auto& latest : query.items) {
    const auto found = std::find(items.begin(), items.end(), latest.item);
    if (found != items.end()) return static_cast<std::size_t>(found - items.begin());
  }
  return 0;
}

Status SessionKnn::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto query = QueryOf(user.history);
  for (std::size_t item = 0; item < scores.size(); ++item)
    scores[item] = query.items.empty() || by_item_.ColumnsOf(item).empty() ? kNothingKnown : 0;
  for (const auto& [session, worth] : NearestTo(query)) {
    const auto items = sessions_.ColumnsOf(session);
    const std::size_t center = PlaceOfLatest(query, session);
    for (std::size_t place = 0; place < items.size(); ++place) {
      const auto distance = static_cast<double>(place > center ? place - center : center - place);
      scores[items[place]] +=
          worth * static_cast<float>(Fade(distance, fade_places_)) * rarity_[items[place]];
    }
  }
  return {};
}

std::vector<Evidence> SessionKnn::Explain(const UserState& user,
                                          ItemIndex item,
                                          std::size_t limit) const {
  if (item >= n_items()) return {};
  const auto query = QueryOf(user.history);
  std::vector<double> shares(query.items.size());
  for (const auto& [session, worth] : NearestTo(query)) {
    const auto items = sessions_.ColumnsOf(session);
    const auto found = std::find(items.begin(), items.end(), item);
    if (found == items.end()) continue;
    const auto place = static_cast<std::size_t>(found - items.begin());
    const std::size_t center = PlaceOfLatest(query, session);
    const auto distance = static_cast<double>(place > center ? place - center : center - place);
    const double score = double{worth} * Fade(distance, fade_places_) * double{rarity_[item]};
    // The session's score goes to the items by which it is like the query.
    double weights = 0;
    for (const auto& latest : query.items)
      weights += std::find(items.begin(), items.end(), latest.item) != items.end()
                     ? double{latest.weight}
                     : 0;
    for (std::size_t k = 0; k < query.items.size(); ++k) {
      if (std::find(items.begin(), items.end(), query.items[k].item) != items.end())
        shares[k] += score * double{query.items[k].weight} / weights;
    }
  }
  std::vector<Evidence> out;
  for (std::size_t k = 0; k < shares.size(); ++k) {
    if (query.items[k].item != item) out.push_back(PastItem(query.items[k].item, shares[k]));
  }
  return Strongest(std::move(out), limit);
}

Status SessionKnn::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("session_knn",
                     {{"n_items", n_items()},
                      {"gap_hours", gap_hours_},
                      {"recent", recent_},
                      {"neighbours", neighbours_},
                      {"fade_items", fade_items_},
                      {"fade_days", fade_days_},
                      {"fade_places", fade_places_},
                      {"rarity_power", rarity_power_}});
  writer.AddSparseRows(sessions_);
  writer.Add("ends", ends_);
  return writer.Write(directory);
}

Status SessionKnn::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "session_knn"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto gap_hours, reader.Real("gap_hours"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recent, reader.Size("recent"));
  MEDLEY_ASSIGN_OR_RETURN(const auto neighbours, reader.Size("neighbours"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fade_items, reader.Real("fade_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fade_days, reader.Real("fade_days"));
  MEDLEY_ASSIGN_OR_RETURN(const auto fade_places, reader.Real("fade_places"));
  MEDLEY_ASSIGN_OR_RETURN(const auto rarity_power, reader.Real("rarity_power"));
  MEDLEY_ASSIGN_OR_RETURN(auto ends, reader.Offsets("ends"));
  MEDLEY_ASSIGN_OR_RETURN(auto sessions, reader.SparseRows(ends.size(), n));
  gap_hours_ = gap_hours;
  recent_ = recent;
  neighbours_ = neighbours;
  fade_items_ = fade_items;
  fade_days_ = fade_days;
  fade_places_ = fade_places;
  rarity_power_ = rarity_power;
  sessions_ = std::move(sessions);
  ends_ = std::move(ends);
  Index();
  return {};
}

RecommenderKind SessionKnnKind() {
  RecommenderKind kind;
  kind.name = "session_knn";
  kind.summary = "What followed in the sessions most like the latest items of the history";
  kind.example = "medley train session_knn --set session_knn.gap_hours=1";
  kind.paper =
      "Ludewig, Jannach: Evaluation of session-based recommendation algorithms, UMUAI 28 (2018); "
      "Garg, Gupta, Malhotra, Vig, Shroff: Sequence and time aware neighborhood for session-based "
      "recommendations, SIGIR 2019";
  kind.updating = Updating::kExact;
  kind.parameters = {
      {"gap_hours",
       24.0,
       "Hours without an event after which a new session begins; 0: a history is one session",
       0,
       1e6,
       {}},
      {"recent", std::int64_t{20}, "How many of the latest items are asked with", 1, 10'000, {}},
      {"neighbours", std::int64_t{200}, "How many sessions are listened to", 1, 1'000'000, {}},
      {"fade_items",
       10.0,
       "Items back in the history after which one counts 1/e; 0: all alike",
       0,
       1e6,
       {}},
      {"fade_days", 0.0, "Days after which a session counts 1/e; 0: all alike", 0, 1e6, {}},
      {"fade_places",
       20.0,
       "Places from the latest common item after which an item counts 1/e; 0: all alike",
       0,
       1e6,
       {}},
      {"rarity_power", 0.0, "Holds popular items back: the power of idf they count by", 0, 10, {}},
  };
  kind.make = &MakeOf<SessionKnn>;
  return kind;
}

}  // namespace medley::recommenders
