#include "medley/recommenders/item_factors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/factor_steps.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/padded_matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_lookup.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/padded_vectors.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// Of the draws a history is folded in by.
constexpr std::uint64_t kFoldSeed = 0x6d65646c6579ULL;

double HarmonicSum(std::size_t n) {
  double sum = 0;
  for (std::size_t k = 1; k <= n; ++k) sum += 1 / static_cast<double>(k);
  return sum;
}

/// One row, its columns ascending: what the negatives must not be.
linalg::CsrMatrix AsRow(std::span<const linalg::Triplet> positives, std::size_t n_items) {
  linalg::CsrMatrix row{1, n_items, {0, positives.size()}, {}, {}};
  for (const auto& positive : positives) row.columns.push_back(positive.col);
  std::sort(row.columns.begin(), row.columns.end());
  row.values.assign(row.columns.size(), 1);
  return row;
}

}  // namespace

std::vector<float> WarpWeights(std::size_t n_items, std::size_t most_trials) {
  const std::size_t last = std::max<std::size_t>(n_items, 2) - 1;
  const double greatest = HarmonicSum(last);
  std::vector<float> weights(most_trials + 1);
  for (std::size_t n = 1; n <= most_trials; ++n) {
    weights[n] = static_cast<float>(HarmonicSum(std::max<std::size_t>(last / n, 1)) / greatest);
  }
  return weights;
}

ItemFactors::ItemFactors(linalg::PaddedMatrix vectors,
                         std::vector<float> bias,
                         std::vector<std::uint32_t> people,
                         const PairSettings& settings,
                         std::vector<std::uint8_t> scored)
    : settings_(settings),
      vectors_(std::move(vectors)),
      bias_(std::move(bias)),
      people_(std::move(people)),
      scored_(std::move(scored)) {
  FindKnown();
}

void ItemFactors::FindKnown() {
  mean_vector_.assign(vectors_.cols(), 0);
  scored_.resize(people_.size());
  for (std::uint32_t item = 0; item < people_.size(); ++item) {
    if (people_[item] == 0) continue;
    known_.push_back(item);
    scored_[item] = 1;
    linalg::Axpy(1, vectors_.Row(item), mean_vector_);
    mean_bias_ += bias_[item];
  }
  const float share = 1 / std::max(1.0F, static_cast<float>(known_.size()));
  linalg::Scale(share, mean_vector_);
  mean_bias_ *= share;
  weights_ = WarpWeights(known_.size(), settings_.most_trials);
}

std::vector<linalg::Triplet> ItemFactors::Positives(
    std::span<const data::Interaction> history) const {
  std::vector<linalg::Triplet> out;
  for (const auto& [item, weight] : Profile(history, settings_.recency_power, false)) {
    if (item < people_.size() && people_[item] > 0) out.push_back({0, item, weight});
  }
  return out;
}

std::vector<float> ItemFactors::FoldIn(std::span<const linalg::Triplet> positives) const {
  const auto row = AsRow(positives, n_items());
  const linalg::SparseLookup seen(row);
  linalg::PaddedMatrix user(1, vectors_.cols());
  std::vector<float> squares(settings_.adagrad ? 1 : 0, kFirstSquare);
  linalg::PairSteps steps;
  steps.rate = static_cast<float>(settings_.rate);
  steps.regularization = static_cast<float>(settings_.regularization);
  steps.negatives = known_;
  steps.seen = &seen;
  steps.weight_after_trials = weights_;
  const std::size_t passes = std::clamp<std::size_t>(
      kMostSteps / positives.size(), 2, std::max<std::size_t>(settings_.passes, 2));
  const linalg::FixedColumns fixed{vectors_.PaddedView(), bias_};
  std::vector<float> mean(vectors_.cols());
  for (std::size_t pass = 0; pass < passes; ++pass) {
    steps.seed = kFoldSeed + pass;
    if (settings_.loss == PairLoss::kBpr) {
      linalg::BprSteps(fixed, user.PaddedView(), squares, positives, steps);
    } else {
      linalg::WarpSteps(fixed, user.PaddedView(), squares, positives, steps);
    }
    if (pass >= passes / 2) linalg::Axpy(1, user.Row(0), mean);
  }
  linalg::Scale(1 / static_cast<float>(passes - passes / 2), mean);
  return mean;
}

std::vector<float> ItemFactors::UserVector(std::span<const data::Interaction> history) const {
  const auto positives = Positives(history);
  return positives.empty() ? std::vector<float>{} : FoldIn(positives);
}

