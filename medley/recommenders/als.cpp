#include "medley/recommenders/als.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
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
#include "medley/recommenders/als_solver.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// An item whose audience changed by less than this part is as good as it was.
constexpr double kWorthFolding = 0.1;
/// New items change the users that meet them, and these the items again.
constexpr int kFoldingRounds = 2;
constexpr std::size_t kUsersAtATime = 16;

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
      use_weights_(parameters.Bool("use_weights")),
      use_cholesky_(parameters.Text("solver") == "cholesky") {}

bool Als::Alternate(const linalg::CsrMatrix& by_user,
                    const linalg::CsrMatrix& by_item,
                    linalg::Matrix& users,
                    linalg::Matrix& items,
                    Progress& progress) const {
  const auto alpha = static_cast<float>(alpha_);
  const auto solve = [&](const AlsHalfStep& step, linalg::Matrix& side) {
    if (use_cholesky_) {
      SolveByCholesky(step, side.View());
    } else {
      SolveByConjugateGradient(step, cg_steps_, side.View());
    }
  };
  for (std::size_t iteration = 0; iteration < iterations_; ++iteration) {
    const auto item_gram = RegularisedGram(items.View(), regularization_);
    solve({by_user, items.View(), item_gram.View(), alpha}, users);
    const auto user_gram = RegularisedGram(users.View(), regularization_);
    solve({by_item, users.View(), user_gram.View(), alpha}, items);
    progress.Advance(1);
  }
  return linalg::AllFinite(items.values()) && linalg::AllFinite(users.values());
}

Status Als::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto by_user = PositiveMatrix(*data.interactions, use_weights_);
  const auto by_item = linalg::Transpose(by_user);
  linalg::Matrix users(by_user.rows, factors_);
  auto items = DrawFactors(by_item.rows, factors_, Random(data.seed).Fork("items"));
  progress.Begin("train als", iterations_, "iterations");
  if (!Alternate(by_user, by_item, users, items, progress)) {
    return Fail(ErrorCode::kInvalidInput,
                "als did not converge: raise als.regularization or lower als.alpha");
  }
  items_ = std::move(items);
  gram_ = RegularisedGram(items_.View(), regularization_);
  users_gram_ = RegularisedGram(users.View(), regularization_);
  known_.assign(items_.rows(), 0);
  for (std::size_t item = 0; item < known_.size(); ++item)
    known_[item] = by_item.ColumnsOf(item).empty() ? 0 : 1;
  progress.End();
  return {};
}

bool Als::SolveUser(std::span<const data::Interaction> history, std::span<float> vector) const {
  std::fill(vector.begin(), vector.end(), 0.0F);
  const auto past = KnownPart(history);
  if (past.empty()) return false;
  for (const auto& [item, weight] : past)
    linalg::Axpy(1 + static_cast<float>(alpha_) * weight, items_.Row(item), vector);
  auto system = NormalEquations(past);
  const linalg::MatrixView target{vector.data(), 1, vector.size(), vector.size()};
  return linalg::SolvePositiveDefinite(system.View(), target).has_value();
}

void Als::ShiftUsersGram(const data::Interactions& before,
                         const data::Interactions& now,
                         std::span<const UserIndex> changed) {
  std::vector<float> vector(items_.cols());
  for (const auto user : changed) {
    for (const auto* from : {&before, &now}) {
      if (user >= from->n_users() || !SolveUser(from->OfUser(user), vector)) continue;
      const float sign = from == &now ? 1.0F : -1.0F;
      for (std::size_t i = 0; i < vector.size(); ++i)
        linalg::Axpy(sign * vector[i], vector, users_gram_.Row(i));
    }
  }
}

void Als::FoldIn(const data::Interactions& now,
                 const linalg::CsrMatrix& by_item,
                 std::span<const std::uint32_t> items) {
  // The users of these items, numbered by themselves.
  std::vector<std::uint32_t> places(now.n_users(), kNoIndex);
  std::vector<UserIndex> users;
  linalg::CsrMatrix seen{items.size(), 0, {0}, {}, {}};
  for (const auto item : items) {
    for (const auto user : by_item.ColumnsOf(item)) {
      if (places[user] == kNoIndex) {
        places[user] = static_cast<std::uint32_t>(users.size());
        users.push_back(user);
      }
      seen.columns.push_back(places[user]);
    }
    const auto values = by_item.ValuesOf(item);
    seen.values.insert(seen.values.end(), values.begin(), values.end());
    seen.starts.push_back(seen.columns.size());
  }
  seen.cols = users.size();
  linalg::Matrix vectors(users.size(), items_.cols());
  ParallelFor(users.size(), kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) SolveUser(now.OfUser(users[k]), vectors.Row(k));
  });
  linalg::Matrix solved(items.size(), items_.cols());
  for (std::size_t k = 0; k < items.size(); ++k)
    std::copy_n(items_.Row(items[k]).begin(), items_.cols(), solved.Row(k).begin());
  SolveByCholesky({seen, vectors.View(), users_gram_.View(), static_cast<float>(alpha_)},
                  solved.View());
  for (std::size_t k = 0; k < items.size(); ++k)
    std::copy_n(solved.Row(k).begin(), items_.cols(), items_.Row(items[k]).begin());
}

