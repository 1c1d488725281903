#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "medley/linalg/matrix.h"

namespace medley::networks {

/// A view: the matrix must outlive the tensor.
inline at::Tensor TensorOf(linalg::ConstMatrixView matrix) {
  return at::from_blob(
      const_cast<float*>(matrix.data),
      {static_cast<std::int64_t>(matrix.rows), static_cast<std::int64_t>(matrix.cols)},
      {static_cast<std::int64_t>(matrix.stride), 1},
      at::kFloat);
}

inline linalg::Matrix MatrixOf(const at::Tensor& tensor) {
  const auto here = tensor.to(at::kCPU).contiguous();
  linalg::Matrix values(static_cast<std::size_t>(here.size(0)),
                        static_cast<std::size_t>(here.size(1)));
  std::copy_n(here.data_ptr<float>(), here.numel(), values.data());
  return values;
}

/// Biases and norms, one row each, are not pulled towards 0.
inline bool Decays(const at::Tensor& weight) { return weight.size(0) > 1; }

}  // namespace medley::networks
