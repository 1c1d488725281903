#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace medley::metrics {

/// How good one user's list of recommendations is against the items they really went for, cut after
/// k places. Relevance is yes or no.
struct RankingScores {
  double precision = 0;  ///< hits / k
  double recall = 0;     ///< hits / relevant
  double hit_rate = 0;   ///< 1 where there is a hit
  double f1 = 0;         ///< harmonic mean of precision and recall
  double ndcg =
      0;  ///< sum of 1 / log2(place + 1) over hits, over that of min(k, relevant) hits on top
  double map = 0;  ///< mean of the precisions at the hits, over min(k, relevant)
  double mrr = 0;  ///< 1 / place of the first hit
};

/// Shapes: `ranking` best first, without repeats; places after k are not looked at. `relevant`
/// ascending, without repeats, not empty. Missing: a ranking shorter than k has no hits after its
/// end.
RankingScores ScoreRanking(std::span<const std::uint32_t> ranking,
                           std::span<const std::uint32_t> relevant,
                           std::size_t k);

/// The probability that a relevant item scores above another one, ties counting half. Shapes:
/// relevant[i] != 0 says which of `scores` are. Missing: -infinity scores below everything; no NaN;
/// 0.5 where either kind is lacking. Cost: scores x log(relevant).
double Auc(std::span<const float> scores, std::span<const std::uint8_t> relevant);
double Auc(std::span<const double> scores, std::span<const std::uint8_t> relevant);

/// Mean precision and recall of all users' lists when they are cut after 1, 2 ... `depth` places.
struct PrecisionRecall {
  double precision = 0;
  double recall = 0;
};
/// Shapes: `lists` and `relevant` by user, as ScoreRanking takes them. Missing: users with nothing
/// relevant are left out; a short list has no hits after its end.
std::vector<PrecisionRecall> PrecisionRecallCurve(
    std::span<const std::vector<std::uint32_t>> lists,
    std::span<const std::vector<std::uint32_t>> relevant,
    std::size_t depth);

}  // namespace medley::metrics
