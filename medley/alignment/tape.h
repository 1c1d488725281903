#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/training/weights.h"

namespace medley::alignment {

using training::Weights;

/// rows x cols normal numbers of the given deviation.
linalg::Matrix DrawNormal(std::size_t rows, std::size_t cols, double deviation, Random random);

/// A calculation with matrices, one row an item, written once: Value gives what came out, Backward
/// what every weight and every asked-for input would have to change for an output to rise. Rows
/// never mix: what one item gets does not depend on the others. Shapes: all nodes have the same
/// number of rows. Threads: one tape a thread. Source: reverse accumulation, Linnainmaa 1970.
class Tape {
 public:
  using Node = std::size_t;

  Tape() = default;
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// The gradient of an input is kept where `differentiable`.
  Node Input(linalg::Matrix value, bool differentiable = false);
  /// x transpose(W) + b. Shapes: W out x in; b 1 x out, or nullptr. Both outlive the tape.
  Node Linear(Node x, const linalg::Matrix& weight, const linalg::Matrix* bias = nullptr);
  Node Add(Node a, Node b);
  Node Multiply(Node a, Node b);  ///< element by element
  /// Each row times its factor. Shapes: one factor a row.
  Node ScaleRows(Node x, std::span<const float> factors);
  Node Tanh(Node x);
  /// Rows to length 1; rows of (nearly) no length become zeros, and pass nothing back.
  Node UnitRows(Node x);
  Node SideBySide(std::span<const Node> parts);
  /// out(i, h) = scale <head h of a's row, head h of b's row>. Shapes: out rows x heads, which
  /// divides a's columns.
  Node HeadDots(Node a, Node b, std::size_t heads, float scale);
  /// Head h of each row times weights(i, h). Shapes: weights rows x heads.
  Node HeadScale(Node x, Node weights);
  /// Softmax across nodes of one shape, element by element: out[m](i, j) = factors[m][i]
  /// exp(x[m](i, j)) / sum. Missing: factor 0, the weight is exactly 0; where all are, all are.
  std::vector<Node> SoftmaxAcross(std::span<const Node> parts,
                                  std::span<const std::vector<float>> factors);

  const linalg::Matrix& Value(Node node) const { return entries_[node].value; }
  /// Adds to the gradient of an output, before Backward.
  void Seed(Node node, const linalg::Matrix& gradient);
  void Backward();
  const linalg::Matrix& Gradient(Node node) const { return entries_[node].gradient; }
  /// nullptr where the calculation did not use the weight.
  const linalg::Matrix* GradientOf(const linalg::Matrix& weight) const;

 private:
  struct Entry {
    linalg::Matrix value;
    linalg::Matrix gradient;
    bool differentiable = true;
    std::function<void(const linalg::Matrix& gradient)> back;
  };
  Node Append(linalg::Matrix value, std::function<void(const linalg::Matrix& gradient)> back);
  /// The gradient to add to; nullptr where nobody asks for it.
  linalg::Matrix* Wanted(Node node);

  linalg::Matrix& GradientToAdd(const linalg::Matrix& weight);

  std::vector<Entry> entries_;
  std::map<const linalg::Matrix*, linalg::Matrix> gradients_;
};

}  // namespace medley::alignment
