#include "medley/encoders/audio/timbre_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/audio/musicnn_encoder.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/unit_row.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/log_mel.h"

namespace medley::encoders {
namespace {

/// Means of the bands, then their deviations.
std::vector<float> StatisticsOf(const linalg::Matrix& mel) {
  const std::size_t bands = mel.cols();
  std::vector<double> sums(2 * bands);
  for (std::size_t frame = 0; frame < mel.rows(); ++frame) {
    for (std::size_t band = 0; band < bands; ++band) {
      const auto value = static_cast<double>(mel(frame, band));
      sums[band] += value;
      sums[bands + band] += value * value;
    }
  }
  const auto n = static_cast<double>(mel.rows());
  std::vector<float> out(2 * bands);
  for (std::size_t band = 0; band < bands; ++band) {
    const double mean = sums[band] / n;
    out[band] = static_cast<float>(mean);
    out[bands + band] =
        static_cast<float>(std::sqrt(std::max(0.0, sums[bands + band] / n - mean * mean)));
  }
  return out;
}

}  // namespace

const std::vector<ParameterSpec>& TimbreEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "max_seconds",
       .default_value = 30.0,
       .help = "how much of a sound is listened to, from its beginning",
       .min = 1,
       .max = 3600},
      {.name = "musicnn",
       .default_value = true,
       .help = "musicnn's numbers beside; false: the bands' statistics alone, without any model"}};
  return specs;
}

Result<std::unique_ptr<Encoder>> TimbreEncoder::Make(const Parameters& parameters) {
  std::unique_ptr<TimbreEncoder> encoder(new TimbreEncoder);
  encoder->max_seconds_ = parameters.Real("max_seconds");
  std::string model = "none";
  if (parameters.Bool("musicnn")) {
    MEDLEY_ASSIGN_OR_RETURN(encoder->musicnn_, MusicnnEncoder::Load(encoder->max_seconds_));
    model = encoder->musicnn_->fingerprint();
  }
  encoder->fingerprint_ =
      FingerprintOf("timbre 1", model, "max_seconds=" + std::to_string(encoder->max_seconds_));
  return encoder;
}

std::size_t TimbreEncoder::dimension() const {
  return kStatistics + (musicnn_ == nullptr ? 0 : MusicnnEncoder::kDimension);
}

media::ClipSpec TimbreEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.sound = {.sample_rate = media::LogMelSpec{}.sample_rate, .max_seconds = max_seconds_};
  return spec;
}

Status TimbreEncoder::Encode(std::span<const Input> inputs,
                             TextRole /*role*/,
                             linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto sounds, TakeAll<media::Sound>(inputs, modality()));
  linalg::Matrix rows(sounds.size(), dimension());
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    const auto mel = media::LogMel(*sounds[i]);
    if (!mel) return BadInput(modality(), i, mel.error().message);
    if (mel->rows() == 0) return BadInput(modality(), i, "it has no samples");
    WriteUnitRow(StatisticsOf(*mel), rows.Row(i).first(kStatistics));
  }
  if (musicnn_ != nullptr) {
    const linalg::MatrixView heard{.data = rows.data() + kStatistics,
                                   .rows = rows.rows(),
                                   .cols = MusicnnEncoder::kDimension,
                                   .stride = rows.cols()};
    MEDLEY_RETURN_IF_ERROR(musicnn_->EncodeSounds(sounds, heard));
  }
  for (std::size_t i = 0; i < sounds.size(); ++i) WriteUnitRow(rows.Row(i), out.Row(i));
  return {};
}

}  // namespace medley::encoders
