#include "medley/recommenders/machine_weights.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/logistic.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/row_terms.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kItemsAtATime = 64;
constexpr std::size_t kPairsAtATime = 256;

/// |v|^2 of every content dimension.
std::vector<float> ContentSquares(const MachineWeights& weights) {
  std::vector<float> out(weights.content.cols());
  for (std::size_t k = 0; k < weights.content.rows(); ++k) {
    const auto row = weights.content.Row(k);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += row[i] * row[i];
  }
  return out;
}

/// How y changes with the items' sides: by e(i) through the users, and by c(i).
struct ItemGradient {
  linalg::Matrix vectors;   ///< sum of slope * v(u)
  std::vector<float> bias;  ///< sum of slopes
};

void ByItems(const MachineWeights& weights,
             ItemGradient& by_item,
             MachineWeights& gradient,
             const MachineItems& items) {
  for (std::size_t item = 0; item < by_item.bias.size(); ++item) {
    const float slope = by_item.bias[item];
    gradient.item_weights[item] = slope;
    // The derivative by e(i) itself: what each input's own vector then shares.
    linalg::Axpy(slope, items.vectors.Row(item), by_item.vectors.Row(item));
    const auto row = gradient.items.Row(item);
    std::copy_n(by_item.vectors.Row(item).begin(), row.size(), row.begin());
    linalg::Axpy(-slope, weights.items.Row(item), row);
  }
}

void ByAttributes(const MachineWeights& weights,
                  const linalg::CsrMatrix& attributes,
                  const ItemGradient& by_item,
                  MachineWeights& gradient) {
  std::vector<RowTerm> terms;
  std::vector<float> own(attributes.cols);
  for (std::uint32_t item = 0; item < attributes.rows; ++item) {
    const auto tokens = attributes.ColumnsOf(item);
    const auto values = attributes.ValuesOf(item);
    const float slope = by_item.bias[item];
    for (std::size_t k = 0; k < tokens.size(); ++k) {
      gradient.attribute_weights[tokens[k]] += slope * values[k];
      own[tokens[k]] -= slope * values[k] * values[k];
      terms.push_back({tokens[k], item, values[k]});
    }
  }
  AddRowTerms(terms, by_item.vectors.View(), gradient.attributes.View());
  for (std::size_t token = 0; token < own.size(); ++token)
    linalg::Axpy(own[token], weights.attributes.Row(token), gradient.attributes.Row(token));
}

void ByContent(const MachineWeights& weights,
               const MachineInputs& inputs,
               const ItemGradient& by_item,
               MachineWeights& gradient) {
  const auto& content = inputs.content;
  const std::size_t d = content.cols;
  std::vector<float> own(d);
  for (std::size_t item = 0; item < content.rows; ++item) {
    const float slope = by_item.bias[item];
    if (slope == 0) continue;
    const auto row = content.Row(item);
    linalg::Axpy(slope, row, gradient.content_weights);
    for (std::size_t i = 0; i < d; ++i) own[i] -= slope * row[i] * row[i];
  }
  const auto turned = linalg::Transpose(by_item.vectors.View());
  linalg::TimesTransposed(turned.View(), inputs.turned_content, gradient.content.View());
  for (std::size_t k = 0; k < weights.content.rows(); ++k) {
    const auto row = gradient.content.Row(k);
    for (std::size_t i = 0; i < d; ++i) row[i] += own[i] * weights.content(k, i);
  }
}

/// Each pair's mean loss, and its slopes by y(u, item) and y(u, other) with the sign turned.
struct Slopes {
  std::vector<float> item;
  std::vector<float> other;
  std::vector<float> loss;
};

Slopes FindSlopes(const MachineWeights& weights,
                  const MachineItems& items,
                  std::span<const MachinePair> pairs,
                  MachineLoss loss) {
  Slopes out{std::vector<float>(pairs.size()),
             std::vector<float>(pairs.size()),
             std::vector<float>(pairs.size())};
  const float share = 1 / static_cast<float>(pairs.size());
  ParallelFor(pairs.size(), kPairsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) {
      const auto& pair = pairs[k];
      const auto user = weights.users.Row(pair.user);
      const float y = items.bias[pair.item] + linalg::Dot(user, items.vectors.Row(pair.item));
      const float z = items.bias[pair.other] + linalg::Dot(user, items.vectors.Row(pair.other));
      if (loss == MachineLoss::kPairwise) {
        out.item[k] = share * linalg::Sigmoid(z - y);
        out.other[k] = -out.item[k];
        out.loss[k] = linalg::Softplus(z - y);
      } else {
        out.item[k] = share * linalg::Sigmoid(-y);
        out.other[k] = -share * linalg::Sigmoid(z);
        out.loss[k] = linalg::Softplus(-y) + linalg::Softplus(z);
      }
    }
  });
  return out;
}

