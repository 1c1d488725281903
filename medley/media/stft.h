#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::media {

/// How sound is cut into frames. Units: samples.
struct StftSpec {
  int n_fft = 512;  ///< length of a frame, even
  int hop = 256;    ///< from the start of one frame to the start of the next
};

/// The power spectrum of one frame under a periodic Hann window: |FFT(window * frame)|^2, not
/// normalised.
/// Threads: one an instance.
/// Cost: a real FFT, n log n.
class FrameSpectrum {
 public:
  /// `n_fft` is even and in 2 .. 65536.
  explicit FrameSpectrum(int n_fft);
  FrameSpectrum(FrameSpectrum&&) noexcept;
  ~FrameSpectrum();

  std::size_t bins() const;
  const std::vector<float>& window() const;
  /// Shapes: `frame` holds n_fft samples, `power` bins() = n_fft / 2 + 1 values from 0 Hz to half
  /// the sample rate.
  void Power(std::span<const float> frame, std::span<float> power);

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

/// How many frames the centred transform makes of `samples` samples: 1 + samples / hop; none of
/// none.
std::size_t FrameCount(std::size_t samples, const StftSpec& spec);

/// Copies the frame whose middle is sample `index * hop`, with zeros before the start and after the
/// end of the sound.
void CopyCentredFrame(std::span<const float> samples,
                      const StftSpec& spec,
                      std::size_t index,
                      std::span<float> frame);

/// The short-time Fourier transform's power, frames centred on multiples of hop and zeros beyond
/// both ends.
/// Shapes: FrameCount rows, n_fft / 2 + 1 columns.
/// Errors: kInvalidInput for a spec that makes no sense.
/// Source: as librosa.stft(center=True, pad_mode="constant", window="hann"), squared.
Result<linalg::Matrix> PowerSpectrogram(std::span<const float> samples, const StftSpec& spec);

/// Errors: kInvalidInput saying which number is out of its range.
Status CheckStftSpec(const StftSpec& spec);

}  // namespace medley::media
