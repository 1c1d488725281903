#include "medley/inference/network.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <openvino/frontend/manager.hpp>
#include <openvino/openvino.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/onnx_external_data.h"
#include "medley/inference/openvino_network.h"

namespace medley::inference {

ov::Core& Runtime() {
  static ov::Core core;
  return core;
}

std::string ReasonOf(const std::exception& error) {
  const std::string text = error.what();
  std::size_t end = text.find_last_not_of(" \n\t");
  if (end == std::string::npos) return "no reason given";
  const std::size_t line = text.rfind('\n', end);
  const std::string reason = text.substr(line == std::string::npos ? 0 : line + 1,
                                         end - (line == std::string::npos ? 0 : line + 1) + 1);
  return reason.substr(0, 400);
}

namespace {

struct TypePair {
  ElementType ours;
  ov::element::Type_t theirs;
};
constexpr std::array kTypes = {TypePair{ElementType::kFloat32, ov::element::Type_t::f32},
                               TypePair{ElementType::kUInt8, ov::element::Type_t::u8},
                               TypePair{ElementType::kInt8, ov::element::Type_t::i8},
                               TypePair{ElementType::kInt32, ov::element::Type_t::i32},
                               TypePair{ElementType::kInt64, ov::element::Type_t::i64}};

ElementType TypeOf(const ov::element::Type& type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (type == theirs) return ours;
  }
  return ElementType::kOther;
}

ov::element::Type TypeOf(ElementType type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (type == ours) return theirs;
  }
  return ov::element::dynamic;
}

bool ComputesInBfloat16() {
  const auto abilities = Runtime().get_property("CPU", ov::device::capabilities);
  return std::ranges::find(abilities, std::string("BF16")) != abilities.end();
}

std::string NameOf(const ov::Output<const ov::Node>& port, std::size_t index) {
  return port.get_names().empty() ? std::to_string(index)
                                  : *std::ranges::min_element(port.get_names());
}

std::vector<Port> PortsOf(const std::vector<ov::Output<const ov::Node>>& ports) {
  std::vector<Port> described;
  for (const auto& port : ports) {
    Port one;
    one.name = NameOf(port, described.size());
    one.type = TypeOf(port.get_element_type());
    const ov::PartialShape& shape = port.get_partial_shape();
    if (shape.rank().is_static()) {
      for (const ov::Dimension& size : shape)
        one.shape.push_back(size.is_static() ? size.get_length() : -1);
    }
    described.push_back(std::move(one));
  }
  return described;
}

/// Shapes are set before conversion: what a model computes may not even have a rank without them.
std::shared_ptr<ov::Model> ReadModel(const std::filesystem::path& path,
                                     const NetworkOptions& options) {
  if (options.shapes.empty()) return Runtime().read_model(path.string());
  ov::frontend::FrontEndManager manager;
  const auto front_end = manager.load_by_model(path.string());
  if (front_end == nullptr) throw std::runtime_error("its format is not known");
  const auto loaded = front_end->load(path.string());
  for (const auto& [name, shape] : options.shapes) {
    const auto place = loaded->get_place_by_tensor_name(name);
    if (place == nullptr)
      throw std::runtime_error("it has no input '" + name + "' to give a shape to");
    loaded->set_partial_shape(
        place, ov::PartialShape(std::vector<ov::Dimension>(shape.begin(), shape.end())));
  }
  return front_end->convert(loaded);
}

template <typename T>
void CopyAsFloats(const ov::Tensor& tensor, std::vector<float>& out) {
  const T* values = tensor.data<const T>();
  out.assign(values, values + tensor.get_size());
}

bool ToFloats(const ov::Tensor& tensor, std::vector<float>& out) {
  switch (static_cast<ov::element::Type_t>(tensor.get_element_type())) {
    case ov::element::Type_t::f32:
      CopyAsFloats<float>(tensor, out);
      return true;
    case ov::element::Type_t::u8:
      CopyAsFloats<std::uint8_t>(tensor, out);
      return true;
    case ov::element::Type_t::i8:
      CopyAsFloats<std::int8_t>(tensor, out);
      return true;
    case ov::element::Type_t::i32:
      CopyAsFloats<std::int32_t>(tensor, out);
      return true;
    case ov::element::Type_t::i64:
      CopyAsFloats<std::int64_t>(tensor, out);
      return true;
    case ov::element::Type_t::f16:
      CopyAsFloats<ov::float16>(tensor, out);
      return true;
    default:
      return false;
  }
}

}  // namespace

struct Network::State {
  ov::CompiledModel compiled;
  ov::InferRequest request;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  std::string_view precision = "f32";

