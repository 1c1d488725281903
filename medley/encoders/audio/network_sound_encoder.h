#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/inference/network.h"

namespace medley::encoders {

/// Sound features of any ONNX, OpenVINO, TensorFlow Lite or TensorFlow network of the operator's
/// own choosing, which takes a window of samples [window] or [1, window]. The chosen output,
/// flattened, is averaged over the windows of a sound. A recurrent network names its state (state =
/// "state=stateN": input = output); it is zeros at the beginning of a sound and handed on from
/// window to window. A whole-number input is given the sample rate.
class NetworkSoundEncoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "openvino"; }
  data::Modality modality() const override { return data::Modality::kAudio; }
  std::size_t dimension() const override { return dimension_; }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 8; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  explicit NetworkSoundEncoder(inference::Network network) : network_(std::move(network)) {}
  Status ReadPorts(const Parameters& parameters);
  Status ReadState(const Parameters& parameters);
  /// One window; `state` goes in and comes out.
  Result<std::vector<float>> RunWindow(const std::vector<float>& window, std::vector<float>& state);
  Result<std::vector<float>> Features(const media::Sound& sound);

  inference::Network network_;
  std::vector<std::string> outputs_;  ///< the vector, then the state where there is one
  const inference::Port* samples_ = nullptr;
  const inference::Port* state_ = nullptr;
  const inference::Port* rate_ = nullptr;
  std::int64_t sample_rate_ = 0;
  double max_seconds_ = 0;
  std::size_t window_ = 0;
  std::size_t hop_ = 0;
  std::size_t state_size_ = 0;
  bool last_ = false;
  std::size_t dimension_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
