#include "medley/index/principal_axes.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::index {

Result<PrincipalAxes> PrincipalAxes::Fit(linalg::ConstMatrixView rows, std::size_t dimensions) {
  if (rows.rows == 0 || dimensions == 0 || dimensions > rows.cols) {
    return Fail(ErrorCode::kInvalidInput,
                "from vectors of " + std::to_string(rows.cols) +
                    " numbers, 1 to that many can be "
                    "kept, not " +
                    std::to_string(dimensions));
  }
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (!linalg::AllFinite(rows.Row(row)))
      return Fail(ErrorCode::kInvalidInput, "a vector holds what is not a number");
  }
  const std::size_t d = rows.cols;
  linalg::Matrix gram(d, d);
  linalg::ColumnGram(rows, gram.View());
  std::vector<float> lengths(d);
  MEDLEY_RETURN_IF_ERROR(linalg::EigenSymmetric(gram, lengths));
  linalg::Matrix axes(dimensions, d);
  double kept = 0;
  double all = 0;
  for (std::size_t i = 0; i < d; ++i) {
    const double length = std::max(0.0, static_cast<double>(lengths[d - 1 - i]));
    all += length;
    if (i >= dimensions) continue;
    kept += length;
    std::ranges::copy(gram.Row(d - 1 - i), axes.Row(i).begin());
  }
  return PrincipalAxes(std::move(axes), all > 0 ? kept / all : 1);
}

Result<linalg::Matrix> PrincipalAxes::Project(linalg::ConstMatrixView rows) const {
  if (rows.cols != axes_.cols()) {
    return Fail(ErrorCode::kInvalidInput,
                "the vectors have " + std::to_string(rows.cols) + " numbers, the axes " +
                    std::to_string(axes_.cols()));
  }
  linalg::Matrix out(rows.rows, axes_.rows());
  linalg::TimesTransposed(rows, axes_.View(), out.View());
  return out;
}

}  // namespace medley::index
