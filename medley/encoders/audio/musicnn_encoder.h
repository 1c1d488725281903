#pragma once

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

/// Sound features of musicnn: log-mel pictures of 3 s through a convolutional network, 200 numbers,
/// averaged over the sound. Good at music, weak at speech. Source: Pons and Serra, musicnn (2019).
class MusicnnEncoder : public Encoder {
 public:
  static constexpr std::size_t kDimension = 200;

  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);
  static Result<std::unique_ptr<MusicnnEncoder>> Load(double max_seconds);

  std::string_view name() const override { return "musicnn"; }
  data::Modality modality() const override { return data::Modality::kAudio; }
  std::size_t dimension() const override { return kDimension; }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 16; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;
  /// The same for sounds that are no inputs of their own. Errors: kInvalidInput for a sound without
  /// samples or of another sample rate.
  Status EncodeSounds(std::span<const media::Sound* const> sounds, linalg::MatrixView out);

 private:
  explicit MusicnnEncoder(inference::Network network) : network_(std::move(network)) {}

  inference::Network network_;
  double max_seconds_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
