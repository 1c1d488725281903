#include "medley/recommenders/content.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/feature_kernel.h"
#include "medley/recommenders/kernel_weights.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kItemsAtATime = 512;

/// The items anyone was for, the most liked where they are too many, ascending.
std::vector<std::uint32_t> WarmItems(const data::Interactions& interactions, std::size_t limit) {
  const auto counts = PositiveCounts(interactions);
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < counts.size(); ++item) {
    if (counts[item] > 0) items.push_back(item);
  }
  if (items.size() > limit) {
    std::stable_sort(
        items.begin(), items.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
    items.resize(limit);
    std::sort(items.begin(), items.end());
  }
  return items;
}

/// How often the items were liked by the same people; `fair`: each user's likes together count 1 so
/// that no one rules.
linalg::Matrix Together(const data::Interactions& interactions,
                        std::span<const std::uint32_t> items,
                        bool fair) {
  std::vector<std::uint32_t> places(interactions.n_items(), kNoIndex);
  for (std::uint32_t place = 0; place < items.size(); ++place) places[items[place]] = place;
  std::vector<linalg::Triplet> triplets;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto profile = Profile(interactions.OfUser(user), 0, false);
    const auto size = fair ? std::max<double>(1, static_cast<double>(profile.size())) : 1.0;
    const auto value = static_cast<float>(1 / std::sqrt(size));
    for (const auto& entry : profile) {
      if (places[entry.item] != kNoIndex) triplets.push_back({user, places[entry.item], value});
    }
  }
  linalg::Matrix out(items.size(), items.size());
  linalg::Gram(linalg::FromTriplets(interactions.n_users(), items.size(), std::move(triplets)),
               out.View());
  return out;
}

std::vector<std::uint32_t> Sample(std::span<const std::uint32_t> items,
                                  std::size_t limit,
                                  std::uint64_t seed) {
  std::vector<std::uint32_t> out(items.begin(), items.end());
  if (out.size() <= limit) return out;
  Random random(seed);
  random.Shuffle(std::span(out));
  out.resize(limit);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Content::Content(const Parameters& parameters)
    : spaces_(parameters.Text("spaces")),
      recency_power_(parameters.Real("recency_power")),
      use_weights_(parameters.Bool("use_weights")),
      products_(parameters.Bool("products")),
      expansion_(parameters.Real("expansion")),
      expansion_lambda_(parameters.Real("expansion_lambda")),
      max_items_(static_cast<std::size_t>(parameters.Int("max_items"))),
      learn_items_(static_cast<std::size_t>(parameters.Int("learn_items"))),
      steps_(static_cast<int>(parameters.Int("learn_steps"))) {}

Status Content::LearnWeights(const TrainingData& data, Progress& progress) {
  const auto items = Sample(warm_, learn_items_, data.seed);
  std::vector<linalg::Matrix> parts;
  for (std::size_t part = 0; part < kernel_.n_parts(); ++part) {
    parts.emplace_back(items.size(), items.size());
    kernel_.Similarities(part, items, items, parts.back().View());
  }
  const auto together = Together(*data.interactions, items, true);
  MEDLEY_ASSIGN_OR_RETURN(weights_, LearnKernelWeights(parts, together.View(), steps_, progress));
  return {};
}

linalg::Matrix Content::Weighted(std::span<const std::uint32_t> rows,
                                 std::span<const std::uint32_t> cols) const {
  linalg::Matrix out(rows.size(), cols.size());
  linalg::Matrix one(rows.size(), cols.size());
  for (std::size_t part = 0; part < kernel_.n_parts(); ++part) {
    kernel_.Similarities(part, rows, cols, one.View());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      linalg::Axpy(static_cast<float>(weights_[part]), one.Row(row), out.Row(row));
    }
  }
  return out;
}

