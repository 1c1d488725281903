#include "medley/recommenders/als.h"

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
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kRowsAtATime = 64;
/// A residual this small against the factors' size changes nothing any more.
constexpr float kConverged = 1e-20F;

struct HalfStep {
  const linalg::CsrMatrix& seen;  ///< rows to solve for x rows of `fixed`
  linalg::ConstMatrixView fixed;  ///< the other side's factors
  linalg::ConstMatrixView gram;   ///< transpose(fixed) fixed + regularization I
  float alpha;
  std::size_t cg_steps;
};

/// One row's conjugate gradient, started from what it was. `work` holds three vectors of d.
void SolveRow(const HalfStep& step, std::size_t row, std::span<float> x, std::span<float> work) {
  const std::size_t d = x.size();
  const auto residual = work.subspan(0, d);
  const auto direction = work.subspan(d, d);
  const auto image = work.subspan(2 * d, d);
  const auto columns = step.seen.ColumnsOf(row);
  const auto values = step.seen.ValuesOf(row);
  // residual = b - A x, with b the sum of (1 + alpha w) y.
  linalg::TimesVector(step.gram, x, residual);
  linalg::Scale(-1, residual);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto y = step.fixed.Row(columns[k]);
    const float extra = step.alpha * values[k];
    linalg::Axpy(1 + extra - extra * linalg::Dot(y, x), y, residual);
  }
  std::copy(residual.begin(), residual.end(), direction.begin());
  float squared = linalg::SquaredNorm(residual);
  for (std::size_t i = 0; i < step.cg_steps && squared > kConverged; ++i) {
    linalg::TimesVector(step.gram, direction, image);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto y = step.fixed.Row(columns[k]);
      linalg::Axpy(step.alpha * values[k] * linalg::Dot(y, direction), y, image);
    }
    const float length = squared / linalg::Dot(direction, image);
    linalg::Axpy(length, direction, x);
    linalg::Axpy(-length, image, residual);
    const float next = linalg::SquaredNorm(residual);
    linalg::Scale(next / squared, direction);
    linalg::Axpy(1, residual, direction);
    squared = next;
  }
}

linalg::Matrix RegularisedGram(linalg::ConstMatrixView factors, double regularization) {
  linalg::Matrix gram(factors.cols, factors.cols);
  linalg::ColumnGram(factors, gram.View());
  for (std::size_t i = 0; i < gram.rows(); ++i) gram(i, i) += static_cast<float>(regularization);
  return gram;
}

void Solve(const HalfStep& step, linalg::MatrixView side) {
  ParallelFor(side.rows, kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    std::vector<float> work(3 * side.cols);
    for (std::size_t row = begin; row < end; ++row) {
      if (step.seen.ColumnsOf(row).empty()) {
        std::fill_n(side.Row(row).begin(), side.cols, 0.0F);
      } else {
        SolveRow(step, row, side.Row(row), work);
      }
    }
  });
}

linalg::Matrix DrawFactors(std::size_t rows, std::size_t factors, Random random) {
  linalg::Matrix out(rows, factors);
  const double deviation = 0.1 / std::sqrt(static_cast<double>(factors));
  for (std::size_t i = 0; i < rows * factors; ++i)
    out.data()[i] = static_cast<float>(deviation * random.Normal());
  return out;
}

}  // namespace

Als::Als(const Parameters& parameters)
    : factors_(static_cast<std::size_t>(parameters.Int("factors"))),
      iterations_(static_cast<std::size_t>(parameters.Int("iterations"))),
      cg_steps_(static_cast<std::size_t>(parameters.Int("cg_steps"))),
      alpha_(parameters.Real("alpha")),
      regularization_(parameters.Real("regularization")),
      use_weights_(parameters.Bool("use_weights")) {}

Status Als::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto by_user = PositiveMatrix(*data.interactions, use_weights_);
  const auto by_item = linalg::Transpose(by_user);
  const Random random(data.seed);
  auto users = DrawFactors(by_user.rows, factors_, random.Fork("users"));
  auto items = DrawFactors(by_item.rows, factors_, random.Fork("items"));
  progress.Begin("train als", iterations_, "iterations");
  const auto alpha = static_cast<float>(alpha_);
  for (std::size_t iteration = 0; iteration < iterations_; ++iteration) {
    const auto item_gram = RegularisedGram(items.View(), regularization_);
    Solve({by_user, items.View(), item_gram.View(), alpha, cg_steps_}, users.View());
    const auto user_gram = RegularisedGram(users.View(), regularization_);
    Solve({by_item, users.View(), user_gram.View(), alpha, cg_steps_}, items.View());
    progress.Advance(1);
  }
  if (!linalg::AllFinite({items.data(), items.rows() * items.cols()})) {
    return Fail(ErrorCode::kInvalidInput,
                "als did not converge: raise als.regularization or lower als.alpha");
  }
  items_ = std::move(items);
  gram_ = RegularisedGram(items_.View(), regularization_);
  known_.assign(items_.rows(), 0);
  for (std::size_t item = 0; item < known_.size(); ++item)
    known_[item] = by_item.ColumnsOf(item).empty() ? 0 : 1;
  progress.End();
  return {};
}

