#include "medley/recommenders/item_knn.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/top_k.h"
#include "medley/recommenders/item_similarity.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

namespace {

/// What the rows of touched items say about everyone else's: for each other item, how much each
/// touched one now says for it.
using News = std::vector<std::vector<linalg::IndexedScore>>;

/// Puts `news` into the list of an item that itself was not touched. Returns false where what fell
/// off the end of the list may have to come back, which the list no longer knows.
bool Merge(const std::vector<linalg::IndexedScore>& news,
           std::span<const std::uint8_t> touched,
           std::size_t limit,
           std::vector<linalg::IndexedScore>& list) {
  const bool is_cut = list.size() == limit;
  const auto last = is_cut ? list.back() : linalg::IndexedScore{};
  std::erase_if(list, [&](const auto& entry) { return touched[entry.index] != 0; });
  linalg::TopKCollector best(limit);
  for (const auto& entry : list) best.Add(entry.index, entry.score);
  for (const auto& entry : news) best.Add(entry.index, entry.score);
  list = best.Take();
  return !is_cut || (list.size() == limit && !linalg::RanksBefore(last, list.back()));
}

}  // namespace

ItemKnn::ItemKnn(const Parameters& parameters)
    : neighbours_(static_cast<std::size_t>(parameters.Int("neighbours"))),
      recency_power_(parameters.Real("recency_power")),
      similarity_{.measure = parameters.Text("similarity"),
                  .shrinkage = parameters.Real("shrinkage"),
                  .popularity_power = parameters.Real("popularity_power"),
                  .k1 = parameters.Real("bm25_k1"),
                  .b = parameters.Real("bm25_b"),
                  .use_weights = parameters.Bool("use_weights")} {}

Status ItemKnn::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const std::size_t n = data.interactions->n_items();
  progress.Begin("train item_knn", n, "items");
  const ItemAudiences audiences(*data.interactions, similarity_);
  Lists lists(n);
  audiences.NearestOf(
      neighbours_, {}, lists, [&](std::size_t, const linalg::GramRow&) { progress.Advance(1); });
  Store(lists);
  progress.End();
  return {};
}

Status ItemKnn::Update(const TrainingData& data,
                       const data::Interactions& before,
                       Progress& progress) {
  if (similarity_.measure == "bm25" || known_.empty()) return Fit(data, progress);
  MEDLEY_RETURN_IF_ERROR(CheckUpdate(data, before, n_items()));
  const auto& now = *data.interactions;
  const auto touched = TouchedItems(before, now, ChangedUsers(before, now));
  const std::size_t n = now.n_items();
  progress.Begin("update item_knn", touched.size(), "items");
  auto lists = Stored();
  lists.resize(n);
  if (!touched.empty()) {
    const ItemAudiences audiences(now, similarity_);
    std::vector<std::uint8_t> is_touched(n);
    for (const auto item : touched) is_touched[item] = 1;
    News news(n);
    std::mutex mutex;
    audiences.NearestOf(
        neighbours_, touched, lists, [&](std::size_t item, const linalg::GramRow& row) {
          // The sums are symmetric: what this row says of the pair, the other's would.
          const auto tell = [&](std::uint32_t other) {
            if (is_touched[other] == 0 && row.values[other] > 0) {
              news[other].push_back(
                  {static_cast<std::uint32_t>(item), audiences.Of(item, other, row.values[other])});
            }
          };
          const std::lock_guard lock(mutex);
          if (row.is_sparse) {
            for (const auto other : row.filled) tell(other);
          } else {
            for (std::uint32_t other = 0; other < n; ++other) tell(other);
          }
          progress.Advance(1);
        });
    std::vector<std::uint32_t> again;
    for (std::uint32_t item = 0; item < n; ++item) {
      if (!news[item].empty() && !Merge(news[item], is_touched, neighbours_, lists[item]))
        again.push_back(item);
    }
    if (!again.empty())
      audiences.NearestOf(neighbours_, again, lists, [](std::size_t, const linalg::GramRow&) {});
  }
  Store(lists);
  progress.End();
  return {};
}

void ItemKnn::Store(const Lists& lists) {
  const std::size_t n = lists.size();
  linalg::CsrMatrix by_target{n, n, {0}, {}, {}};
  std::size_t total = 0;
  for (const auto& list : lists) total += list.size();
  by_target.columns.reserve(total);
  by_target.values.reserve(total);
  known_.assign(n, 0);
  for (std::size_t item = 0; item < n; ++item) {
    known_[item] = lists[item].empty() ? 0 : 1;
    for (const auto& [source, similarity] : lists[item]) {
      by_target.columns.push_back(source);
      by_target.values.push_back(similarity);
    }
    by_target.starts.push_back(by_target.columns.size());
  }
  by_source_ = linalg::Transpose(by_target);
}