/// What stands for a past item becomes what it goes with.
Status Content::Expand(const data::Interactions& interactions, linalg::Matrix& inverse) const {
  auto gram = Together(interactions, warm_, false);
  const std::size_t n = warm_.size();
  for (std::size_t i = 0; i < n; ++i) gram(i, i) += static_cast<float>(expansion_lambda_);
  MEDLEY_RETURN_IF_ERROR(linalg::InvertPositiveDefinite(gram.View()));
  std::vector<float> factors(n);
  for (std::size_t j = 0; j < n; ++j)
    factors[j] = static_cast<float>(-expansion_ / double{gram(j, j)});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) gram(i, j) *= factors[j];
    gram(i, i) = static_cast<float>(1 - expansion_);
  }
  linalg::Matrix expanded(n, n);
  linalg::TimesTransposed(
      gram.View(), inverse.View(), expanded.View());  // the inverse is symmetric
  inverse = std::move(expanded);
  return {};
}

/// From the inverse to the coefficients of the items from `begin` to `end`.
linalg::Matrix Content::Spread(std::size_t begin, std::size_t end) const {
  linalg::Matrix out(warm_.size(), end - begin);
  for (std::size_t at = begin; at < end; at += kItemsAtATime) {
    std::vector<std::uint32_t> items(std::min(kItemsAtATime, end - at));
    std::iota(items.begin(), items.end(), static_cast<std::uint32_t>(at));
    const auto similar = Weighted(items, warm_);
    linalg::TimesTransposed(inverse_->View(),
                            similar.View(),
                            {out.data() + (at - begin), warm_.size(), items.size(), out.cols()});
  }
  return out;
}

void Content::SpreadToAll() {
  const std::size_t n = kernel_.n_items();
  places_.assign(n, kNoIndex);
  for (std::uint32_t place = 0; place < warm_.size(); ++place) places_[warm_[place]] = place;
  described_.assign(n, 0);
  for (std::uint32_t item = 0; item < n; ++item) described_[item] = kernel_.Describes(item) ? 1 : 0;
  coefficients_ = std::make_shared<const linalg::Matrix>(Spread(0, n));
  later_ = {};
}

std::shared_ptr<Recommender> Content::Grown(const ItemFeatures& features) const {
  auto grown = std::make_shared<Content>(*this);
  grown->features_ = &features;
  grown->kernel_ = kernel_.Grown(features);
  const std::size_t n = grown->kernel_.n_items();
  grown->places_.resize(n, kNoIndex);
  for (auto item = static_cast<std::uint32_t>(described_.size()); item < n; ++item)
    grown->described_.push_back(grown->kernel_.Describes(item) ? 1 : 0);
  const auto fresh = grown->Spread(n_items(), n);
  grown->later_ = linalg::Matrix(warm_.size(), n - n_first());
  for (std::size_t place = 0; place < warm_.size(); ++place) {
    const auto row = grown->later_.Row(place);
    std::copy_n(later_.data() + place * later_.cols(), later_.cols(), row.begin());
    std::ranges::copy(fresh.Row(place), row.begin() + static_cast<std::ptrdiff_t>(later_.cols()));
  }
  return grown;
}

/// Of the warm items' features: a model is of no use with others.
std::uint64_t Content::Fingerprint() const {
  std::vector<float> probes;
  for (const auto item : warm_) {
    for (std::size_t part = 0; part < kernel_.n_parts(); ++part) {
      probes.push_back(static_cast<float>(kernel_.Similarity(part, item, warm_.front())));
    }
  }
  return Hash64({reinterpret_cast<const char*>(probes.data()), probes.size() * sizeof(float)});
}

