#include "medley/inference/four_bit_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/ops.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <vector>

#include "medley/core/random.h"

namespace medley::inference {
namespace {

using ov::op::v0::Constant;

/// How the model pack's recipe stores a matrix; how its weights lie is what differs from test to
/// test.
struct Layout {
  std::size_t rows = 32;
  std::size_t blocks = 3;
  std::size_t block = 32;
  float middle = 8;
  bool bias = true;
};

/// y = gelu(x W^T + b) - x V^T for x of any batch and length; V is W upside down.
std::shared_ptr<ov::Model> Build(const Layout& layout) {
  Random random(1);
  const auto [rows, blocks, block, middle, has_bias] = layout;
  const std::size_t cols = blocks * block;
  const auto draw = [&](std::size_t n, double scale) {
    std::vector<float> values(n);
    for (auto& value : values) value = static_cast<float>(scale * random.Uniform());
    return values;
  };
  std::vector<std::uint8_t> nibbles(rows * cols / 2);
  for (auto& pair : nibbles) pair = static_cast<std::uint8_t>(random.Below(256));
  const auto x = std::make_shared<ov::op::v0::Parameter>(
      ov::element::f32, ov::PartialShape{-1, -1, static_cast<std::int64_t>(cols)});
  const auto product = [&, rows = rows, blocks = blocks, block = block, middle = middle] {
    const auto codes =
        std::make_shared<Constant>(ov::element::u4, ov::Shape{rows, blocks, block}, nibbles.data());
    const auto centred = std::make_shared<ov::op::v1::Subtract>(
        std::make_shared<ov::op::v0::Convert>(codes, ov::element::f16),
        Constant::create(ov::element::f16, ov::Shape{}, {middle}));
    const auto scaled = std::make_shared<ov::op::v1::Multiply>(
        centred,
        Constant::create(ov::element::f16, ov::Shape{rows, blocks, 1}, draw(rows * blocks, 0.02)));
    const auto shaped = std::make_shared<ov::op::v1::Reshape>(
        scaled, Constant::create(ov::element::i64, ov::Shape{2}, {rows, cols}), false);
    return std::make_shared<ov::op::v0::MatMul>(
        x, std::make_shared<ov::op::v0::Convert>(shaped, ov::element::f32), false, true);
  };
  std::shared_ptr<ov::Node> y = product();
  if (has_bias) {
    y = std::make_shared<ov::op::v1::Add>(
        y, Constant::create(ov::element::f32, ov::Shape{rows}, draw(rows, 1)));
  }
  std::ranges::reverse(nibbles);
  const auto other = product();
  return std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<ov::op::v1::Subtract>(
                                         std::make_shared<ov::op::v7::Gelu>(y), other)},
                                     ov::ParameterVector{x});
}

std::optional<FourBitWeights> FirstIn(const Layout& layout) {
  for (const auto& node : Build(layout)->get_ordered_ops()) {
    if (ov::is_type<ov::op::v0::MatMul>(node)) return FourBitWeightsOf(node);
  }
  return std::nullopt;
}

TEST(FourBitWeights, AreWhatTheRuntimeMultipliesWith) {
  const auto model = Build({});
  for (const auto& node : model->get_ordered_ops()) {
    if (!ov::is_type<ov::op::v0::MatMul>(node)) continue;
    const auto found = FourBitWeightsOf(node);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rows, 32U);
    EXPECT_EQ(found->cols, 96U);
    ov::Core core;
    auto request =
        core.compile_model(std::make_shared<ov::Model>(ov::OutputVector{node->input_value(1)},
                                                       ov::ParameterVector{}),
                           "CPU",
                           ov::hint::inference_precision(ov::element::f32))
            .create_infer_request();
    request.infer();
    const auto tensor = request.get_output_tensor(0);
    for (std::size_t i = 0; i < tensor.get_size(); ++i)
      ASSERT_NEAR(static_cast<float>(found->codes[i]) * found->steps[i / 32],
                  tensor.data<const float>()[i],
                  1e-4);
  }
}

TEST(FourBitWeights, OtherLayoutsAreNotRead) {
  EXPECT_TRUE(FirstIn({}));
  EXPECT_FALSE(FirstIn({.rows = 24}));
  EXPECT_FALSE(FirstIn({.block = 64}));
  EXPECT_FALSE(FirstIn({.middle = 7}));
}

}  // namespace
}  // namespace medley::inference