bool Als::NormalEquations(std::span<const data::Interaction> history,
                          linalg::MatrixView system) const {
  for (std::size_t i = 0; i < system.rows; ++i)
    std::copy_n(gram_.Row(i).begin(), system.cols, system.Row(i).begin());
  bool any = false;
  for (const auto& [item, weight] : Profile(history, 0, use_weights_)) {
    if (item >= known_.size() || known_[item] == 0) continue;
    any = true;
    const auto y = items_.Row(item);
    for (std::size_t i = 0; i < y.size(); ++i) {
      linalg::Axpy(
          static_cast<float>(alpha_) * weight * y[i], y.first(i + 1), system.Row(i).first(i + 1));
    }
  }
  return any;
}

Status Als::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  linalg::Matrix system(items_.cols(), items_.cols());
  if (!NormalEquations(user.history, system.View())) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  linalg::Matrix vector(1, items_.cols());
  for (const auto& [item, weight] : Profile(user.history, 0, use_weights_)) {
    if (known_[item] != 0)
      linalg::Axpy(1 + static_cast<float>(alpha_) * weight, items_.Row(item), vector.Row(0));
  }
  MEDLEY_RETURN_IF_ERROR(linalg::SolvePositiveDefinite(system.View(), vector.View()));
  linalg::TimesVector(items_.View(), vector.Row(0), scores);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (known_[item] == 0) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> Als::Explain(const UserState& user, ItemIndex item, std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || known_[item] == 0) return out;
  linalg::Matrix system(items_.cols(), items_.cols());
  if (!NormalEquations(user.history, system.View())) return out;
  // score = y(item) . A^-1 . sum of (1 + alpha w) y(past): one solve for A^-1 y(item), then a
  // product a past item.
  linalg::Matrix vector(1, items_.cols());
  std::copy_n(items_.Row(item).begin(), items_.cols(), vector.Row(0).begin());
  if (!linalg::SolvePositiveDefinite(system.View(), vector.View())) return out;
  for (const auto& [past, weight] : Profile(user.history, 0, use_weights_)) {
    if (past >= n_items() || known_[past] == 0) continue;
    Evidence evidence;
    evidence.kind = Evidence::Kind::kPastItem;
    evidence.item = past;
    evidence.contribution =
        (1 + alpha_ * double{weight}) * double{linalg::Dot(vector.Row(0), items_.Row(past))};
    out.push_back(evidence);
  }
  return Strongest(std::move(out), limit);
}

Status Als::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("als",
                     {{"n_items", n_items()},
                      {"factors", items_.cols()},
                      {"alpha", alpha_},
                      {"use_weights", use_weights_}});
  writer.Add("items", std::span<const float>(items_.data(), items_.rows() * items_.cols()));
  writer.Add("gram", std::span<const float>(gram_.data(), gram_.rows() * gram_.cols()));
  writer.Add("known", known_);
  return writer.Write(directory);
}

Status Als::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "als"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto factors, reader.Size("factors"));
  MEDLEY_ASSIGN_OR_RETURN(const auto alpha, reader.Real("alpha"));
  MEDLEY_ASSIGN_OR_RETURN(const auto use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto items, reader.Dense("items", n, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto gram, reader.Dense("gram", factors, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto known, reader.Indices("known", n));
  factors_ = factors;
  alpha_ = alpha;
  use_weights_ = use_weights;
  items_ = std::move(items);
  gram_ = std::move(gram);
  known_ = std::move(known);
  return {};
}

RecommenderKind AlsKind() {
  RecommenderKind kind;
  kind.name = "als";
  kind.summary =
      "Matrix factorisation for implicit feedback; scales to many items, folds new users in at "
      "once";
  kind.example = "medley train als --set als.factors=128 --set als.iterations=20";
  kind.paper =
      "Hu, Koren, Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008";
  kind.parameters = {
      {"factors", std::int64_t{64}, "Numbers in each vector", 1, 2048, {}},
      {"iterations", std::int64_t{15}, "How often both sides are solved for", 1, 1000, {}},
      {"cg_steps", std::int64_t{3}, "Conjugate-gradient steps each time", 1, 100, {}},
      {"alpha", 10.0, "Confidence added by a positive interaction", 0, 1e6, {}},
      {"regularization", 10.0, "Penalty on the length of vectors", 1e-6, 1e6, {}},
      {"use_weights",
       false,
       "Weigh interactions by what the events say instead of alike",
       0,
       0,
       {}},
  };
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<Als>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
