#include "medley/inference/four_bit_products.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/op.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "medley/linalg/four_bit_matrix.h"

namespace medley::inference {
namespace {

using linalg::FourBitMatrix;

constexpr std::int8_t kMiddle = 8;

/// What the runtime calls for a product: its last axis in, the matrix's rows out.
class FourBitProduct : public ov::op::Op {
 public:
  OPENVINO_OP("FourBitProduct", "medley");

  /// `number`: no other product of the network has it.
  FourBitProduct(const ov::Output<ov::Node>& x,
                 std::shared_ptr<const FourBitMatrix> matrix,
                 std::int64_t number)
      : Op({x}), matrix_(std::move(matrix)), number_(number) {
    constructor_validate_and_infer_types();
  }

  void validate_and_infer_types() override {
    auto shape = get_input_partial_shape(0);
    shape[static_cast<std::ptrdiff_t>(shape.size()) - 1] =
        static_cast<std::int64_t>(matrix_->rows());
    set_output_type(0, ov::element::f32, shape);
  }

  std::shared_ptr<ov::Node> clone_with_new_inputs(const ov::OutputVector& inputs) const override {
    return std::make_shared<FourBitProduct>(inputs.at(0), matrix_, number_);
  }

  /// The runtime makes one operation of those that take the same input and show the same here.
  bool visit_attributes(ov::AttributeVisitor& visitor) override {
    visitor.on_attribute("number", number_);
    return true;
  }
  bool has_evaluate() const override { return true; }

  bool evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const override {
    ov::Shape shape = inputs[0].get_shape();
    if (shape.back() != matrix_->cols()) return false;
    const std::size_t n = inputs[0].get_size() / matrix_->cols();
    shape.back() = matrix_->rows();
    outputs[0].set_shape(shape);
    matrix_->Times({inputs[0].data<const float>(), n, matrix_->cols(), matrix_->cols()},
                   {outputs[0].data<float>(), n, matrix_->rows(), matrix_->rows()});
    return true;
  }

 private:
  std::shared_ptr<const FourBitMatrix> matrix_;
  std::int64_t number_;
};

using ov::op::v0::Constant;

/// The input `index` of `node` as an operation of the type, or nothing.
template <typename Operation>
std::shared_ptr<Operation> Before(const std::shared_ptr<ov::Node>& node, std::size_t index = 0) {
  return node == nullptr ? nullptr
                         : ov::as_type_ptr<Operation>(node->get_input_node_shared_ptr(index));
}

/// A matrix as the network stores it: codes less kMiddle, times steps, in its own shape.
struct Stored {
  std::shared_ptr<Constant> codes;
  std::shared_ptr<Constant> steps;
};

std::optional<Stored> StoredMatrix(const std::shared_ptr<ov::Node>& product) {
  const auto shaped = Before<ov::op::v1::Reshape>(Before<ov::op::v0::Convert>(product, 1));
  const auto scaled = Before<ov::op::v1::Multiply>(shaped);
  const auto centred = Before<ov::op::v1::Subtract>(scaled);
  const Stored found{Before<Constant>(Before<ov::op::v0::Convert>(centred)),
                     Before<Constant>(scaled, 1)};
  const auto middle = Before<Constant>(centred, 1);
  if (found.codes == nullptr || found.steps == nullptr || middle == nullptr) return std::nullopt;
  const ov::Shape& shape = found.codes->get_shape();
  const auto middles = middle->cast_vector<float>();
  const bool fits = found.codes->get_element_type() == ov::element::u4 && shape.size() == 3 &&
                    shape[2] == FourBitMatrix::kBlock && shape[0] % FourBitMatrix::kGroup == 0 &&
                    found.steps->get_shape() == ov::Shape{shape[0], shape[1], 1} &&
                    middles.size() == 1 && middles[0] == kMiddle &&
                    shaped->get_output_shape(0) == ov::Shape{shape[0], shape[1] * shape[2]};
  return fits ? std::optional(found) : std::nullopt;
}

std::shared_ptr<const FourBitMatrix> MatrixOf(const Stored& stored,
                                              const std::vector<float>& bias) {
  auto codes = stored.codes->cast_vector<std::int8_t>();
  for (auto& code : codes) code = static_cast<std::int8_t>(code - kMiddle);
  const ov::Shape& shape = stored.codes->get_shape();
  return std::make_shared<FourBitMatrix>(
      shape[0], shape[1] * shape[2], codes, stored.steps->cast_vector<float>(), bias);
}

/// The only addition of a constant that follows, or nothing.
std::shared_ptr<ov::op::v1::Add> BiasAfter(const ov::Node& product, std::size_t rows) {
  const auto users = product.get_users();
  if (users.size() != 1) return nullptr;
  const auto added = ov::as_type_ptr<ov::op::v1::Add>(users[0]);
  const auto bias = Before<Constant>(added, 1);
  return bias != nullptr && ov::shape_size(bias->get_shape()) == rows ? added : nullptr;
}

}  // namespace

std::size_t ReplaceFourBitProducts(const std::shared_ptr<ov::Model>& model) {
  std::size_t replaced = 0;
  for (const auto& node : model->get_ordered_ops()) {
    const auto product = ov::as_type_ptr<ov::op::v0::MatMul>(node);
    if (product == nullptr || product->get_transpose_a() || !product->get_transpose_b()) continue;
    const auto stored = StoredMatrix(product);
    if (!stored || product->get_input_element_type(0) != ov::element::f32 ||
        product->get_input_partial_shape(0).rank().is_dynamic())
      continue;
    const auto added = BiasAfter(*product, stored->codes->get_shape()[0]);
    const auto bias =
        added == nullptr ? std::vector<float>() : Before<Constant>(added, 1)->cast_vector<float>();
    const auto ours = std::make_shared<FourBitProduct>(
        product->input_value(0), MatrixOf(*stored, bias), static_cast<std::int64_t>(replaced));
    ov::replace_node(added == nullptr ? std::shared_ptr<ov::Node>(product) : added, ours);
    ++replaced;
  }
  return replaced;
}

}  // namespace medley::inference
