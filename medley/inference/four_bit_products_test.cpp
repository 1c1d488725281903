#include "medley/inference/four_bit_products.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <openvino/op/ops.hpp>
#include <openvino/openvino.hpp>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/inference/network.h"

namespace medley::inference {
namespace {

namespace fs = std::filesystem;
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

class FourBitProducts : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "medley_products_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path Save(const Layout& layout) const {
    const fs::path file = folder_ / "network.xml";
    ov::save_model(Build(layout), file.string(), false);
    return file;
  }
  fs::path folder_;
};

TEST_F(FourBitProducts, AreThoseOfTheRuntime) {
  for (const bool bias : {true, false}) {
    const Layout layout{.bias = bias};
    const auto file = Save(layout);
    auto whole = Network::Load(file, {.precision = Precision::kFloat32});
    auto small = Network::Load(file, {.precision = Precision::kInt8});
    ASSERT_TRUE(whole && small) << small.error().message;
    EXPECT_EQ(whole->precision(), "f32");
    EXPECT_EQ(small->precision(), "i8");
    Random random(2);
    // Several shapes one after the other, as texts of several lengths are.
    for (const auto& [batch, length] :
         {std::pair<std::size_t, std::size_t>{2, 7}, {1, 1}, {5, 64}, {2, 7}}) {
      const std::size_t cols = layout.blocks * layout.block;
      std::vector<float> values(batch * length * cols);
      for (auto& value : values) value = static_cast<float>(random.Normal());
      const std::vector<InputTensor> feed = {
          {.shape = {batch, length, cols}, .data = values.data()}};
      const auto expected = whole->Run(feed);
      const auto found = small->Run(feed);
      ASSERT_TRUE(expected && found) << found.error().message;
      ASSERT_EQ((*found)[0].shape, (*expected)[0].shape);
      double wrong = 0;
      double all = 0;
      for (std::size_t i = 0; i < (*found)[0].values.size(); ++i) {
        const double right = (*expected)[0].values[i];
        wrong += std::pow(right - static_cast<double>((*found)[0].values[i]), 2);
        all += right * right;
      }
      EXPECT_LT(std::sqrt(wrong / all), 0.01);
    }
  }
}

TEST_F(FourBitProducts, LeaveOtherLayoutsAlone) {
  EXPECT_EQ(ReplaceFourBitProducts(Build({})), 2U);
  EXPECT_EQ(ReplaceFourBitProducts(Build({.rows = 24})), 0U);
  EXPECT_EQ(ReplaceFourBitProducts(Build({.block = 64})), 0U);
  EXPECT_EQ(ReplaceFourBitProducts(Build({.middle = 7})), 0U);
  const auto refused = Network::Load(Save({.middle = 7}), {.precision = Precision::kInt8});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace medley::inference
