#include "medley/recommenders/bilinear_training.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/logistic.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/row_terms.h"

namespace medley::recommenders {
namespace {

/// Smaller batches step more often, larger ones keep the products with all items few.
constexpr std::size_t kPositivesABatch = 4096;
constexpr std::size_t kMostBatches = 64;
constexpr int kPowerSteps = 6;
constexpr float kFirstSum = 1e-6F;

/// Makes each row orthogonal to those before it and of length 1, or zeros where nothing is left.
void Orthonormalise(linalg::Matrix& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    for (int twice = 0; twice < 2; ++twice) {
      for (std::size_t before = 0; before < row; ++before)
        linalg::Axpy(
            -linalg::Dot(rows.Row(row), rows.Row(before)), rows.Row(before), rows.Row(row));
    }
    if (linalg::SquaredNorm(rows.Row(row)) < 1e-12F || !linalg::Normalize(rows.Row(row)))
      std::fill_n(rows.Row(row).begin(), rows.cols(), 0.0F);
  }
}

linalg::CsrMatrix OnlyDescribed(const linalg::CsrMatrix& positives, const ContentVectors& content) {
  linalg::CsrMatrix out{positives.rows, positives.cols, {0}, {}, {}};
  for (std::size_t row = 0; row < positives.rows; ++row) {
    const auto columns = positives.ColumnsOf(row);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (!content.Describes(columns[k])) continue;
      out.columns.push_back(columns[k]);
      out.values.push_back(positives.ValuesOf(row)[k]);
    }
    out.starts.push_back(out.columns.size());
  }
  return out;
}

}  // namespace

double HistoryScale(std::size_t items) {
  return items == 0 ? 0 : 1 / std::sqrt(static_cast<double>(items));
}

BilinearTraining::BilinearTraining(const ContentVectors& content,
                                   const linalg::CsrMatrix& positives,
                                   const BilinearSettings& settings,
                                   std::uint64_t seed)
    : content_(&content),
      settings_(settings),
      seed_(Random(seed).Fork("bilinear").Next()),
      histories_(OnlyDescribed(positives, content)),
      negatives_(KnownItems(CountPeople(histories_))),
      transposed_(linalg::Transpose(content.View())) {
  for (std::uint32_t user = 0; user < histories_.rows; ++user) {
    // From one item alone nothing can be predicted but itself.
    if (histories_.ColumnsOf(user).size() > 1) users_.push_back(user);
  }
  StartFromPrincipalDirections(seed_);
  weights_.direction.assign(content.dimension(), 0);
  weights_.item_bias.assign(content.n_items(), 0);
  bias_.resize(content.n_items());
  const std::size_t size = settings_.rank * content.dimension();
  squares_ = {std::vector<float>(size, kFirstSum),
              std::vector<float>(size, kFirstSum),
              std::vector<float>(content.dimension(), kFirstSum),
              std::vector<float>(content.n_items(), kFirstSum)};
  past_ = linalg::Matrix(content.n_items(), settings_.rank);
  target_ = linalg::Matrix(content.n_items(), settings_.rank);
}

// With both towers the directions in which the items differ most, W begins as the similarity of
// contents, which already ranks; power iteration finds them.
void BilinearTraining::StartFromPrincipalDirections(std::uint64_t seed) {
  const std::size_t d = content_->dimension();
  settings_.rank = std::min(settings_.rank, d);
  linalg::Matrix rows(settings_.rank, d);
  linalg::StepRandom random(seed);
  for (auto& value : rows.values()) value = random.Signed();
  linalg::Matrix gram(d, d);
  linalg::ColumnGram(content_->View(), gram.View());
  for (int step = 0; step < kPowerSteps; ++step) {
    Orthonormalise(rows);
    linalg::Matrix next(rows.rows(), d);
    linalg::TimesTransposed(rows.View(), gram.View(), next.View());
    rows = std::move(next);
  }
  Orthonormalise(rows);
  weights_.past = rows;
  weights_.target = std::move(rows);
}

void BilinearTraining::Project() {
  linalg::TimesTransposed(content_->View(), weights_.past.View(), past_.View());
  linalg::TimesTransposed(content_->View(), weights_.target.View(), target_.View());
  linalg::TimesVector(content_->View(), weights_.direction, bias_);
  linalg::Axpy(1, weights_.item_bias, bias_);
}

std::vector<std::span<const std::uint32_t>> BilinearTraining::CutIntoBatches() const {
  const std::size_t share = std::max(kPositivesABatch, histories_.size() / kMostBatches);
  std::vector<std::span<const std::uint32_t>> out;
  std::size_t begin = 0;
  std::size_t positives = 0;
  for (std::size_t k = 0; k < users_.size(); ++k) {
    positives += histories_.ColumnsOf(users_[k]).size();
    if (positives < share && k + 1 < users_.size()) continue;
    out.push_back(std::span(users_).subspan(begin, k + 1 - begin));
    begin = k + 1;
    positives = 0;
  }
  return out;
}

double BilinearTraining::Pass() {
  linalg::StepRandom random(~(seed_ + passes_));
  random.Shuffle(std::span(users_));
  double loss = 0;
  std::size_t positives = 0;
  for (const auto batch : CutIntoBatches()) {
    Project();
    loss += RunBatch(batch);
    for (const auto user : batch) positives += histories_.ColumnsOf(user).size();
  }
  ++passes_;
  return loss / std::max(1.0, static_cast<double>(positives));
}

