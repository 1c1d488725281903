#pragma once

#include <span>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::recommenders {

/// Learns how much each part of a kernel counts: the w >= 0 that minimise the squared error with
/// which kernel ridge regression (noise 1) predicts each item's users from all other items, the
/// item itself left out. With M = (sum w K + I)^-1 and Y the users of each item, the error is the
/// sum over items of |row of M Y|^2 / M(j, j)^2, and its gradient comes in closed form, so that no
/// item is ever really left out. Shapes: `parts` symmetric n x n; `together` = Y Y^T, n x n.
/// Errors: kInvalidInput where M can't be had. Cost: `steps` x about five products of n x n
/// matrices. Source: leave-one-out of ridge regression, Allen 1974; steps: iRprop-, Igel and Hüsken
/// 2000.
Result<std::vector<double>> LearnKernelWeights(std::span<const linalg::Matrix> parts,
                                               linalg::ConstMatrixView together,
                                               int steps,
                                               Progress& progress);

}  // namespace medley::recommenders