Status Content::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  if (data.features == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "content needs what is known of the items: run `medley encode` first");
  }
  Content fitted = *this;
  fitted.features_ = data.features;
  MEDLEY_ASSIGN_OR_RETURN(fitted.kernel_, FeatureKernel::Make(*data.features, spaces_, products_));
  fitted.warm_ = WarmItems(*data.interactions, max_items_);
  progress.Begin("train content", static_cast<std::uint64_t>(steps_) + 1, "steps");
  MEDLEY_RETURN_IF_ERROR(fitted.LearnWeights(data, progress));
  auto inverse = fitted.Weighted(fitted.warm_, fitted.warm_);
  for (std::size_t i = 0; i < fitted.warm_.size(); ++i) inverse(i, i) += 1;
  MEDLEY_RETURN_IF_ERROR(linalg::InvertPositiveDefinite(inverse.View()));
  if (expansion_ > 0) MEDLEY_RETURN_IF_ERROR(fitted.Expand(*data.interactions, inverse));
  fitted.inverse_ = std::make_shared<const linalg::Matrix>(std::move(inverse));
  fitted.SpreadToAll();
  progress.Advance(1);
  progress.End();
  *this = std::move(fitted);
  return {};
}

Status Content::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::fill(scores.begin(), scores.end(), 0.0F);
  bool any = false;
  const auto later = scores.subspan(n_first());
  for (const auto& [item, weight] : Profile(user.history, recency_power_, use_weights_)) {
    if (places_[item] == kNoIndex) continue;
    linalg::Axpy(weight, coefficients_->Row(places_[item]), scores.first(n_first()));
    if (!later.empty()) linalg::Axpy(weight, later_.Row(places_[item]), later);
    any = true;
  }
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (!any || described_[item] == 0) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> Content::Explain(const UserState& user,
                                       ItemIndex item,
                                       std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || described_[item] == 0) return out;
  // Each past item's contribution is shared among the parts as they share in its similarity; tokens
  // of one kind share again.
  std::map<std::uint32_t, Evidence> by_token;
  for (const auto& [past, weight] : Profile(user.history, recency_power_, use_weights_)) {
    if (past >= n_items() || places_[past] == kNoIndex) continue;
    const double contribution = double{weight} * Coefficient(places_[past], item);
    std::vector<double> shares(kernel_.n_parts());
    for (std::size_t part = 0; part < shares.size(); ++part) {
      shares[part] = weights_[part] * std::max(0.0, kernel_.Similarity(part, past, item));
    }
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (total <= 0) continue;
    for (std::size_t part = 0; part < shares.size(); ++part) {
      const double share = contribution * shares[part] / total;
      if (kernel_.IsSpace(part) && share > 0) {
        Evidence evidence;
        evidence.kind = Evidence::Kind::kSimilar;
        evidence.item = past;
        evidence.space = kernel_.PartName(part);
        evidence.contribution = share;
        out.push_back(std::move(evidence));
      } else if (kernel_.IsAttribute(part) && shares[part] > 0) {
        AddTokens(part, past, item, share, by_token);
      }
    }
  }
  for (auto& [token, evidence] : by_token) out.push_back(std::move(evidence));
  return Strongest(std::move(out), limit);
}

void Content::AddTokens(std::size_t part,
                        ItemIndex past,
                        ItemIndex item,
                        double share,
                        std::map<std::uint32_t, Evidence>& by_token) const {
  const auto theirs = kernel_.TokensOf(part, past);
  const auto ours = kernel_.TokensOf(part, item);
  const double similarity = kernel_.Similarity(part, past, item);
  for (std::size_t k = 0; k < ours.size(); ++k) {
    const auto found = std::lower_bound(theirs.begin(), theirs.end(), ours[k]);
    if (found == theirs.end() || *found != ours[k]) continue;
    auto& evidence = by_token[ours[k]];
    evidence.kind = Evidence::Kind::kAttribute;
    evidence.attribute = features_->attribute_names[ours[k]];
    evidence.count += 1;
    const auto there = static_cast<std::size_t>(found - theirs.begin());
    evidence.contribution += share * double{kernel_.TokenWeightsOf(part, item)[k]} *
                             double{kernel_.TokenWeightsOf(part, past)[there]} / similarity;
  }
}

