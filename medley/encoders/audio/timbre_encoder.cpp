#include "medley/encoders/audio/timbre_encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
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

/// Frames from the loudest: geometric, as a sound fades.
constexpr std::array<std::ptrdiff_t, 11> kMoments = {-2, -1, 0, 1, 2, 4, 8, 16, 32, 48, 64};
constexpr std::size_t kGroups = 8;
static_assert(kMoments.size() * kGroups == TimbreEncoder::kCourse);

std::size_t LoudestFrame(const linalg::Matrix& mel) {
  std::size_t loudest = 0;
  double most = -1;
  for (std::size_t frame = 0; frame < mel.rows(); ++frame) {
    const auto row = mel.Row(frame);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    if (sum > most) {
      most = sum;
      loudest = frame;
    }
  }
  return loudest;
}

/// Moment by moment the means of the groups of bands; 0, silence, beyond the ends.
std::vector<float> CourseOf(const linalg::Matrix& mel) {
  const auto loudest = static_cast<std::ptrdiff_t>(LoudestFrame(mel));
  const std::size_t bands = mel.cols() / kGroups;
  std::vector<float> out;
  out.reserve(TimbreEncoder::kCourse);
  for (const std::ptrdiff_t moment : kMoments) {
    const std::ptrdiff_t frame = loudest + moment;
    const bool there = frame >= 0 && std::cmp_less(frame, mel.rows());
    for (std::size_t group = 0; group < kGroups; ++group) {
      float sum = 0;
      for (std::size_t band = group * bands; there && band < (group + 1) * bands; ++band)
        sum += mel(static_cast<std::size_t>(frame), band);
      out.push_back(sum / static_cast<float>(bands));
    }
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
      {.name = "course",
       .default_value = true,
       .help = "beside the bands' means and deviations, how they rise and fade"},
      {.name = "musicnn",
       .default_value = true,
       .help = "musicnn's numbers beside; false: without any model"}};
  return specs;
}

Result<std::unique_ptr<Encoder>> TimbreEncoder::Make(const Parameters& parameters) {
  std::unique_ptr<TimbreEncoder> encoder(new TimbreEncoder);
  encoder->max_seconds_ = parameters.Real("max_seconds");
  encoder->course_ = parameters.Bool("course");
  std::string model = "none";
  if (parameters.Bool("musicnn")) {
    MEDLEY_ASSIGN_OR_RETURN(encoder->musicnn_, MusicnnEncoder::Load(encoder->max_seconds_));
    model = encoder->musicnn_->fingerprint();
  }
  encoder->fingerprint_ = FingerprintOf(
      "timbre 2",
      model,
      "max_seconds=" + std::to_string(encoder->max_seconds_) + (encoder->course_ ? " course" : ""));
  return encoder;
}

std::size_t TimbreEncoder::dimension() const {
  return own() + (musicnn_ == nullptr ? 0 : MusicnnEncoder::kDimension);
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
    if (course_) WriteUnitRow(CourseOf(*mel), rows.Row(i).subspan(kStatistics, kCourse));
  }
  if (musicnn_ != nullptr) {
    const linalg::MatrixView heard{.data = rows.data() + own(),
                                   .rows = rows.rows(),
                                   .cols = MusicnnEncoder::kDimension,
                                   .stride = rows.cols()};
    MEDLEY_RETURN_IF_ERROR(musicnn_->EncodeSounds(sounds, heard));
  }
  for (std::size_t i = 0; i < sounds.size(); ++i) WriteUnitRow(rows.Row(i), out.Row(i));
  return {};
}

}  // namespace medley::encoders
