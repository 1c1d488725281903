#include "medley/inference/transformer_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <openvino/op/add.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/mvn.hpp>
#include <openvino/op/scaled_dot_product_attention.hpp>
#include <openvino/openvino.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/inference/four_bit_weights.h"
#include "medley/inference/network.h"
#include "medley/inference/openvino_network.h"
#include "medley/linalg/matrix.h"

namespace medley::inference {
namespace {

using NodePtr = std::shared_ptr<ov::Node>;
/// Where the numbers of each weight come out.
using Sources = std::map<std::string, ov::Output<ov::Node>>;

/// Nothing lies further than this from what it is looked for from.
constexpr int kMostSteps = 8;

template <typename Op>
NodePtr Above(NodePtr node) {
  for (int step = 0; step < kMostSteps; ++step) {
    if (ov::is_type<Op>(node)) return node;
    if (node->get_input_size() == 0) break;
    node = node->get_input_node_shared_ptr(0);
  }
  throw std::runtime_error("it is not built like BERT");
}

/// The only node of a kind that reads what `node` gives.
template <typename Op>
NodePtr Reader(const NodePtr& node) {
  for (const auto& input : node->output(0).get_target_inputs()) {
    const auto reader = input.get_node()->shared_from_this();
    if (ov::is_type<Op>(reader)) return reader;
  }
  throw std::runtime_error("it is not built like BERT");
}

/// The norm's scale and shift; returns the node that gives what is normalised.
NodePtr AddNorm(const std::string& name, const NodePtr& norm, Sources& out) {
  const auto scaled = Reader<ov::op::v1::Multiply>(norm);
  const auto shifted = Reader<ov::op::v1::Add>(scaled);
  out[name + ".scale"] = scaled->input_value(1);
  out[name + ".shift"] = shifted->input_value(1);
  return shifted;
}

struct LayerNodes {
  Sources weights;
  std::map<std::string, NodePtr> maps;
  ov::Output<ov::Node> input;

  /// A linear map and its bias.
  void AddMap(const std::string& name, const NodePtr& map) {
    weights[name + ".weight"] = map->input_value(1);
    weights[name + ".bias"] = Reader<ov::op::v1::Add>(map)->input_value(1);
    maps[name] = map;
  }
};

/// Everything of the layer around an attention. `maps` and `norms`: its own that come behind it, in
/// order: what gathers the heads, the wide layer's two; its norms.
LayerNodes NodesOf(const NodePtr& attention,
                   std::span<const NodePtr> maps,
                   std::span<const NodePtr> norms) {
  LayerNodes out;
  constexpr std::array<const char*, 3> kParts = {"query", "key", "value"};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const auto map = Above<ov::op::v0::MatMul>(attention->get_input_node_shared_ptr(i));
    out.AddMap(kParts.at(i), map);
    out.input = map->input_value(0);
  }
  out.AddMap("dense", maps[0]);
  out.AddMap("widen", maps[1]);
  out.AddMap("narrow", maps[2]);
  AddNorm("norm", norms[0], out.weights);
  AddNorm("wide_norm", norms[1], out.weights);
  return out;
}

std::vector<LayerNodes> LayersOf(const ov::Model& model) {
  constexpr std::size_t kMaps = 3;
  constexpr std::size_t kNorms = 2;
  std::vector<NodePtr> attentions;
  std::vector<std::vector<NodePtr>> maps;
  std::vector<std::vector<NodePtr>> norms;
  for (const auto& node : model.get_ordered_ops()) {
    if (ov::is_type<ov::op::v13::ScaledDotProductAttention>(node)) {
      attentions.push_back(node);
      maps.emplace_back();
      norms.emplace_back();
    } else if (!attentions.empty() && ov::is_type<ov::op::v0::MatMul>(node)) {
      // What comes behind a layer belongs to the next one's attention.
      if (maps.back().size() < kMaps) maps.back().push_back(node);
    } else if (!attentions.empty() && ov::is_type<ov::op::v6::MVN>(node)) {
      if (norms.back().size() < kNorms) norms.back().push_back(node);
    }
  }
  std::vector<LayerNodes> out;
  for (std::size_t i = 0; i < attentions.size(); ++i) {
    if (maps[i].size() != kMaps || norms[i].size() != kNorms)
      throw std::runtime_error("it is not built like BERT");
    out.push_back(NodesOf(attentions[i], maps[i], norms[i]));
  }
  if (out.empty()) throw std::runtime_error("it has no attention");
  return out;
}

/// Computes what no input is needed for: constants, whatever they are stored as.
std::map<std::string, linalg::Matrix, std::less<>> ValuesOf(const Sources& sources) {
  ov::OutputVector outputs;
  for (const auto& [name, source] : sources) outputs.push_back(source);
  const auto model = std::make_shared<ov::Model>(outputs, ov::ParameterVector{});
  auto compiled =
      Runtime().compile_model(model, "CPU", ov::hint::inference_precision(ov::element::f32));
  auto request = compiled.create_infer_request();
  request.infer();
  std::map<std::string, linalg::Matrix, std::less<>> out;
  std::size_t index = 0;
  for (const auto& [name, source] : sources) {
    const ov::Tensor tensor = request.get_output_tensor(index++);
    const ov::Shape& shape = tensor.get_shape();
    const std::size_t cols = shape.empty() ? 1 : shape.back();
    linalg::Matrix values(tensor.get_size() / cols, cols);
    if (tensor.get_element_type() == ov::element::f32)
      std::copy_n(tensor.data<const float>(), tensor.get_size(), values.data());
    else if (tensor.get_element_type() == ov::element::f16)
      std::copy_n(tensor.data<const ov::float16>(), tensor.get_size(), values.data());
    else
      throw std::runtime_error("its weights are of a type that is not known");
    out.emplace(name, std::move(values));
  }
  return out;
}

}  // namespace

