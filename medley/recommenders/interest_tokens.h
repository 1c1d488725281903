#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/pair_features.h"
#include "medley/training/head.h"

namespace medley::recommenders {

/// What a transformer reads of a user: a token each for the latest of their actions, and for each
/// item it is asked about. A token is numbers side by side:
///   the item's content | its behaviour vector | what everyone thought of it | which of the
///   opinions the user had, and how far from their mean | how long ago, in doubling steps of
///   actions | 1 for a question | of a question, the features of the pair | of these, the hidden
///   layer of `glance`
/// A linear map of these is the sum of a projection and of embeddings.
/// Threads: immutable.
class InterestTokens {
 public:
  static constexpr std::size_t kOpinions = 8;
  static constexpr std::size_t kAges = 8;

  InterestTokens() = default;
  /// `bounds`: between which opinions the classes of opinions lie, ascending, kOpinions - 1 at
  /// most. `glance`: a small network that tells interest from the features alone.
  InterestTokens(const PairFeatures& features,
                 std::size_t history,
                 std::vector<float> bounds,
                 std::shared_ptr<const training::Head> glance);
  /// Such that the opinions fall into classes of like size, or one each where there are few.
  static std::vector<float> BoundsOf(const data::Interactions& interactions);

  std::size_t history() const { return history_; }
  std::size_t width() const { return width_; }
  /// How many of the last numbers of a token are the hidden layer's.
  std::size_t beside() const { return glance_->shape().hidden; }
  const std::vector<float>& bounds() const { return bounds_; }
  const training::Head& glance() const { return *glance_; }

  /// Shapes: as many rows as were done, history() at most.
  linalg::Matrix Past(const PairFeatures& features, const PairFeatures::Reader& reader) const;
  /// `out` has a row an item.
  void Questions(const PairFeatures& features,
                 const PairFeatures::Reader& reader,
                 std::span<const ItemIndex> items,
                 linalg::MatrixView out) const;

 private:
  void WriteItem(const PairFeatures& features, ItemIndex item, std::span<float> out) const;

  std::size_t history_ = 0;
  std::size_t item_width_ = 0;
  std::size_t width_ = 0;
  std::vector<float> bounds_;
  std::shared_ptr<const training::Head> glance_;
};

}  // namespace medley::recommenders