std::vector<Content::PartWeight> Content::Weights() const {
  std::vector<PartWeight> out;
  for (std::size_t part = 0; part < weights_.size(); ++part)
    out.push_back({kernel_.PartName(part), weights_[part]});
  return out;
}

Status Content::Save(const std::filesystem::path& directory) const {
  Json note = {{"recency_power", recency_power_},
               {"use_weights", use_weights_},
               {"fingerprint", Fingerprint()},
               {"weights", weights_}};
  ModelWriter writer("content");
  kernel_.Save(writer, note);
  writer.Add("warm", warm_);
  writer.Add("inverse", inverse_->values());
  writer.SetNote(std::move(note));
  return writer.Write(directory);
}

Status Content::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  if (features == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "content needs what is known of the items");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "content"));
  Content loaded = *this;
  loaded.features_ = features;
  MEDLEY_ASSIGN_OR_RETURN(loaded.kernel_, FeatureKernel::Load(reader, *features));
  MEDLEY_ASSIGN_OR_RETURN(loaded.recency_power_, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.use_weights_, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.warm_, reader.Indices("warm"));
  MEDLEY_ASSIGN_OR_RETURN(auto inverse,
                          reader.Dense("inverse", loaded.warm_.size(), loaded.warm_.size()));
  loaded.inverse_ = std::make_shared<const linalg::Matrix>(std::move(inverse));
  MEDLEY_ASSIGN_OR_RETURN(const auto fingerprint, reader.Size("fingerprint"));
  const Json weights = reader.note().value("weights", Json());
  const bool sound =
      weights.is_array() && weights.size() == loaded.kernel_.n_parts() &&
      std::all_of(weights.begin(), weights.end(), [](const Json& one) { return one.is_number(); });
  if (!sound)
    return Fail(ErrorCode::kCorrupt,
                "the content model in " + directory.string() + " is damaged; train again");
  loaded.weights_ = weights.get<std::vector<double>>();
  const std::size_t n = loaded.kernel_.n_items();
  if (std::any_of(loaded.warm_.begin(), loaded.warm_.end(), [n](auto item) { return item >= n; }) ||
      loaded.Fingerprint() != fingerprint) {
    return Fail(ErrorCode::kInvalidInput,
                "the items have changed since the content model was trained; train again");
  }
  loaded.SpreadToAll();
  *this = std::move(loaded);
  return {};
}

RecommenderKind ContentKind() {
  RecommenderKind kind;
  kind.name = "content";
  kind.summary =
      "What resembles the history in attributes, text, image, audio and video; works for items "
      "nobody has met yet";
  kind.example = "medley train content --set content.spaces=attributes,text,image";
  kind.serving = 2;
  kind.features = FeatureUse::kRequired;
  kind.paper =
      "Saunders, Gammerman, Vovk: Ridge regression learning algorithm in dual variables, ICML 1998";
  kind.parameters = {
      {"spaces",
       std::string("auto"),
       "What to look at: attributes, text, image, audio, video, fused, separated by commas; auto: "
       "all but fused"},
      RecencyPowerSpec(0.0),
      UseWeightsSpec(),
      {"products",
       true,
       "Also count likeness in two spaces at once, text and image for example",
       0,
       0,
       {}},
      {"expansion",
       0.0,
       "Share of each past item that becomes what it goes with (EASE): a little behaviour says "
       "more",
       0,
       1,
       {}},
      {"expansion_lambda", 400.0, "Regularisation of that: greater is smoother", 1e-3, 1e9, {}},
      {"max_items",
       std::int64_t{4000},
       "Learn from the items with the most people only; memory grows with it",
       1,
       50'000,
       {}},
      {"learn_items",
       std::int64_t{500},
       "How many items the weights of the parts are learned on",
       1,
       20'000,
       {}},
      {"learn_steps", std::int64_t{30}, "Steps of that learning", 1, 1000, {}},
  };
  kind.make = &MakeOf<Content>;
  return kind;
}

}  // namespace medley::recommenders
