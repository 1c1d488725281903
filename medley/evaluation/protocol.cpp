#include "medley/evaluation/protocol.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

constexpr std::size_t kUsersAtATime = 16;
constexpr std::uint64_t kColdFolds = 5;

enum class Part : std::uint8_t { kTrain, kValid, kTest };

/// The last eighth of `n` rounded up, but something is left to train on.
std::size_t LastEighth(std::size_t n) { return n < 2 ? 0 : std::min(n - 1, (n + 7) / 8); }

/// Which part each interaction of a history of `n` falls into.
std::vector<Part> PartsOf(std::size_t n, Protocol protocol, Random& random) {
  std::vector<Part> parts(n, Part::kTrain);
  std::size_t train = n;
  if (protocol == Protocol::kLeaveOneOut) {
    if (n >= 2) parts[n - 1] = Part::kTest;
    if (n >= 3) parts[n - 2] = Part::kValid;
    return parts;
  }
  train = static_cast<std::size_t>(std::ceil(0.8 * static_cast<double>(n)));
  const std::size_t valid = LastEighth(train);
  std::fill(parts.begin() + static_cast<std::ptrdiff_t>(train), parts.end(), Part::kTest);
  std::fill(parts.begin() + static_cast<std::ptrdiff_t>(train - valid),
            parts.begin() + static_cast<std::ptrdiff_t>(train),
            Part::kValid);
  if (protocol == Protocol::kRandom) random.Shuffle(std::span(parts));
  return parts;
}

/// Cold or warm by the id, whatever else is in the catalogue.
std::vector<Part> PartsOfItems(std::span<const std::string> ids, std::uint64_t seed) {
  std::vector<Part> parts;
  parts.reserve(ids.size());
  for (const auto& id : ids) {
    const auto fold = Hash64(id, seed) % kColdFolds;
    parts.push_back(fold == 0 ? Part::kTest : fold == 1 ? Part::kValid : Part::kTrain);
  }
  return parts;
}

std::vector<std::uint8_t> Where(std::span<const Part> parts, Part wanted) {
  std::vector<std::uint8_t> out(parts.size());
  std::transform(parts.begin(), parts.end(), out.begin(), [wanted](Part part) {
    return part == wanted ? 1 : 0;
  });
  return out;
}

/// Collects interactions into the parts of a split.
class SplitBuilder {
 public:
  SplitBuilder(std::size_t n_users, std::size_t n_items) : n_users_(n_users), n_items_(n_items) {
    split_.valid.resize(n_users);
    split_.test.resize(n_users);
  }

  void Add(UserIndex user, const data::Interaction& entry, Part part) {
    if (part == Part::kTest) {
      if (entry.weight > 0) split_.test[user].push_back(entry.item);
      return;
    }
    full_.push_back({user, entry});
    if (part == Part::kTrain) {
      train_.push_back({user, entry});
    } else if (entry.weight > 0) {
      split_.valid[user].push_back(entry.item);
    }
  }

  Split Build() {
    for (auto* lists : {&split_.valid, &split_.test}) {
      for (auto& list : *lists) std::sort(list.begin(), list.end());
    }
    split_.train = data::Interactions(n_users_, n_items_, std::move(train_));
    split_.full = data::Interactions(n_users_, n_items_, std::move(full_));
    return std::move(split_);
  }

 private:
  std::size_t n_users_;
  std::size_t n_items_;
  Split split_;
  std::vector<data::Interactions::Row> train_;
  std::vector<data::Interactions::Row> full_;
};

}  // namespace

Result<Protocol> ParseProtocol(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < std::size(kProtocolNames); ++i) {
    if (kProtocolNames[i] == name) return static_cast<Protocol>(i);
    known += (known.empty() ? "" : ", ") + std::string(kProtocolNames[i]);
  }
  return Fail(ErrorCode::kInvalidInput,
              "there is no protocol '" + std::string(name) + "'; there are " + known);
}

Split MakeSplit(const data::Interactions& interactions,
                Protocol protocol,
                std::span<const std::string> item_ids,
                std::uint64_t seed) {
  const bool cold = protocol == Protocol::kColdItems;
  const auto item_parts = cold ? PartsOfItems(item_ids, seed) : std::vector<Part>{};
  const Random random(seed);
  SplitBuilder builder(interactions.n_users(), interactions.n_items());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = interactions.OfUser(user);
    Random own = random.Fork(user);
    const auto parts = cold ? std::vector<Part>{} : PartsOf(history.size(), protocol, own);
    for (std::size_t i = 0; i < history.size(); ++i) {
      builder.Add(user, history[i], cold ? item_parts[history[i].item] : parts[i]);
    }
  }
  auto split = builder.Build();
  if (cold) {
    split.valid_candidates = Where(item_parts, Part::kValid);
    split.candidates = Where(item_parts, Part::kTest);
  }
  return split;
}