void Negate(std::span<float> values) { linalg::Scale(-1, values); }

}  // namespace

std::vector<std::span<float>> MachineWeights::Arrays() {
  return {users.values(),
          items.values(),
          attributes.values(),
          content.values(),
          item_weights,
          attribute_weights,
          content_weights};
}

MachineWeights Filled(const MachineWeights& shapes, float value) {
  auto out = shapes;
  for (auto array : out.Arrays()) std::fill(array.begin(), array.end(), value);
  return out;
}

MachineItems Combine(const MachineWeights& weights, const MachineInputs& inputs) {
  const std::size_t n = weights.items.rows();
  MachineItems out{linalg::Matrix(n, weights.items.cols()), std::vector<float>(n)};
  const bool has_content = inputs.content.cols > 0;
  const auto content_squares = ContentSquares(weights);
  if (has_content)
    linalg::TimesTransposed(inputs.content, weights.content.View(), out.vectors.View());
  std::vector<float> token_squares(weights.attributes.rows());
  for (std::size_t token = 0; token < token_squares.size(); ++token)
    token_squares[token] = linalg::SquaredNorm(weights.attributes.Row(token));
  ParallelFor(n, kItemsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t item = begin; item < end; ++item) {
      const auto vector = out.vectors.Row(item);
      float linear = weights.item_weights[item];
      float own = linalg::SquaredNorm(weights.items.Row(item));
      linalg::Axpy(1, weights.items.Row(item), vector);
      if (has_content) {
        const auto row = inputs.content.Row(item);
        linear += linalg::Dot(row, weights.content_weights);
        for (std::size_t i = 0; i < row.size(); ++i) own += row[i] * row[i] * content_squares[i];
      }
      const auto tokens = inputs.attributes->ColumnsOf(item);
      const auto values = inputs.attributes->ValuesOf(item);
      for (std::size_t k = 0; k < tokens.size(); ++k) {
        linear += values[k] * weights.attribute_weights[tokens[k]];
        own += values[k] * values[k] * token_squares[tokens[k]];
        linalg::Axpy(values[k], weights.attributes.Row(tokens[k]), vector);
      }
      out.bias[item] = linear + (linalg::SquaredNorm(vector) - own) / 2;
    }
  });
  return out;
}

double LossAndGradient(const MachineWeights& weights,
                       const MachineInputs& inputs,
                       std::span<const MachinePair> pairs,
                       MachineLoss loss,
                       MachineWeights& gradient) {
  for (auto array : gradient.Arrays()) std::fill(array.begin(), array.end(), 0.0F);
  if (pairs.empty()) return 0;
  const auto items = Combine(weights, inputs);
  const auto slopes = FindSlopes(weights, items, pairs, loss);
  ItemGradient by_item{linalg::Matrix(items.vectors.rows(), items.vectors.cols()),
                       std::vector<float>(items.bias.size())};
  std::vector<RowTerm> item_terms;
  std::vector<RowTerm> user_terms;
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto& pair = pairs[k];
    by_item.bias[pair.item] += slopes.item[k];
    by_item.bias[pair.other] += slopes.other[k];
    item_terms.push_back({pair.item, pair.user, slopes.item[k]});
    item_terms.push_back({pair.other, pair.user, slopes.other[k]});
    user_terms.push_back({pair.user, pair.item, slopes.item[k]});
    user_terms.push_back({pair.user, pair.other, slopes.other[k]});
  }
  AddRowTerms(user_terms, items.vectors.View(), gradient.users.View());
  AddRowTerms(item_terms, weights.users.View(), by_item.vectors.View());
  ByItems(weights, by_item, gradient, items);
  ByAttributes(weights, *inputs.attributes, by_item, gradient);
  if (inputs.content.cols > 0) ByContent(weights, inputs, by_item, gradient);
  // Slopes were those of going down.
  for (auto array : gradient.Arrays()) Negate(array);
  return std::accumulate(slopes.loss.begin(), slopes.loss.end(), 0.0) /
         static_cast<double>(pairs.size());
}

}  // namespace medley::recommenders
