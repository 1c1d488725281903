#include "medley/training/boosted_trees.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/logistic.h"
#include "medley/linalg/matrix.h"
#include "medley/training/early_stopping.h"

namespace medley::training {
namespace {

constexpr std::size_t kBins = 64;
constexpr float kNoBound = std::numeric_limits<float>::infinity();

struct Sums {
  double gradient = 0;
  double weight = 0;
};

/// The best question of a node.
struct Question {
  double gain = 0;
  std::size_t number = 0;
  std::size_t bin = kBins;  ///< goes right above it; kBins: nobody does
};

}  // namespace

/// One training.
class BoostingRun {
 public:
  BoostingRun(linalg::ConstMatrixView rows,
              std::span<const std::uint32_t> labels,
              std::span<const std::uint8_t> held_out,
              const BoostedTreesOptions& options)
      : rows_(rows),
        labels_(labels),
        held_out_(held_out),
        options_(options),
        cuts_(rows.cols),
        bins_(rows.cols, std::vector<std::uint8_t>(rows.rows)),
        scores_(rows.rows),
        gradients_(rows.rows),
        nodes_(rows.rows) {}

  BoostedTrees Run(Progress& progress) {
    BoostedTrees out;
    out.depth_ = options_.depth;
    out.start_ = Start();
    std::ranges::fill(scores_, out.start_);
    ParallelFor(cuts_.size(), 1, [&](std::size_t number, std::size_t) { Cut(number); });
    EarlyStopping stopping(options_.patience);
    const bool judges = std::ranges::count(held_out_, 1) > 0;
    progress.Begin("grow trees", options_.trees, "trees");
    for (std::size_t tree = 0; tree < options_.trees && !stopping.ShouldStop(); ++tree) {
      Grow(out);
      if (judges) {
        const double loss = HeldOutLoss();
        stopping.Improves(-loss);
        progress.Note("validation loss", loss);
      }
      progress.Advance(1);
    }
    progress.End();
    if (judges) Keep(stopping.best_epoch(), out);
    return out;
  }

 private:
  float Start() const {
    double yes = 1;
    double all = 2;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (held_out_[i] != 0) continue;
      yes += labels_[i];
      all += 1;
    }
    return static_cast<float>(std::log(yes / (all - yes)));
  }

  /// Finds a number's quantiles and sorts its values into them.
  void Cut(std::size_t number) {
    std::vector<float> values;
    for (std::size_t row = 0; row < rows_.rows; ++row) values.push_back(rows_.Row(row)[number]);
    auto sorted = values;
    std::ranges::sort(sorted);
    auto& cuts = cuts_[number];
    for (std::size_t k = 1; k < kBins; ++k) {
      const float cut = sorted[k * (sorted.size() - 1) / kBins];
      if (cut < sorted.back() && (cuts.empty() || cuts.back() < cut)) cuts.push_back(cut);
    }
    for (std::size_t row = 0; row < values.size(); ++row)
      bins_[number][row] =
          static_cast<std::uint8_t>(std::ranges::lower_bound(cuts, values[row]) - cuts.begin());
  }

  void Grow(BoostedTrees& out) {
    for (std::size_t row = 0; row < scores_.size(); ++row) {
      const float p = linalg::Sigmoid(scores_[row]);
      gradients_[row] = {p - static_cast<float>(labels_[row]), p * (1 - p)};
    }
    std::ranges::fill(nodes_, 0);
    for (std::size_t level = 0; level < options_.depth; ++level) {
      const auto questions = Ask(std::size_t{1} << level);
      for (const auto& question : questions) {
        out.numbers_.push_back(static_cast<std::uint32_t>(question.number));
        out.bounds_.push_back(question.bin == kBins ? kNoBound
                                                    : cuts_[question.number][question.bin]);
      }
      for (std::size_t row = 0; row < nodes_.size(); ++row) {
        const auto& question = questions[nodes_[row]];
        const bool right = bins_[question.number][row] > question.bin;
        nodes_[row] = static_cast<std::uint16_t>(2 * nodes_[row] + (right ? 1 : 0));
      }
    }
    AddAnswers(out);
  }

  /// The best question of each node of a level.
  std::vector<Question> Ask(std::size_t nodes) const {
    std::vector<std::vector<Question>> found(cuts_.size());
    ParallelFor(cuts_.size(), 1, [&](std::size_t number, std::size_t) {
      found[number] = AskNumber(number, nodes);
    });
    std::vector<Question> best(nodes);
    for (const auto& of_number : found)
      for (std::size_t node = 0; node < nodes; ++node)
        if (of_number[node].gain > best[node].gain) best[node] = of_number[node];
    return best;
  }