namespace {

/// Ranks for one user at a time, keeping its memory between users.
class UserRanker {
 public:
  UserRanker(const recommenders::Recommender& recommender,
             const data::Interactions& history,
             const RankOptions& options)
      : recommender_(recommender),
        history_(history),
        options_(options),
        scores_(recommender.n_items()) {}

  Status Rank(UserIndex user, std::span<const std::uint32_t> relevant, RankedUsers& out) {
    const auto past = history_.OfUser(user);
    MEDLEY_RETURN_IF_ERROR(recommender_.Score({user, past}, scores_));
    open_.assign(scores_.size(), 1);
    if (!options_.candidates.empty())
      open_.assign(options_.candidates.begin(), options_.candidates.end());
    for (const auto& entry : past) open_[entry.item] = 0;
    if (!options_.mask.empty()) {
      for (const auto item : options_.mask[user]) open_[item] = 0;
    }
    for (const auto& best : recommenders::TopItems(
             scores_, options_.length, [&](ItemIndex item) { return open_[item] != 0; })) {
      out.lists[user].push_back(best.item);
    }
    out.auc[user] = AucOfOpen(relevant);
    return {};
  }

 private:
  double AucOfOpen(std::span<const std::uint32_t> relevant) {
    kept_scores_.clear();
    kept_relevant_.clear();
    for (std::uint32_t item = 0; item < open_.size(); ++item) {
      if (open_[item] == 0) continue;
      kept_scores_.push_back(scores_[item]);
      kept_relevant_.push_back(std::binary_search(relevant.begin(), relevant.end(), item) ? 1 : 0);
    }
    return metrics::Auc(kept_scores_, kept_relevant_);
  }

  const recommenders::Recommender& recommender_;
  const data::Interactions& history_;
  const RankOptions& options_;
  std::vector<float> scores_;
  std::vector<std::uint8_t> open_;
  std::vector<float> kept_scores_;
  std::vector<std::uint8_t> kept_relevant_;
};

}  // namespace

Result<RankedUsers> RankForUsers(const recommenders::Recommender& recommender,
                                 const data::Interactions& history,
                                 std::span<const std::vector<std::uint32_t>> relevant,
                                 const RankOptions& options) {
  RankedUsers out;
  out.lists.resize(relevant.size());
  out.auc.resize(relevant.size());
  std::mutex mutex;
  std::optional<Error> error;
  ParallelFor(relevant.size(), kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    UserRanker ranker(recommender, history, options);
    for (auto user = static_cast<UserIndex>(begin); user < end; ++user) {
      if (relevant[user].empty()) continue;
      if (auto ranked = ranker.Rank(user, relevant[user], out); !ranked) {
        const std::lock_guard lock(mutex);
        error = ranked.error();
        return;
      }
    }
  });
  if (error) return tl::unexpected(*std::move(error));
  return out;
}

std::vector<double> UserScores::Values(double metrics::RankingScores::* metric) const {
  std::vector<double> out;
  out.reserve(scores.size());
  for (const auto& one : scores) out.push_back(one.*metric);
  return out;
}

double UserScores::Mean(double metrics::RankingScores::* metric) const {
  double sum = 0;
  for (const auto& one : scores) sum += one.*metric;
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

UserScores ScoreLists(std::span<const std::vector<std::uint32_t>> lists,
                      std::span<const std::vector<std::uint32_t>> relevant,
                      std::size_t k) {
  UserScores out;
  for (UserIndex user = 0; user < relevant.size(); ++user) {
    if (relevant[user].empty()) continue;
    out.users.push_back(user);
    out.scores.push_back(metrics::ScoreRanking(lists[user], relevant[user], k));
  }
  return out;
}

std::span<const NamedMetric> RankingMetrics() {
  using metrics::RankingScores;
  static constexpr std::array<NamedMetric, 7> kMetrics = {{{"recall", &RankingScores::recall},
                                                           {"ndcg", &RankingScores::ndcg},
                                                           {"precision", &RankingScores::precision},
                                                           {"hit_rate", &RankingScores::hit_rate},
                                                           {"f1", &RankingScores::f1},
                                                           {"map", &RankingScores::map},
                                                           {"mrr", &RankingScores::mrr}}};
  return kMetrics;
}

}  // namespace medley::evaluation
