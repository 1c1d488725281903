#include "medley/media/log_mel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/stft.h"

namespace medley::media {
namespace {

constexpr double kHzPerMel = 200.0 / 3;  // of the linear part
constexpr double kBreakHz = 1000;
constexpr double kBreakMel = kBreakHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27;  // 27 mel from 1 kHz to 6.4 kHz

double TopHz(const LogMelSpec& spec) {
  return spec.max_hz > 0 ? spec.max_hz : spec.sample_rate / 2.0;
}

Status CheckSpec(const LogMelSpec& spec) {
  MEDLEY_RETURN_IF_ERROR(CheckStftSpec({spec.n_fft, spec.hop}));
  if (spec.sample_rate < 1 || spec.n_mels < 1 || spec.n_mels > spec.n_fft) {
    return Fail(ErrorCode::kInvalidInput,
                "log-mel needs a sample rate above 0 and 1 to n_fft bands");
  }
  const bool in_order = spec.min_hz >= 0 && spec.min_hz < TopHz(spec);
  if (!in_order || TopHz(spec) > spec.sample_rate / 2.0) {
    return Fail(ErrorCode::kInvalidInput,
                "log-mel needs 0 <= min_hz < max_hz <= half the sample rate");
  }
  return {};
}

MelBand Triangle(double low, double peak, double high, double hz_per_bin, std::size_t bins) {
  MelBand band;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double hz = static_cast<double>(bin) * hz_per_bin;
    const double height = std::min((hz - low) / (peak - low), (high - hz) / (high - peak));
    if (height <= 0) {
      if (!band.weights.empty()) break;
      continue;
    }
    if (band.weights.empty()) band.first_bin = bin;
    band.weights.push_back(static_cast<float>(height * 2 / (high - low)));
  }
  return band;
}

float Dot(const MelBand& band, const std::vector<float>& power) {
  float sum = 0;
  const float* values = power.data() + band.first_bin;
  for (std::size_t i = 0; i < band.weights.size(); ++i) sum += band.weights[i] * values[i];
  return sum;
}

}  // namespace

double HzToMel(double hz) {
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double MelToHz(double mel) {
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp((mel - kBreakMel) * kLogStep);
}

std::vector<MelBand> MelBands(const LogMelSpec& spec) {
  const double low = HzToMel(spec.min_hz);
  const double step = (HzToMel(TopHz(spec)) - low) / (spec.n_mels + 1);
  const double hz_per_bin = static_cast<double>(spec.sample_rate) / spec.n_fft;
  std::vector<MelBand> bands;
  for (int i = 0; i < spec.n_mels; ++i) {
    bands.push_back(Triangle(MelToHz(low + step * i),
                             MelToHz(low + step * (i + 1)),
                             MelToHz(low + step * (i + 2)),
                             hz_per_bin,
                             spec.n_fft / 2 + 1));
  }
  return bands;
}

Result<linalg::Matrix> LogMel(const Sound& sound, const LogMelSpec& spec) {
  MEDLEY_RETURN_IF_ERROR(CheckSpec(spec));
  if (sound.sample_rate != spec.sample_rate) {
    return Fail(ErrorCode::kInvalidInput,
                "the sound has " + std::to_string(sound.sample_rate) +
                    " samples a second, log-mel needs " + std::to_string(spec.sample_rate) +
                    ": decode it at that rate");
  }
  const StftSpec stft{spec.n_fft, spec.hop};
  const std::vector<MelBand> bands = MelBands(spec);
  FrameSpectrum spectrum(spec.n_fft);
  std::vector<float> frame(spec.n_fft);
  std::vector<float> power(spectrum.bins());
  linalg::Matrix mel(FrameCount(sound.samples.size(), stft), bands.size());
  for (std::size_t row = 0; row < mel.rows(); ++row) {
    CopyCentredFrame(sound.samples, stft, row, frame);
    spectrum.Power(frame, power);
    for (std::size_t i = 0; i < bands.size(); ++i) {
      mel(row, i) = std::log10(spec.gain * Dot(bands[i], power) + 1);
    }
  }
  return mel;
}

}  // namespace medley::media