Status Als::Update(const TrainingData& data, const data::Interactions& before, Progress& progress) {
  if (known_.empty()) return Fit(data, progress);
  MEDLEY_RETURN_IF_ERROR(CheckUpdate(data, before, n_items()));
  const auto& now = *data.interactions;
  const auto by_item = linalg::Transpose(PositiveMatrix(now, use_weights_));
  auto old_counts = PositiveCounts(before);
  old_counts.resize(now.n_items());
  linalg::Matrix items(now.n_items(), items_.cols());
  std::copy_n(items_.data(), items_.rows() * items_.cols(), items.data());
  items_ = std::move(items);
  known_.resize(now.n_items());
  const auto changed = ChangedUsers(before, now);
  ShiftUsersGram(before, now, changed);
  std::vector<std::uint32_t> folded;
  for (const auto item : TouchedItems(before, now, changed)) {
    const auto count = static_cast<double>(by_item.ColumnsOf(item).size());
    if (std::abs(count - double{old_counts[item]}) >= kWorthFolding * double{old_counts[item]})
      folded.push_back(item);
    known_[item] = count > 0 ? 1 : 0;
  }
  progress.Begin("update als", kFoldingRounds, "rounds");
  for (int round = 0; round < kFoldingRounds && !folded.empty(); ++round) {
    FoldIn(now, by_item, folded);
    gram_ = RegularisedGram(items_.View(), regularization_);
    progress.Advance(1);
  }
  progress.End();
  return {};
}

std::vector<ProfileEntry> Als::KnownPart(std::span<const data::Interaction> history) const {
  auto past = Profile(history, 0, use_weights_);
  std::erase_if(past, [this](const ProfileEntry& entry) {
    return entry.item >= known_.size() || known_[entry.item] == 0;
  });
  return past;
}

linalg::Matrix Als::NormalEquations(std::span<const ProfileEntry> past) const {
  auto system = gram_;
  for (const auto& [item, weight] : past) {
    const auto y = items_.Row(item);
    for (std::size_t i = 0; i < y.size(); ++i) {
      linalg::Axpy(
          static_cast<float>(alpha_) * weight * y[i], y.first(i + 1), system.Row(i).first(i + 1));
    }
  }
  return system;
}

Status Als::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::vector<float> vector(items_.cols());
  if (!SolveUser(user.history, vector)) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  linalg::TimesVector(items_.View(), vector, scores);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (known_[item] == 0) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> Als::Explain(const UserState& user, ItemIndex item, std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || known_[item] == 0) return out;
  const auto history = KnownPart(user.history);
  if (history.empty()) return out;
  auto system = NormalEquations(history);
  // score = y(item) . A^-1 . sum of (1 + alpha w) y(past): one solve for A^-1 y(item), then a
  // product a past item.
  linalg::Matrix vector(1, items_.cols());
  std::copy_n(items_.Row(item).begin(), items_.cols(), vector.Row(0).begin());
  if (!linalg::SolvePositiveDefinite(system.View(), vector.View())) return out;
  for (const auto& [past, weight] : history) {
    out.push_back(PastItem(
        past,
        (1 + alpha_ * double{weight}) * double{linalg::Dot(vector.Row(0), items_.Row(past))}));
  }
  return Strongest(std::move(out), limit);
}

Status Als::Save(const std::filesystem::path& directory) const {
  ModelWriter writer("als",
                     {{"n_items", n_items()},
                      {"factors", items_.cols()},
                      {"alpha", alpha_},
                      {"regularization", regularization_},
                      {"use_weights", use_weights_}});
  writer.Add("items", items_.values());
  writer.Add("gram", gram_.values());
  writer.Add("users_gram", users_gram_.values());
  writer.Add("known", known_);
  return writer.Write(directory);
}

Status Als::Load(const std::filesystem::path& directory, const ItemFeatures* /*features*/) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "als"));
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(const auto factors, reader.Size("factors"));
  MEDLEY_ASSIGN_OR_RETURN(const auto alpha, reader.Real("alpha"));
  MEDLEY_ASSIGN_OR_RETURN(const auto regularization, reader.Real("regularization"));
  MEDLEY_ASSIGN_OR_RETURN(const auto use_weights, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto items, reader.Dense("items", n, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto gram, reader.Dense("gram", factors, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto users_gram, reader.Dense("users_gram", factors, factors));
  MEDLEY_ASSIGN_OR_RETURN(auto known, reader.Indices("known", n));
  factors_ = factors;
  alpha_ = alpha;
  regularization_ = regularization;
  use_weights_ = use_weights;
  items_ = std::move(items);
  gram_ = std::move(gram);
  users_gram_ = std::move(users_gram);
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
  kind.serving = 4;
  kind.paper =
      "Hu, Koren, Volinsky: Collaborative filtering for implicit feedback datasets, ICDM 2008";
  kind.updating = Updating::kFoldsIn;
  kind.parameters = {
      {"factors", std::int64_t{64}, "Numbers in each vector", 1, 2048, {}},
      {"iterations", std::int64_t{15}, "How often both sides are solved for", 1, 1000, {}},
      {"solver",
       std::string("cg"),
       "How each side is solved for: cg, a few conjugate-gradient steps, quick; cholesky, exactly",
       0,
       0,
       {"cg", "cholesky"}},
      {"cg_steps", std::int64_t{3}, "cg: conjugate-gradient steps each time", 1, 100, {}},
      {"alpha", 10.0, "Confidence added by a positive interaction", 0, 1e6, {}},
      {"regularization", 10.0, "Penalty on the length of vectors", 1e-6, 1e6, {}},
      UseWeightsSpec(),
  };
  kind.make = &MakeOf<Als>;
  return kind;
}

}  // namespace medley::recommenders