double BilinearTraining::RunBatch(std::span<const std::uint32_t> users) {
  std::vector<std::size_t> starts = {0};
  std::vector<RowTerm> past_terms;
  for (const auto user : users) {
    for (const auto item : histories_.ColumnsOf(user))
      past_terms.push_back({item, static_cast<std::uint32_t>(past_terms.size()), 1});
    starts.push_back(past_terms.size());
  }
  Batch batch;
  batch.users = linalg::Matrix(past_terms.size(), settings_.rank);
  batch.histories = linalg::Matrix(past_terms.size(), settings_.rank);
  batch.targets.resize(past_terms.size() * (1 + settings_.negatives));
  batch.losses.assign(past_terms.size(), 0);
  ParallelFor(users.size(), 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) RunUser(users[k], starts[k], batch);
  });
  Descend(batch, past_terms);
  return std::accumulate(batch.losses.begin(), batch.losses.end(), 0.0);
}

void BilinearTraining::RunPositive(std::uint32_t user,
                                   std::size_t place,
                                   std::size_t row,
                                   Batch& batch) const {
  const auto columns = histories_.ColumnsOf(user);
  const auto item = columns[place];
  const auto vector = batch.users.Row(row);
  const auto gradient = batch.histories.Row(row);
  const float own = linalg::Dot(vector, target_.Row(item)) + bias_[item];
  linalg::StepRandom random(seed_ ^ ((passes_ * histories_.rows + user) * columns.size() + place));
  float pull = settings_.logistic ? linalg::Sigmoid(-own) : 0;
  batch.losses[row] = settings_.logistic ? linalg::Softplus(-own) : 0;
  const auto weight = 1 / static_cast<float>(settings_.negatives);
  for (std::size_t k = 0; k < settings_.negatives; ++k) {
    const auto other = DrawNegative(negatives_, columns, random);
    const float x = linalg::Dot(vector, target_.Row(other)) + bias_[other];
    const float push = weight * linalg::Sigmoid(settings_.logistic ? x : x - own);
    batch.losses[row] += weight * linalg::Softplus(settings_.logistic ? x : x - own);
    if (!settings_.logistic) pull += push;
    linalg::Axpy(-push, target_.Row(other), gradient);
    batch.targets[row * (1 + settings_.negatives) + 1 + k] = {
        other, static_cast<std::uint32_t>(row), -push};
  }
  linalg::Axpy(pull, target_.Row(item), gradient);
  batch.targets[row * (1 + settings_.negatives)] = {item, static_cast<std::uint32_t>(row), pull};
}

void BilinearTraining::RunUser(std::uint32_t user, std::size_t first, Batch& batch) const {
  const auto columns = histories_.ColumnsOf(user);
  const auto values = histories_.ValuesOf(user);
  const std::size_t n = columns.size();
  std::vector<float> sum(settings_.rank);
  for (std::size_t k = 0; k < n; ++k) linalg::Axpy(values[k], past_.Row(columns[k]), sum);
  const auto scale = static_cast<float>(HistoryScale(n - 1));
  std::vector<float> all(settings_.rank);
  for (std::size_t k = 0; k < n; ++k) {
    const auto vector = batch.users.Row(first + k);
    linalg::Axpy(scale, sum, vector);
    linalg::Axpy(-scale * values[k], past_.Row(columns[k]), vector);
    RunPositive(user, k, first + k, batch);
    linalg::Axpy(1, batch.histories.Row(first + k), all);
  }
  // What each item of the history had a part in: all predictions but that of itself.
  for (std::size_t k = 0; k < n; ++k) {
    const auto gradient = batch.histories.Row(first + k);
    linalg::Scale(-1, gradient);
    linalg::Axpy(1, all, gradient);
    linalg::Scale(scale * values[k], gradient);
  }
}

void BilinearTraining::Step(std::span<const float> gradient,
                            std::span<float> values,
                            std::span<float> squares) const {
  const auto rate = static_cast<float>(settings_.rate);
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares[i] += gradient[i] * gradient[i];
    values[i] += rate * gradient[i] / std::sqrt(squares[i]);
  }
}

void BilinearTraining::Descend(const Batch& batch, std::span<const RowTerm> past_terms) {
  const std::size_t n = content_->n_items();
  const std::size_t rank = settings_.rank;
  const float share = 1 / static_cast<float>(past_terms.size());
  const auto descend_tower = [&](std::span<const RowTerm> terms,
                                 const linalg::Matrix& sources,
                                 linalg::Matrix& tower,
                                 std::vector<float>& squares) {
    linalg::Matrix by_item(n, rank);
    AddRowTerms(terms, sources.View(), by_item.View());
    const auto turned = linalg::Transpose(by_item.View());
    linalg::Matrix gradient(rank, content_->dimension());
    linalg::TimesTransposed(turned.View(), transposed_.View(), gradient.View());
    linalg::Scale(share, gradient.values());
    linalg::Axpy(-static_cast<float>(settings_.regularization), tower.values(), gradient.values());
    Step(gradient.values(), tower.values(), squares);
  };
  descend_tower(batch.targets, batch.users, weights_.target, squares_.target);
  descend_tower(past_terms, batch.histories, weights_.past, squares_.past);
  std::vector<float> bias(n);
  for (const auto& term : batch.targets) bias[term.target] += share * term.coefficient;
  std::vector<float> direction(content_->dimension());
  linalg::TimesVector(transposed_.View(), bias, direction);
  linalg::Axpy(-static_cast<float>(settings_.regularization), weights_.direction, direction);
  Step(direction, weights_.direction, squares_.direction);
  linalg::Axpy(-static_cast<float>(settings_.regularization), weights_.item_bias, bias);
  Step(bias, weights_.item_bias, squares_.item_bias);
}

}  // namespace medley::recommenders
