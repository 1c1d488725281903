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

/// What short sounds are told by, of which musicnn, made for music, says less than their plain
/// colour and how it fades. Up to three parts of the same length: mean and deviation over time of
/// each band of the log-mel picture (192 numbers); its course, eight groups of bands at eleven
/// moments around the loudest, from 32 ms before to a second after (88 numbers); musicnn's 200.
/// Without musicnn it needs no model. Source of the course's idea: Peeters, A large set of audio
/// features for sound description, 2004 (attack and decay tell instruments apart).
class TimbreEncoder : public Encoder {
 public:
  static constexpr std::size_t kStatistics = 192;
  static constexpr std::size_t kCourse = 88;

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

  std::size_t own() const { return kStatistics + (course_ ? kCourse : 0); }

  bool course_ = true;
  std::unique_ptr<MusicnnEncoder> musicnn_;  ///< nullptr: without
  double max_seconds_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
