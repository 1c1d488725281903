#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::inference {

enum class ElementType : std::uint8_t { kFloat32, kUInt8, kInt8, kInt32, kInt64, kOther };

/// An input or output of a network. Shapes: -1 where the network takes any size.
struct Port {
  std::string name;
  ElementType type = ElementType::kOther;
  std::vector<std::int64_t> shape;
};

/// Values for one input, in memory of the caller's. Row-major, of the type that the network wants
/// there.
struct InputTensor {
  std::string_view name;  ///< empty: the only input
  ElementType type = ElementType::kFloat32;
  std::vector<std::size_t> shape;
  const void* data = nullptr;
};

/// One output, as floats whatever its type.
struct OutputTensor {
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

enum class Precision : std::uint8_t {
  kFastest,  ///< bfloat16 where the processor computes in it, float32 elsewhere
  kFloat32
};

struct NetworkOptions {
  int threads = 0;  ///< 0: ThreadCount()
  Precision precision = Precision::kFastest;
  /// Shapes to give to inputs that leave them open, by name. Some models can't be compiled without.
  std::map<std::string, std::vector<std::int64_t>> shapes;
};

/// A neural network compiled for this processor, from ONNX, OpenVINO IR, TensorFlow Lite or
/// TensorFlow. Owns: the weights. Threads: one Run at a time.
class Network {
 public:
  /// Errors: kNotFound; kInvalidInput for an ONNX file whose weights lie outside its own folder;
  /// kCorrupt or kUnsupported with the loader's reason. Cost: 0.1 to 1 s, mostly compiling.
  static Result<Network> Load(const std::filesystem::path& path,
                              const NetworkOptions& options = {});
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  const std::vector<Port>& inputs() const;
  const std::vector<Port>& outputs() const;
  /// "bf16" or "f32": what it computes in.
  std::string_view precision() const;

  /// Gives one OutputTensor for each name in `outputs`, in their order; for every output when that
  /// is empty. Errors: kInvalidInput naming the input whose name, type or shape the network doesn't
  /// take; kNotFound for an output that it hasn't.
  Result<std::vector<OutputTensor>> Run(std::span<const InputTensor> inputs,
                                        std::span<const std::string> outputs = {});

 private:
  friend struct NetworkOf;  // openvino_network.h
  struct State;
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "1x224x224x3", with "?" for any size.
std::string ShapeText(std::span<const std::int64_t> shape);

}  // namespace medley::inference
