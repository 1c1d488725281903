#pragma once

#include <cstddef>
#include <utility>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::index {

/// The directions along which rows differ most from zero, greatest first: written in them, the
/// first numbers of a vector are the best short version of it that a linear map gives, for every
/// length at once, as Matryoshka embeddings are. Products of whole vectors stay what they were. Not
/// centred, for a product is what is searched by. Source: Pearson 1901; Kusupati et al., Matryoshka
/// representation learning (2022).
class PrincipalAxes {
 public:
  /// The `dimensions` first axes of the rows. Errors: kInvalidInput for no rows, more dimensions
  /// than they have, or values that are not finite. Cost: n d^2 + 9 d^3.
  static Result<PrincipalAxes> Fit(linalg::ConstMatrixView rows, std::size_t dimensions);

  std::size_t dimensions() const { return axes_.rows(); }
  /// The share of the rows' squared length that the axes keep, in [0, 1].
  double kept() const { return kept_; }
  /// Shapes: n x d in, n x dimensions() out. Errors: kInvalidInput for another d.
  Result<linalg::Matrix> Project(linalg::ConstMatrixView rows) const;

 private:
  PrincipalAxes(linalg::Matrix axes, double kept) : axes_(std::move(axes)), kept_(kept) {}
  linalg::Matrix axes_;  ///< one a row
  double kept_;
};

}  // namespace medley::index
