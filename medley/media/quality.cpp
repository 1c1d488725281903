#include "medley/media/quality.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "medley/linalg/kernels.h"
#include "medley/media/decoder.h"

namespace medley::media {
namespace {

/// Variance of the Laplacian from which a picture counts as sharp. Photographs of 224 pixels have
/// several hundred; out of focus, below 30.
constexpr double kSharp = 60;
/// Shares from which on exposure and clipping begin to count, so that a white background or one
/// loud beat costs nothing.
constexpr double kMuchBurnt = 0.5;
constexpr double kMuchClipped = 0.01;
constexpr double kAllClipped = 0.3;

constexpr double kLongEnough = 0.5;
constexpr double kMomentSeconds = 0.02;
/// Root mean square from which a moment can be heard: 54 dB below the loudest there can be.
constexpr double kAudible = 0.002;
constexpr double kOftenEnough = 0.3;  ///< share of moments that can be heard
constexpr float kAtTheEnd = 0.999F;

double Bounded(double quality) { return std::clamp(quality, kLeastQuality, 1.0); }

std::vector<float> GreyOf(const Image& image) {
  std::vector<float> grey(image.rgb.size() / 3);
  for (std::size_t i = 0; i < grey.size(); ++i) {
    grey[i] = 0.299F * static_cast<float>(image.rgb[3 * i]) +
              0.587F * static_cast<float>(image.rgb[3 * i + 1]) +
              0.114F * static_cast<float>(image.rgb[3 * i + 2]);
  }
  return grey;
}

double LaplacianVariance(const std::vector<float>& grey, std::size_t side) {
  double sum = 0;
  double squares = 0;
  for (std::size_t y = 1; y + 1 < side; ++y) {
    for (std::size_t x = 1; x + 1 < side; ++x) {
      const std::size_t at = y * side + x;
      const auto value = static_cast<double>(grey[at - 1] + grey[at + 1] + grey[at - side] +
                                             grey[at + side] - 4 * grey[at]);
      sum += value;
      squares += value * value;
    }
  }
  const auto n = static_cast<double>((side - 2) * (side - 2));
  return squares / n - (sum / n) * (sum / n);
}

}  // namespace

double QualityOf(const Image& image) {
  const auto side = static_cast<std::size_t>(std::max(0, image.side));
  if (side < 3 || image.rgb.size() != side * side * 3) return kLeastQuality;
  const auto grey = GreyOf(image);
  const auto burnt = static_cast<double>(
      std::ranges::count_if(grey, [](float value) { return value < 2 || value > 253; }));
  const double sharpness = LaplacianVariance(grey, side) / kSharp;
  const double exposed = (1 - burnt / static_cast<double>(grey.size())) / (1 - kMuchBurnt);
  // Of a drawing on white half the pixels say nothing, and its lines are all that it needs.
  return Bounded(std::min(sharpness, std::max(exposed, std::min(1.0, sharpness / 4))));
}

double QualityOf(const Sound& sound) {
  const std::size_t n = sound.samples.size();
  if (n == 0 || sound.sample_rate < 1) return kLeastQuality;
  const double seconds = static_cast<double>(n) / sound.sample_rate;
  const auto moment =
      std::max<std::size_t>(1, static_cast<std::size_t>(kMomentSeconds * sound.sample_rate));
  double heard = 0;
  double moments = 0;
  for (std::size_t begin = 0; begin < n; begin += moment, moments += 1) {
    const auto part = std::span(sound.samples).subspan(begin, std::min(moment, n - begin));
    const double power =
        static_cast<double>(linalg::SquaredNorm(part)) / static_cast<double>(part.size());
    heard += power >= kAudible * kAudible ? 1 : 0;
  }
  const auto clipped = static_cast<double>(std::ranges::count_if(
                           sound.samples, [](float x) { return std::abs(x) >= kAtTheEnd; })) /
                       static_cast<double>(n);
  return Bounded(std::min({seconds / kLongEnough,
                           heard / moments / kOftenEnough,
                           (kAllClipped - clipped) / (kAllClipped - kMuchClipped)}));
}

double QualityOf(const Clip& clip) {
  double pictures = 0;
  for (const Image& frame : clip.frames)
    pictures += QualityOf(frame) / static_cast<double>(clip.frames.size());
  if (clip.sound.samples.empty()) return Bounded(pictures);
  const double sound = QualityOf(clip.sound);
  return clip.frames.empty() ? sound : (pictures + sound) / 2;
}

}  // namespace medley::media
