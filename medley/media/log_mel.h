#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::media {

/// The picture of a sound that audio models look at. The defaults are those of musicnn.
struct LogMelSpec {
  int sample_rate = 16000;  ///< of the sound; another rate is an error, not resampled
  int n_fft = 512;
  int hop = 256;
  int n_mels = 96;
  double min_hz = 0;
  double max_hz = 0;    ///< 0: half the sample rate
  float gain = 10'000;  ///< g in log10(g x + 1)
};

/// One triangle on the mel scale, kept as its non-zero run of FFT bins.
struct MelBand {
  std::size_t first_bin = 0;
  std::vector<float> weights;
};

/// Hz <-> mel on Slaney's scale: linear below 1 kHz, logarithmic above.
double HzToMel(double hz);
double MelToHz(double mel);

/// Triangles of equal area, evenly spaced in mel.
/// Source: Slaney, Auditory Toolbox (1998); as librosa.filters.mel.
std::vector<MelBand> MelBands(const LogMelSpec& spec);

/// log10(gain * mel(|STFT|^2) + 1).
/// Shapes: 1 + samples / hop rows (frames centred on multiples of hop, zeros beyond the ends),
/// n_mels columns.
/// Missing: no rows for a sound without samples.
/// Errors: kInvalidInput for another sample rate or a spec that makes no sense.
/// Cost: about 1 ms for 3 s at 16 kHz.
Result<linalg::Matrix> LogMel(const Sound& sound, const LogMelSpec& spec = {});

}  // namespace medley::media