struct TransformerFile::State {
  std::filesystem::path path;
  std::shared_ptr<ov::Model> model;
  std::vector<LayerNodes> layers;

  tl::unexpected<Error> Wrong(const std::exception& error) const {
    return Fail(ErrorCode::kUnsupported, path.string() + " can't be opened up: " + ReasonOf(error));
  }
  Status CheckLayer(std::size_t layer) const {
    if (layer < layers.size()) return {};
    return Fail(ErrorCode::kNotFound,
                path.string() + " has " + std::to_string(layers.size()) + " layers");
  }
};

TransformerFile::TransformerFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
TransformerFile::TransformerFile(TransformerFile&&) noexcept = default;
TransformerFile& TransformerFile::operator=(TransformerFile&&) noexcept = default;
TransformerFile::~TransformerFile() = default;

Result<TransformerFile> TransformerFile::Open(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Fail(ErrorCode::kNotFound, "no model file " + path.string());
  auto state = std::make_unique<State>();
  state->path = path;
  try {
    state->model = Runtime().read_model(path.string());
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kCorrupt, path.string() + " can't be loaded: " + ReasonOf(error));
  }
  try {
    state->layers = LayersOf(*state->model);
  } catch (const std::exception& error) {
    return state->Wrong(error);
  }
  return TransformerFile(std::move(state));
}

std::size_t TransformerFile::layers() const { return state_->layers.size(); }

Result<std::map<std::string, linalg::Matrix, std::less<>>> TransformerFile::Layer(
    std::size_t layer) const {
  MEDLEY_RETURN_IF_ERROR(state_->CheckLayer(layer));
  try {
    return ValuesOf(state_->layers[layer].weights);
  } catch (const std::exception& error) {
    return state_->Wrong(error);
  }
}

Result<std::map<std::string, FourBitWeights, std::less<>>> TransformerFile::FourBitMaps(
    std::size_t layer) const {
  MEDLEY_RETURN_IF_ERROR(state_->CheckLayer(layer));
  try {
    std::map<std::string, FourBitWeights, std::less<>> out;
    for (const auto& [name, map] : state_->layers[layer].maps) {
      auto weights = FourBitWeightsOf(map);
      if (!weights) throw std::runtime_error("its matrices are not of 4 bits");
      out.emplace(name, *std::move(weights));
    }
    return out;
  } catch (const std::exception& error) {
    return state_->Wrong(error);
  }
}

Result<Network> TransformerFile::Below(std::size_t layer, const NetworkOptions& options) const {
  MEDLEY_RETURN_IF_ERROR(state_->CheckLayer(layer));
  try {
    const auto cut = std::make_shared<ov::Model>(ov::OutputVector{state_->layers[layer].input},
                                                 state_->model->get_parameters());
    return NetworkOf::Compile(cut, options);
  } catch (const std::exception& error) {
    return state_->Wrong(error);
  }
}

}  // namespace medley::inference
