#pragma once

#include <array>
#include <cstddef>
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

/// Picture features of any ONNX, OpenVINO, TensorFlow Lite or TensorFlow network of the operator's
/// own choosing: one input [batch, side, side, 3] or [batch, 3, side, side], of bytes or floats;
/// the chosen output, flattened, is the vector.
class NetworkImageEncoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "openvino"; }
  data::Modality modality() const override { return data::Modality::kImage; }
  std::size_t dimension() const override { return dimension_; }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 16; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  explicit NetworkImageEncoder(inference::Network network) : network_(std::move(network)) {}
  /// What the network's input port decides; settings only where it leaves something open.
  Status ReadPort(const Parameters& parameters);
  Status ReadNormalisation(const Parameters& parameters);
  Result<inference::OutputTensor> RunOn(std::span<const media::Image* const> images);
  template <typename Scalar>
  std::vector<Scalar> Pixels(std::span<const media::Image* const> images) const;

  inference::Network network_;
  std::vector<std::string> output_;
  bool channels_first_ = false;
  bool bytes_ = false;
  bool bgr_ = false;
  std::size_t images_a_pass_ = 1;
  int side_ = 0;
  double crop_ = 0;
  std::array<float, 3> mean_{};
  std::array<float, 3> scale_{};
  std::size_t dimension_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
