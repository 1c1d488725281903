#include "medley/metrics/classification.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/metrics/ranking.h"

namespace medley::metrics {
namespace {

double Share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

LabelScores ScoreLabels(std::span<const std::uint8_t> truth,
                        std::span<const std::uint8_t> predicted) {
  assert(truth.size() == predicted.size());
  double right = 0;
  double right_yes = 0;
  double true_yes = 0;
  double said_yes = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is = truth[i] != 0;
    const bool said = predicted[i] != 0;
    right += is == said ? 1 : 0;
    right_yes += is && said ? 1 : 0;
    true_yes += is ? 1 : 0;
    said_yes += said ? 1 : 0;
  }
  LabelScores out;
  out.accuracy = Share(right, static_cast<double>(truth.size()));
  out.precision = Share(right_yes, said_yes);
  out.recall = Share(right_yes, true_yes);
  out.f1 = Share(2 * right_yes, true_yes + said_yes);
  return out;
}

double LogLoss(std::span<const std::uint8_t> truth, std::span<const double> probability) {
  assert(truth.size() == probability.size());
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double yes = std::clamp(probability[i], kLogLossMargin, 1 - kLogLossMargin);
    sum -= std::log(truth[i] != 0 ? yes : 1 - yes);
  }
  return Share(sum, static_cast<double>(truth.size()));
}

double ExpectedCalibrationError(std::span<const std::uint8_t> truth,
                                std::span<const double> probability,
                                std::size_t bins) {
  assert(truth.size() == probability.size() && bins > 0);
  std::vector<double> excess(bins);  // probability less truth, summed: |.| of it is what counts
  const auto n_bins = static_cast<double>(bins);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double bin = std::ceil(probability[i] * n_bins) - 1;
    const auto place = static_cast<std::size_t>(std::clamp(bin, 0.0, n_bins - 1));
    excess[place] += probability[i] - (truth[i] != 0 ? 1 : 0);
  }
  double sum = 0;
  for (const double difference : excess) sum += std::abs(difference);
  return Share(sum, static_cast<double>(truth.size()));
}

double Gauc(std::span<const std::uint32_t> user,
            std::span<const double> scores,
            std::span<const std::uint8_t> truth) {
  assert(user.size() == scores.size() && user.size() == truth.size());
  std::vector<std::size_t> order(user.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return user[a] != user[b] ? user[a] < user[b] : a < b;
  });
  double sum = 0;
  double pairs = 0;
  std::vector<double> own_scores;
  std::vector<std::uint8_t> own_truth;
  for (std::size_t i = 0; i < order.size();) {
    own_scores.clear();
    own_truth.clear();
    double good = 0;
    for (const auto first = user[order[i]]; i < order.size() && user[order[i]] == first; ++i) {
      own_scores.push_back(scores[order[i]]);
      own_truth.push_back(truth[order[i]]);
      good += truth[order[i]] != 0 ? 1 : 0;
    }
    const auto n = static_cast<double>(own_scores.size());
    if (good == 0 || good == n) continue;
    sum += n * Auc(own_scores, own_truth);
    pairs += n;
  }
  return pairs > 0 ? sum / pairs : 0.5;
}

double Rmse(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    sum += (predicted[i] - truth[i]) * (predicted[i] - truth[i]);
  return std::sqrt(Share(sum, static_cast<double>(truth.size())));
}

double Mae(std::span<const double> truth, std::span<const double> predicted) {
  assert(truth.size() == predicted.size());
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += std::abs(predicted[i] - truth[i]);
  return Share(sum, static_cast<double>(truth.size()));
}

}  // namespace medley::metrics
