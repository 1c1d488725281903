#include "medley/recommenders/interest_tokens.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/pair_features.h"
#include "medley/training/head.h"

namespace medley::recommenders {
namespace {

/// Vectors are of length 1, all other numbers around 1 each: so that neither drowns the other.
constexpr float kVectorScale = 4;
constexpr float kMostDeviations = 6;
constexpr std::size_t kItemNumbers = 3;

}  // namespace

InterestTokens::InterestTokens(const PairFeatures& features,
                               std::size_t history,
                               std::vector<float> bounds,
                               std::shared_ptr<const training::Head> glance)
    : history_(history),
      item_width_(features.content_dimension() + PairFeatures::kBehaviourDimension + kItemNumbers),
      width_(item_width_ + kOpinions + 1 + kAges + 1 + glance->shape().dimension +
             glance->shape().hidden),
      bounds_(std::move(bounds)),
      glance_(std::move(glance)) {}

std::vector<float> InterestTokens::BoundsOf(const data::Interactions& interactions) {
  std::vector<float> opinions;
  for (UserIndex user = 0; user < interactions.n_users(); ++user)
    for (const auto& entry : interactions.OfUser(user))
      opinions.push_back(PairFeatures::Opinion(entry));
  std::ranges::sort(opinions);
  std::vector<float> different;
  std::ranges::unique_copy(opinions, std::back_inserter(different));
  std::vector<float> bounds;
  if (different.size() <= kOpinions) {
    for (std::size_t i = 1; i < different.size(); ++i)
      bounds.push_back((different[i - 1] + different[i]) / 2);
    return bounds;
  }
  for (std::size_t i = 1; i < kOpinions; ++i)
    bounds.push_back(opinions[i * opinions.size() / kOpinions]);
  return bounds;
}

void InterestTokens::WriteItem(const PairFeatures& features,
                               ItemIndex item,
                               std::span<float> out) const {
  const auto content = features.Content(item);
  const auto behaviour = features.Behaviour(item);
  std::ranges::copy(content, out.begin());
  std::ranges::copy(behaviour, out.begin() + static_cast<std::ptrdiff_t>(content.size()));
  linalg::Scale(kVectorScale, out.first(content.size() + behaviour.size()));
  std::ranges::copy(features.ItemNumbers(item),
                    out.begin() + static_cast<std::ptrdiff_t>(content.size() + behaviour.size()));
}

linalg::Matrix InterestTokens::Past(const PairFeatures& features,
                                    const PairFeatures::Reader& reader) const {
  const auto latest = reader.history.last(std::min(history_, reader.history.size()));
  linalg::Matrix out(latest.size(), width_);
  for (std::size_t i = 0; i < latest.size(); ++i) {
    const auto row = out.Row(i);
    const float opinion = PairFeatures::Opinion(latest[i]);
    const auto age = static_cast<std::uint64_t>(latest.size() - i);  // from 1
    WriteItem(features, latest[i].item, row);
    const auto rest = row.subspan(item_width_);
    const auto kind = std::ranges::upper_bound(bounds_, opinion) - bounds_.begin();
    rest[static_cast<std::size_t>(kind)] = 1;
    rest[kOpinions] = opinion - reader.mean;
    rest[kOpinions + 1 + std::min<std::size_t>(std::bit_width(age) - 1, kAges - 1)] = 1;
  }
  return out;
}

void InterestTokens::Questions(const PairFeatures& features,
                               const PairFeatures::Reader& reader,
                               std::span<const ItemIndex> items,
                               linalg::MatrixView out) const {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto row = out.Row(i);
    std::ranges::fill(row, 0.0F);
    WriteItem(features, items[i], row);
    const auto pair = row.last(features.size() + beside()).first(features.size());
    features.Write(reader, items[i], pair);
    // The item's numbers as its own fold has them: all the rest of the token would tell the label.
    std::ranges::copy(pair.subspan(4, kItemNumbers),
                      row.begin() + static_cast<std::ptrdiff_t>(item_width_ - kItemNumbers));
    glance_->Hide(pair, row.last(beside()));
    for (float& value : pair) value = std::clamp(value, -kMostDeviations, kMostDeviations);
    row[item_width_ + kOpinions + 1 + kAges] = 1;
  }
}

}  // namespace medley::recommenders