  Result<std::size_t> InputNamed(std::string_view name) const {
    if (name.empty() && inputs.size() == 1) return 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto& names = compiled.inputs()[i].get_names();
      if (inputs[i].name == name || names.contains(std::string(name))) return i;
    }
    return Fail(ErrorCode::kInvalidInput, "the network has no input '" + std::string(name) + "'");
  }

  Result<std::size_t> OutputNamed(const std::string& name) const {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].name == name || compiled.outputs()[i].get_names().contains(name)) return i;
    }
    std::string known;
    for (const Port& port : outputs) known += (known.empty() ? "" : ", ") + port.name;
    return Fail(ErrorCode::kNotFound, "the network has no output '" + name + "'; it has " + known);
  }

  Status Feed(const InputTensor& input) {
    MEDLEY_ASSIGN_OR_RETURN(const std::size_t index, InputNamed(input.name));
    const Port& port = inputs[index];
    if (port.type != input.type) {
      return Fail(ErrorCode::kInvalidInput,
                  "input '" + port.name + "' takes numbers of another type");
    }
    const ov::PartialShape& wanted = compiled.inputs()[index].get_partial_shape();
    if (!wanted.compatible(ov::PartialShape(ov::Shape(input.shape)))) {
      const std::vector<std::int64_t> given(input.shape.begin(), input.shape.end());
      return Fail(
          ErrorCode::kInvalidInput,
          "input '" + port.name + "' takes " + ShapeText(port.shape) + ", not " + ShapeText(given));
    }
    // OpenVINO takes a mutable pointer and only reads from it.
    const ov::Tensor tensor(
        TypeOf(input.type), ov::Shape(input.shape), const_cast<void*>(input.data));
    request.set_input_tensor(index, tensor);
    return {};
  }

  Result<OutputTensor> Fetch(std::size_t index) {
    const ov::Tensor tensor = request.get_output_tensor(index);
    OutputTensor output;
    output.shape = tensor.get_shape();
    if (!ToFloats(tensor, output.values)) {
      return Fail(ErrorCode::kUnsupported,
                  "output '" + outputs[index].name + "' is of type " +
                      tensor.get_element_type().to_string());
    }
    return output;
  }
};

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

const std::vector<Port>& Network::inputs() const { return state_->inputs; }
const std::vector<Port>& Network::outputs() const { return state_->outputs; }
std::string_view Network::precision() const { return state_->precision; }

Network NetworkOf::Compile(const std::shared_ptr<ov::Model>& model, const NetworkOptions& options) {
  auto state = std::make_unique<Network::State>();
  const bool bfloat16 = options.precision == Precision::kFastest && ComputesInBfloat16();
  if (bfloat16) state->precision = "bf16";
  state->compiled = Runtime().compile_model(
      model,
      "CPU",
      ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY),
      ov::hint::enable_cpu_pinning(false),
      ov::inference_num_threads(options.threads > 0 ? options.threads : ThreadCount()),
      ov::hint::inference_precision(bfloat16 ? ov::element::bf16 : ov::element::f32));
  state->request = state->compiled.create_infer_request();
  state->inputs = PortsOf(state->compiled.inputs());
  state->outputs = PortsOf(state->compiled.outputs());
  return Network(std::move(state));
}

Result<Network> Network::Load(const std::filesystem::path& path, const NetworkOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return Fail(ErrorCode::kNotFound, "no model file " + path.string());
  if (path.extension() == ".onnx") MEDLEY_RETURN_IF_ERROR(OnnxExternalFiles(path));
  try {
    const std::shared_ptr<ov::Model> model = ReadModel(path, options);
    return NetworkOf::Compile(model, options);
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kCorrupt, path.string() + " can't be loaded: " + ReasonOf(error));
  }
}

Result<std::vector<OutputTensor>> Network::Run(std::span<const InputTensor> inputs,
                                               std::span<const std::string> outputs) {
  std::vector<std::size_t> wanted;
  for (const std::string& name : outputs) {
    MEDLEY_ASSIGN_OR_RETURN(const std::size_t index, state_->OutputNamed(name));
    wanted.push_back(index);
  }
  if (outputs.empty()) {
    for (std::size_t i = 0; i < state_->outputs.size(); ++i) wanted.push_back(i);
  }
  if (inputs.size() != state_->inputs.size()) {
    return Fail(ErrorCode::kInvalidInput,
                "the network takes " + std::to_string(state_->inputs.size()) + " inputs, not " +
                    std::to_string(inputs.size()));
  }
  std::vector<OutputTensor> results;
  try {
    for (const InputTensor& input : inputs) MEDLEY_RETURN_IF_ERROR(state_->Feed(input));
    state_->request.infer();
    for (const std::size_t index : wanted) {
      MEDLEY_ASSIGN_OR_RETURN(OutputTensor output, state_->Fetch(index));
      results.push_back(std::move(output));
    }
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInvalidInput, "the network refused its input: " + ReasonOf(error));
  }
  return results;
}

std::string ShapeText(std::span<const std::int64_t> shape) {
  std::string text;
  for (const std::int64_t size : shape) {
    if (!text.empty()) text += 'x';
    text += size < 0 ? std::string("?") : std::to_string(size);
  }
  return text.empty() ? "a single number" : text;
}

}  // namespace medley::inference