ItemKnn::Lists ItemKnn::Stored() const {
  Lists lists(n_items());
  for (std::uint32_t source = 0; source < lists.size(); ++source) {
    const auto targets = by_source_.ColumnsOf(source);
    const auto similarities = by_source_.ValuesOf(source);
    for (std::size_t k = 0; k < targets.size(); ++k)
      lists[targets[k]].push_back({source, similarities[k]});
  }
  for (auto& list : lists) std::sort(list.begin(), list.end(), linalg::RanksBefore);
  return lists;
}

Status ItemKnn::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  const auto profile = Profile(user.history, recency_power_, similarity_.use_weights);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = known_[i] != 0 && !profile.empty() ? 0 : kNothingKnown;
  }
  for (const auto& [item, weight] : profile) {
    const auto targets = by_source_.ColumnsOf(item);
    const auto similarities = by_source_.ValuesOf(item);
    for (std::size_t k = 0; k < targets.size(); ++k) scores[targets[k]] += weight * similarities[k];
  }
  return {};
}

std::vector<Evidence> ItemKnn::Explain(const UserState& user,
                                       ItemIndex item,
                                       std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  for (const auto& [past, weight] :
       Profile(user.history, recency_power_, similarity_.use_weights)) {
    if (past >= n_items()) continue;
    if (const float* similarity = by_source_.Find(past, item); similarity != nullptr)
      out.push_back(PastItem(past, double{weight} * double{*similarity}));
  }
  return Strongest(std::move(out), limit);
}

Status ItemKnn::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("item_knn",
                     {{"n_items", n_items()},
                      {"neighbours", neighbours_},
                      {"recency_power", recency_power_},
                      {"similarity", similarity_.measure},
                      {"shrinkage", similarity_.shrinkage},
                      {"popularity_power", similarity_.popularity_power},
                      {"use_weights", similarity_.use_weights}});
  writer.Add("known", known_);
  writer.AddSparseRows(by_source_);
  return writer.Write(directory);
}

Status ItemKnn::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "item_knn"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto recency_power, reader.Real("recency_power"));
  auto similarity = similarity_;
  MEDLEY_ASSIGN_OR_RETURN(const auto neighbours, reader.Size("neighbours"));
  MEDLEY_ASSIGN_OR_RETURN(similarity.measure, reader.Text("similarity"));
  MEDLEY_ASSIGN_OR_RETURN(similarity.shrinkage, reader.Real("shrinkage"));
  MEDLEY_ASSIGN_OR_RETURN(similarity.popularity_power, reader.Real("popularity_power"));
  MEDLEY_ASSIGN_OR_RETURN(similarity.use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto known, reader.Indices("known", n));
  MEDLEY_ASSIGN_OR_RETURN(auto by_source, reader.SparseRows(n, n));
  recency_power_ = recency_power;
  neighbours_ = neighbours;
  similarity_ = std::move(similarity);
  known_ = std::move(known);
  by_source_ = std::move(by_source);
  return {};
}

RecommenderKind ItemKnnKind() {
  RecommenderKind kind;
  kind.name = "item_knn";
  kind.summary =
      "Items that the same people were for as the items of the history: by cosine, Jaccard, BM25 "
      "or "
      "conditional probability";
  kind.example = "medley train item_knn --set item_knn.similarity=conditional";
  kind.serving = 5;
  kind.paper =
      "Sarwar, Karypis, Konstan, Riedl: Item-based collaborative filtering recommendation "
      "algorithms, WWW 2001; Deshpande, Karypis: Item-based top-N recommendation algorithms, TOIS "
      "22 "
      "(2004)";
  kind.updating = Updating::kExact;
  kind.parameters = {
      {"similarity",
       std::string("cosine"),
       "How two items are compared by the people who were for them",
       0,
       0,
       {std::begin(kSimilarityMeasures), std::end(kSimilarityMeasures)}},
      {"neighbours", std::int64_t{200}, "How many similar items each item keeps", 1, 100'000, {}},
      {"shrinkage",
       10.0,
       "cosine, jaccard: added to the denominator, so that small audiences are trusted less",
       0,
       1e6,
       {}},
      {"popularity_power",
       0.5,
       "conditional: how much popular items are held back; 0: not at all, 1: fully",
       0,
       2,
       {}},
      {"bm25_k1", 1.2, "bm25: how far repeated events of one user add up", 0, 1000, {}},
      {"bm25_b", 0.75, "bm25: how much users of many items are held back", 0, 1, {}},
      RecencyPowerSpec(2.0),
      UseWeightsSpec(),
  };
  kind.make = &MakeOf<ItemKnn>;
  return kind;
}

}  // namespace medley::recommenders
