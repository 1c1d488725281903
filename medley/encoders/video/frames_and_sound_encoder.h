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
#include "medley/encoders/image/efficientnet_encoder.h"

namespace medley::encoders {

/// A film as the mean of the picture features of some frames, picked by scene, beside its sound
/// track's features. Each half has length 1/sqrt(2) where both are there; a half that is missing is
/// zeros and the other has length 1, so that the cosine of a silent film and one with sound is that
/// of their pictures, scaled.
class FramesAndSoundEncoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "frames_and_sound"; }
  data::Modality modality() const override { return data::Modality::kVideo; }
  std::size_t dimension() const override {
    return EfficientNetEncoder::kDimension + MusicnnEncoder::kDimension;
  }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 4; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  FramesAndSoundEncoder(std::unique_ptr<EfficientNetEncoder> frames,
                        std::unique_ptr<MusicnnEncoder> sound)
      : frames_(std::move(frames)), sound_(std::move(sound)) {}
  Status EncodeFrames(std::span<const media::Clip* const> clips, linalg::MatrixView out);
  Status EncodeSound(std::span<const media::Clip* const> clips, linalg::MatrixView out);

  std::unique_ptr<EfficientNetEncoder> frames_;
  std::unique_ptr<MusicnnEncoder> sound_;
  int frame_count_ = 0;
  bool by_scene_ = true;
  std::string fingerprint_;
};

}  // namespace medley::encoders
