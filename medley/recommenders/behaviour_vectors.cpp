#include "medley/recommenders/behaviour_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {
namespace {

constexpr int kRounds = 10;

/// Rows in turn are made orthogonal to those above and brought to length 1.
void Orthonormalise(linalg::Matrix& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto own = rows.Row(row);
    for (std::size_t above = 0; above < row; ++above)
      linalg::Axpy(-linalg::Dot(rows.Row(above), own), rows.Row(above), own);
    if (!linalg::Normalize(own)) std::fill(own.begin(), own.end(), 0.0F);
  }
}

class Subspace {
 public:
  Subspace(const data::Interactions& interactions, std::size_t dimension, std::uint64_t seed)
      : interactions_(interactions),
        shares_(interactions.n_items()),
        items_(dimension, interactions.n_items()) {
    for (UserIndex user = 0; user < interactions.n_users(); ++user)
      for (const auto& entry : interactions.OfUser(user)) shares_[entry.item] += 1;
    for (float& share : shares_) share = share > 0 ? 1 / std::sqrt(share) : 0;
    Random random(seed);
    for (std::size_t k = 0; k < dimension; ++k)
      for (std::size_t item = 0; item < shares_.size(); ++item)
        items_(k, item) = shares_[item] > 0 ? static_cast<float>(random.Normal()) : 0;
    Orthonormalise(items_);
  }

  /// items <- X^T X items, X the matrix with its shares.
  void Iterate() {
    linalg::Matrix next(interactions_.n_items(), items_.rows());
    const auto now = linalg::Transpose(items_.View());
    std::vector<float> user_sum(items_.rows());
    for (UserIndex user = 0; user < interactions_.n_users(); ++user) {
      const auto history = interactions_.OfUser(user);
      if (history.empty()) continue;
      std::fill(user_sum.begin(), user_sum.end(), 0.0F);
      for (const auto& entry : history)
        linalg::Axpy(shares_[entry.item], now.Row(entry.item), user_sum);
      linalg::Scale(1 / static_cast<float>(history.size()), user_sum);
      for (const auto& entry : history)
        linalg::Axpy(shares_[entry.item], user_sum, next.Row(entry.item));
    }
    items_ = linalg::Transpose(next.View());
    Orthonormalise(items_);
  }

  const linalg::Matrix& items() const { return items_; }
  const std::vector<float>& shares() const { return shares_; }

 private:
  const data::Interactions& interactions_;
  std::vector<float> shares_;  ///< 1 over the root of how many dealt with the item
  linalg::Matrix items_;       ///< dimension x items
};

}  // namespace

linalg::Matrix BehaviourVectors(const data::Interactions& interactions,
                                std::size_t dimension,
                                std::uint64_t seed) {
  Subspace subspace(interactions, dimension + 1, seed);
  for (int round = 0; round < kRounds; ++round) subspace.Iterate();
  linalg::Matrix out(interactions.n_items(), dimension);
  for (std::size_t item = 0; item < out.rows(); ++item) {
    for (std::size_t k = 0; k < dimension; ++k)
      out(item, k) = subspace.items()(k + 1, item) * subspace.shares()[item];
    const auto row = out.Row(item);
    if (!linalg::Normalize(row)) std::fill(row.begin(), row.end(), 0.0F);
  }
  return out;
}

}  // namespace medley::recommenders
