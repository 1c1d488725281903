#include "medley/alignment/tape.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"

namespace medley::alignment {
namespace {

using linalg::Matrix;

constexpr float kShortest = 1e-10F;  ///< squared: shorter vectors have no direction

Matrix Transposed(const Matrix& from) {
  Matrix out(from.cols(), from.rows());
  for (std::size_t i = 0; i < from.rows(); ++i) {
    for (std::size_t j = 0; j < from.cols(); ++j) out(j, i) = from(i, j);
  }
  return out;
}

std::span<float> All(Matrix& matrix) { return {matrix.data(), matrix.rows() * matrix.cols()}; }
std::span<const float> All(const Matrix& matrix) {
  return {matrix.data(), matrix.rows() * matrix.cols()};
}

void AddProduct(const Matrix& a, const Matrix& b_transposed, Matrix& out) {
  Matrix product(out.rows(), out.cols());
  linalg::TimesTransposed(a.View(), b_transposed.View(), product.View());
  linalg::Axpy(1, All(product), All(out));
}

}  // namespace

Matrix DrawNormal(std::size_t rows, std::size_t cols, double deviation, Random random) {
  Matrix out(rows, cols);
  for (float& value : All(out)) value = static_cast<float>(deviation * random.Normal());
  return out;
}

const Matrix* Tape::GradientOf(const Matrix& weight) const {
  const auto found = gradients_.find(&weight);
  return found == gradients_.end() ? nullptr : &found->second;
}

Matrix& Tape::GradientToAdd(const Matrix& weight) {
  return gradients_.try_emplace(&weight, weight.rows(), weight.cols()).first->second;
}

Tape::Node Tape::Append(Matrix value, std::function<void(const Matrix& gradient)> back) {
  Entry entry;
  entry.gradient = Matrix(value.rows(), value.cols());
  entry.value = std::move(value);
  entry.back = std::move(back);
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

Matrix* Tape::Wanted(Node node) {
  return entries_[node].differentiable ? &entries_[node].gradient : nullptr;
}

Tape::Node Tape::Input(Matrix value, bool differentiable) {
  const Node node = Append(std::move(value), nullptr);
  entries_[node].differentiable = differentiable;
  return node;
}

Tape::Node Tape::Linear(Node x, const Matrix& weight, const Matrix* bias) {
  const Matrix& in = Value(x);
  Matrix out(in.rows(), weight.rows());
  if (in.rows() == 1) {
    linalg::TimesVector(weight.View(), in.Row(0), out.Row(0));
  } else {
    linalg::TimesTransposed(in.View(), weight.View(), out.View());
  }
  for (std::size_t i = 0; bias != nullptr && i < in.rows(); ++i)
    linalg::Axpy(1, bias->Row(0), out.Row(i));
  return Append(std::move(out), [this, x, &weight, bias](const Matrix& gradient) {
    AddProduct(Transposed(gradient), Transposed(Value(x)), GradientToAdd(weight));
    for (std::size_t i = 0; bias != nullptr && i < gradient.rows(); ++i)
      linalg::Axpy(1, gradient.Row(i), GradientToAdd(*bias).Row(0));
    if (auto* wanted = Wanted(x)) AddProduct(gradient, Transposed(weight), *wanted);
  });
}

Tape::Node Tape::Add(Node a, Node b) {
  Matrix out = Value(a);
  linalg::Axpy(1, All(Value(b)), All(out));
  return Append(std::move(out), [this, a, b](const Matrix& gradient) {
    for (const Node node : {a, b}) {
      if (auto* wanted = Wanted(node)) linalg::Axpy(1, All(gradient), All(*wanted));
    }
  });
}

Tape::Node Tape::Multiply(Node a, Node b) {
  Matrix out = Value(a);
  for (std::size_t i = 0; i < All(out).size(); ++i) All(out)[i] *= All(Value(b))[i];
  return Append(std::move(out), [this, a, b](const Matrix& gradient) {
    for (const auto& [node, other] : {std::pair{a, b}, std::pair{b, a}}) {
      auto* wanted = Wanted(node);
      if (wanted == nullptr) continue;
      for (std::size_t i = 0; i < All(gradient).size(); ++i)
        All(*wanted)[i] += All(gradient)[i] * All(Value(other))[i];
    }
  });
}

Tape::Node Tape::ScaleRows(Node x, std::span<const float> factors) {
  Matrix out = Value(x);
  for (std::size_t i = 0; i < out.rows(); ++i) linalg::Scale(factors[i], out.Row(i));
  return Append(
      std::move(out),
      [this, x, kept = std::vector<float>(factors.begin(), factors.end())](const Matrix& gradient) {
        auto* wanted = Wanted(x);
        for (std::size_t i = 0; wanted != nullptr && i < kept.size(); ++i)
          linalg::Axpy(kept[i], gradient.Row(i), wanted->Row(i));
      });
}

Tape::Node Tape::Tanh(Node x) {
  Matrix out = Value(x);
  for (float& value : All(out)) value = std::tanh(value);
  const Node node = entries_.size();
  return Append(std::move(out), [this, x, node](const Matrix& gradient) {
    auto* wanted = Wanted(x);
    const auto values = All(Value(node));
    for (std::size_t i = 0; wanted != nullptr && i < values.size(); ++i)
      All(*wanted)[i] += All(gradient)[i] * (1 - values[i] * values[i]);
  });
}

Tape::Node Tape::UnitRows(Node x) {
  Matrix out = Value(x);
  std::vector<float> scales(out.rows());
  for (std::size_t i = 0; i < out.rows(); ++i) {
    const float squared = linalg::SquaredNorm(out.Row(i));
    scales[i] = squared > kShortest && std::isfinite(squared) ? 1 / std::sqrt(squared) : 0;
    if (scales[i] > 0) {
      linalg::Scale(scales[i], out.Row(i));
    } else {
      std::fill(out.Row(i).begin(), out.Row(i).end(), 0.0F);
    }
  }
  const Node node = entries_.size();
  return Append(std::move(out),
                [this, x, node, scales = std::move(scales)](const Matrix& gradient) {
                  auto* wanted = Wanted(x);
                  for (std::size_t i = 0; wanted != nullptr && i < scales.size(); ++i) {
                    const auto unit = Value(node).Row(i);
                    const float along = linalg::Dot(unit, gradient.Row(i));
                    linalg::Axpy(scales[i], gradient.Row(i), wanted->Row(i));
                    linalg::Axpy(-along * scales[i], unit, wanted->Row(i));
                  }
                });
}

Tape::Node Tape::SideBySide(std::span<const Node> parts) {
  std::size_t cols = 0;
  for (const Node part : parts) cols += Value(part).cols();
  Matrix out(Value(parts.front()).rows(), cols);
  for (std::size_t i = 0; i < out.rows(); ++i) {
    auto to = out.Row(i).begin();
    for (const Node part : parts) to = std::ranges::copy(Value(part).Row(i), to).out;
  }
  return Append(
      std::move(out),
      [this, kept = std::vector<Node>(parts.begin(), parts.end())](const Matrix& gradient) {
        for (std::size_t i = 0; i < gradient.rows(); ++i) {
          std::size_t begin = 0;
          for (const Node part : kept) {
            const std::size_t size = Value(part).cols();
            if (auto* wanted = Wanted(part))
              linalg::Axpy(1, gradient.Row(i).subspan(begin, size), wanted->Row(i));
            begin += size;
          }
        }
      });
}

Tape::Node Tape::HeadDots(Node a, Node b, std::size_t heads, float scale) {
  const std::size_t size = Value(a).cols() / heads;
  assert(size * heads == Value(a).cols());
  Matrix out(Value(a).rows(), heads);
  for (std::size_t i = 0; i < out.rows(); ++i) {
    for (std::size_t h = 0; h < heads; ++h) {
      out(i, h) = scale * linalg::Dot(Value(a).Row(i).subspan(h * size, size),
                                      Value(b).Row(i).subspan(h * size, size));
    }
  }
  return Append(std::move(out), [this, a, b, heads, size, scale](const Matrix& gradient) {
    for (const auto& [node, other] : {std::pair{a, b}, std::pair{b, a}}) {
      auto* wanted = Wanted(node);
      if (wanted == nullptr) continue;
      for (std::size_t i = 0; i < gradient.rows(); ++i) {
        for (std::size_t h = 0; h < heads; ++h) {
          linalg::Axpy(scale * gradient(i, h),
                       Value(other).Row(i).subspan(h * size, size),
                       wanted->Row(i).subspan(h * size, size));
        }
      }
    }
  });
}

Tape::Node Tape::HeadScale(Node x, Node weights) {
  const std::size_t heads = Value(weights).cols();
  const std::size_t size = Value(x).cols() / heads;
  Matrix out = Value(x);
  for (std::size_t i = 0; i < out.rows(); ++i) {
    for (std::size_t h = 0; h < heads; ++h)
      linalg::Scale(Value(weights)(i, h), out.Row(i).subspan(h * size, size));
  }
  return Append(std::move(out), [this, x, weights, heads, size](const Matrix& gradient) {
    auto* to_x = Wanted(x);
    auto* to_weights = Wanted(weights);
    for (std::size_t i = 0; i < gradient.rows(); ++i) {
      for (std::size_t h = 0; h < heads; ++h) {
        const auto part = gradient.Row(i).subspan(h * size, size);
        if (to_x != nullptr)
          linalg::Axpy(Value(weights)(i, h), part, to_x->Row(i).subspan(h * size, size));
        if (to_weights != nullptr)
          (*to_weights)(i, h) += linalg::Dot(part, Value(x).Row(i).subspan(h * size, size));
      }
    }
  });
}

std::vector<Tape::Node> Tape::SoftmaxAcross(std::span<const Node> parts,
                                            std::span<const std::vector<float>> factors) {
  const std::size_t rows = Value(parts.front()).rows();
  const std::size_t cols = Value(parts.front()).cols();
  std::vector<Matrix> out(parts.size(), Matrix(rows, cols));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      float greatest = -INFINITY;
      for (std::size_t m = 0; m < parts.size(); ++m) {
        if (factors[m][i] > 0) greatest = std::max(greatest, Value(parts[m])(i, j));
      }
      float sum = 0;
      for (std::size_t m = 0; m < parts.size(); ++m) {
        if (factors[m][i] > 0)
          sum += out[m](i, j) = factors[m][i] * std::exp(Value(parts[m])(i, j) - greatest);
      }
      for (std::size_t m = 0; sum > 0 && m < parts.size(); ++m) out[m](i, j) /= sum;
    }
  }
  std::vector<Node> nodes;
  for (std::size_t m = 0; m < parts.size(); ++m) {
    // d out[m] / d x[k] = out[m] ((m == k) - out[k]).
    const Node first = entries_.size() - m;
    nodes.push_back(Append(std::move(out[m]),
                           [this, m, first, kept = std::vector<Node>(parts.begin(), parts.end())](
                               const Matrix& gradient) {
                             const auto own = All(Value(first + m));
                             for (std::size_t k = 0; k < kept.size(); ++k) {
                               auto* wanted = Wanted(kept[k]);
                               const auto other = All(Value(first + k));
                               for (std::size_t i = 0; wanted != nullptr && i < own.size(); ++i)
                                 All(*wanted)[i] += All(gradient)[i] * own[i] *
                                                    ((k == m ? 1.0F : 0.0F) - other[i]);
                             }
                           }));
  }
  return nodes;
}

void Tape::Seed(Node node, const Matrix& gradient) {
  linalg::Axpy(1, All(gradient), All(entries_[node].gradient));
}

void Tape::Backward() {
  for (std::size_t node = entries_.size(); node-- > 0;) {
    if (entries_[node].back) entries_[node].back(entries_[node].gradient);
  }
}

}  // namespace medley::alignment
