#include "medley/inference/four_bit_weights.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/openvino.hpp>
#include <optional>

#include "medley/linalg/four_bit_matrix.h"

namespace medley::inference {
namespace {

using linalg::FourBitMatrix;
using ov::op::v0::Constant;

constexpr std::int8_t kMiddle = 8;

/// The input `index` of `node` as an operation of the type, or nothing.
template <typename Operation>
std::shared_ptr<Operation> Before(const std::shared_ptr<ov::Node>& node, std::size_t index = 0) {
  return node == nullptr ? nullptr
                         : ov::as_type_ptr<Operation>(node->get_input_node_shared_ptr(index));
}

}  // namespace

std::optional<FourBitWeights> FourBitWeightsOf(const std::shared_ptr<ov::Node>& product) {
  const auto map = ov::as_type_ptr<ov::op::v0::MatMul>(product);
  if (map == nullptr || map->get_transpose_a() || !map->get_transpose_b()) return std::nullopt;
  const auto shaped = Before<ov::op::v1::Reshape>(Before<ov::op::v0::Convert>(map, 1));
  const auto scaled = Before<ov::op::v1::Multiply>(shaped);
  const auto centred = Before<ov::op::v1::Subtract>(scaled);
  const auto codes = Before<Constant>(Before<ov::op::v0::Convert>(centred));
  const auto steps = Before<Constant>(scaled, 1);
  const auto middle = Before<Constant>(centred, 1);
  if (codes == nullptr || steps == nullptr || middle == nullptr) return std::nullopt;
  const ov::Shape& shape = codes->get_shape();
  const auto middles = middle->cast_vector<float>();
  const bool fits = codes->get_element_type() == ov::element::u4 && shape.size() == 3 &&
                    shape[2] == FourBitMatrix::kBlock && shape[0] % FourBitMatrix::kGroup == 0 &&
                    steps->get_shape() == ov::Shape{shape[0], shape[1], 1} && middles.size() == 1 &&
                    middles[0] == kMiddle &&
                    shaped->get_output_shape(0) == ov::Shape{shape[0], shape[1] * shape[2]};
  if (!fits) return std::nullopt;
  FourBitWeights out{.rows = shape[0],
                     .cols = shape[1] * shape[2],
                     .codes = codes->cast_vector<std::int8_t>(),
                     .steps = steps->cast_vector<float>()};
  for (auto& code : out.codes) code = static_cast<std::int8_t>(code - kMiddle);
  return out;
}

}  // namespace medley::inference
