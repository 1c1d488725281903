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
#include "medley/encoders/audio/musicnn_encoder.h"
#include "medley/encoders/encoder.h"

namespace medley::encoders {

/// Mean and deviation over time of each band of the log-mel picture, 192 numbers, beside musicnn's
/// 200, both of the same length. For short sounds, of which musicnn, made for music, says less than
/// their plain colour and how it fades. Without musicnn it needs no model.
class TimbreEncoder : public Encoder {
 public:
  static constexpr std::size_t kStatistics = 192;

  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "timbre"; }
  data::Modality modality() const override { return data::Modality::kAudio; }
  std::size_t dimension() const override;
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 16; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  TimbreEncoder() = default;

  std::unique_ptr<MusicnnEncoder> musicnn_;  ///< nullptr: without
  double max_seconds_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