Status ItemFactors::Score(std::span<const data::Interaction> history,
                          std::span<float> scores) const {
  const auto user = UserVector(history);
  if (user.empty()) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  linalg::TimesVector(vectors_.View(), user, scores);
  for (std::size_t item = 0; item < scores.size(); ++item)
    scores[item] = scored_[item] == 0 ? kNothingKnown : scores[item] + bias_[item];
  return {};
}

std::vector<Evidence> ItemFactors::PastItems(std::span<const data::Interaction> history,
                                             std::span<const float> user,
                                             std::span<const float> vector) const {
  std::vector<Evidence> out;
  const float mean_score = mean_bias_ + linalg::Dot(user, mean_vector_);
  const float mean_product = linalg::Dot(mean_vector_, vector);
  std::vector<float> sum(user.size());
  for (const auto& past : Positives(history)) {
    const auto q = vectors_.Row(past.col);
    const float ahead = bias_[past.col] + linalg::Dot(user, q) - mean_score;
    const float slope = past.value / (1 + std::exp(ahead));
    linalg::Axpy(slope, q, sum);
    linalg::Axpy(-slope, mean_vector_, sum);
    out.push_back(
        PastItem(past.col, double{slope} * double{linalg::Dot(q, vector) - mean_product}));
  }
  const double squared = double{linalg::SquaredNorm(sum)};
  const double scale = squared > 0 ? double{linalg::Dot(user, sum)} / squared : 0;
  for (auto& evidence : out) evidence.contribution *= std::max(0.0, scale);
  return out;
}

Evidence ItemFactors::Popularity(ItemIndex item) const {
  return ByPopularity(people_[item],
                      people_[item] == 0 ? 0 : double{bias_[item]} - double{mean_bias_});
}

std::vector<Evidence> ItemFactors::Explain(std::span<const data::Interaction> history,
                                           ItemIndex item,
                                           std::size_t limit) const {
  if (item >= n_items() || scored_[item] == 0) return {};
  const auto user = UserVector(history);
  if (user.empty()) return {};
  auto out = PastItems(history, user, vectors_.Row(item));
  out.push_back(Popularity(item));
  return Strongest(std::move(out), limit);
}

Status ItemFactors::Save(const std::filesystem::path& directory, std::string_view name) const {
  ModelWriter writer(std::string(name),
                     {{"n_items", n_items()},
                      {"factors", vectors_.cols()},
                      {"passes", settings_.passes},
                      {"rate", settings_.rate},
                      {"regularization", settings_.regularization},
                      {"adagrad", settings_.adagrad},
                      {"most_trials", settings_.most_trials},
                      {"recency_power", settings_.recency_power}});
  const auto vectors = Unpadded(vectors_);
  writer.Add("vectors", vectors);
  writer.Add("bias", bias_);
  writer.Add("people", people_);
  return writer.Write(directory);
}

Result<ItemFactors> ItemFactors::Load(const std::filesystem::path& directory,
                                      std::string_view name,
                                      PairLoss loss) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, name));
  PairSettings settings;
  settings.loss = loss;
  MEDLEY_ASSIGN_OR_RETURN(const auto n, reader.Size("n_items"));
  MEDLEY_ASSIGN_OR_RETURN(settings.factors, reader.Size("factors"));
  MEDLEY_ASSIGN_OR_RETURN(settings.passes, reader.Size("passes"));
  MEDLEY_ASSIGN_OR_RETURN(settings.rate, reader.Real("rate"));
  MEDLEY_ASSIGN_OR_RETURN(settings.regularization, reader.Real("regularization"));
  MEDLEY_ASSIGN_OR_RETURN(settings.adagrad, reader.Bool("adagrad"));
  MEDLEY_ASSIGN_OR_RETURN(settings.most_trials, reader.Size("most_trials"));
  MEDLEY_ASSIGN_OR_RETURN(settings.recency_power, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(const auto dense, reader.Dense("vectors", n, settings.factors));
  MEDLEY_ASSIGN_OR_RETURN(auto bias, reader.Floats("bias", n));
  MEDLEY_ASSIGN_OR_RETURN(auto people, reader.Indices("people", n));
  constexpr std::size_t kMostTrials = 1U << 20;
  if (settings.most_trials > kMostTrials)
    return Fail(ErrorCode::kCorrupt, "the model in " + directory.string() + " is damaged");
  return ItemFactors(Padded(dense), std::move(bias), std::move(people), settings);
}

}  // namespace medley::recommenders