  std::vector<Question> AskNumber(std::size_t number, std::size_t nodes) const {
    std::vector<std::array<Sums, kBins>> sums(nodes);
    const auto& bins = bins_[number];
    for (std::size_t row = 0; row < bins.size(); ++row) {
      if (held_out_[row] != 0) continue;
      auto& sum = sums[nodes_[row]][bins[row]];
      sum.gradient += double{gradients_[row].gradient};
      sum.weight += double{gradients_[row].weight};
    }
    std::vector<Question> out(nodes);
    for (std::size_t node = 0; node < nodes; ++node) {
      Sums all;
      for (const auto& sum : sums[node]) {
        all.gradient += sum.gradient;
        all.weight += sum.weight;
      }
      Sums left;
      for (std::size_t bin = 0; bin < cuts_[number].size(); ++bin) {
        left.gradient += sums[node][bin].gradient;
        left.weight += sums[node][bin].weight;
        const Sums right{all.gradient - left.gradient, all.weight - left.weight};
        if (std::min(left.weight, right.weight) < options_.least_weight) continue;
        const double gain = Worth(left) + Worth(right) - Worth(all);
        if (gain > out[node].gain) out[node] = {gain, number, bin};
      }
    }
    return out;
  }

  double Worth(const Sums& sums) const {
    return sums.gradient * sums.gradient / (sums.weight + options_.pull);
  }

  void AddAnswers(BoostedTrees& out) {
    std::vector<Sums> sums(std::size_t{1} << options_.depth);
    for (std::size_t row = 0; row < nodes_.size(); ++row) {
      if (held_out_[row] != 0) continue;
      sums[nodes_[row]].gradient += double{gradients_[row].gradient};
      sums[nodes_[row]].weight += double{gradients_[row].weight};
    }
    std::vector<float> answers;
    for (const auto& sum : sums)
      answers.push_back(
          static_cast<float>(-options_.rate * sum.gradient / (sum.weight + options_.pull)));
    for (std::size_t row = 0; row < nodes_.size(); ++row) scores_[row] += answers[nodes_[row]];
    out.answers_.insert(out.answers_.end(), answers.begin(), answers.end());
  }

  double HeldOutLoss() const {
    double sum = 0;
    double n = 0;
    for (std::size_t row = 0; row < scores_.size(); ++row) {
      if (held_out_[row] == 0) continue;
      sum += double{linalg::Softplus(labels_[row] != 0 ? -scores_[row] : scores_[row])};
      n += 1;
    }
    return sum / n;
  }

  static void Keep(std::size_t trees, BoostedTrees& out) {
    const std::size_t leaves = std::size_t{1} << out.depth_;
    out.numbers_.resize(trees * (leaves - 1));
    out.bounds_.resize(trees * (leaves - 1));
    out.answers_.resize(trees * leaves);
  }

  struct Gradient {
    float gradient = 0;
    float weight = 0;
  };

  linalg::ConstMatrixView rows_;
  std::span<const std::uint32_t> labels_;
  std::span<const std::uint8_t> held_out_;
  const BoostedTreesOptions& options_;
  std::vector<std::vector<float>> cuts_;         ///< by number
  std::vector<std::vector<std::uint8_t>> bins_;  ///< by number and row
  std::vector<float> scores_;
  std::vector<Gradient> gradients_;
  std::vector<std::uint16_t> nodes_;
};

Result<BoostedTrees> BoostedTrees::Fit(linalg::ConstMatrixView rows,
                                       std::span<const std::uint32_t> labels,
                                       std::span<const std::uint8_t> held_out,
                                       const BoostedTreesOptions& options,
                                       Progress& progress) {
  if (rows.rows == 0 || rows.cols == 0 || std::ranges::count(held_out, 0) == 0)
    return Fail(ErrorCode::kInvalidInput, "there are no rows to learn from");
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (!linalg::AllFinite(rows.Row(row)))
      return Fail(ErrorCode::kInvalidInput, "a row has a number that is not finite");
  }
  return BoostingRun(rows, labels, held_out, options).Run(progress);
}

Result<BoostedTrees> BoostedTrees::FromArrays(std::size_t depth,
                                              float start,
                                              std::vector<std::uint32_t> numbers,
                                              std::vector<float> bounds,
                                              std::vector<float> answers,
                                              std::size_t width) {
  const std::size_t leaves = std::size_t{1} << std::min(depth, kMostDepth);
  const bool fits = depth > 0 && depth <= kMostDepth && answers.size() % leaves == 0 &&
                    numbers.size() == answers.size() / leaves * (leaves - 1) &&
                    bounds.size() == numbers.size() &&
                    std::ranges::all_of(numbers, [&](auto number) { return number < width; });
  if (!fits) return Fail(ErrorCode::kCorrupt, "the trees are damaged; train again");
  BoostedTrees out;
  out.depth_ = depth;
  out.start_ = start;
  out.numbers_ = std::move(numbers);
  out.bounds_ = std::move(bounds);
  out.answers_ = std::move(answers);
  return out;
}

float BoostedTrees::LogOdds(std::span<const float> row) const {
  const std::size_t leaves = std::size_t{1} << depth_;
  float sum = start_;
  for (std::size_t tree = 0; tree * leaves < answers_.size(); ++tree) {
    const std::size_t first = tree * (leaves - 1);
    std::size_t node = 0;
    std::size_t level_start = 0;
    for (std::size_t level = 0; level < depth_; ++level) {
      const std::size_t at = first + level_start + node;
      node = 2 * node + (row[numbers_[at]] > bounds_[at] ? 1 : 0);
      level_start = 2 * level_start + 1;
    }
    sum += answers_[tree * leaves + node];
  }
  return sum;
}

}  // namespace medley::training
