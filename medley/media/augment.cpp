#include "medley/media/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::media {
namespace {

constexpr std::size_t kChannels = 3;
constexpr std::array<float, kChannels> kLuma = {0.299F, 0.587F, 0.114F};
constexpr std::uint8_t kGrey = 128;
constexpr double kDbRange = 20;

std::uint8_t ToByte(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

/// Where a place between two pixels lies.
struct Between {
  std::size_t low = 0;
  std::size_t high = 0;
  double share = 0;  ///< of `high`
};
Between At(double place, std::size_t side) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(side - 1));
  const auto low = static_cast<std::size_t>(inside);
  return {low, std::min(low + 1, side - 1), inside - static_cast<double>(low)};
}

double GreyOf(const std::uint8_t* pixel) {
  return static_cast<double>(kLuma[0] * static_cast<float>(pixel[0]) +
                             kLuma[1] * static_cast<float>(pixel[1]) +
                             kLuma[2] * static_cast<float>(pixel[2]));
}

/// A run of at most `share` of `n`, anywhere.
std::pair<std::size_t, std::size_t> DrawRun(std::size_t n, double share, Random& random) {
  const auto widest = static_cast<std::size_t>(share * static_cast<double>(n));
  const auto width = static_cast<std::size_t>(random.Below(widest + 1));
  const auto begin = static_cast<std::size_t>(random.Below(n - width + 1));
  return {begin, begin + width};
}

}  // namespace

Image CropAnew(const Image& image, double least_area, Random random) {
  if (image.side <= 1) return image;
  const auto side = static_cast<std::size_t>(image.side);
  const double edge =
      std::sqrt(random.Uniform(std::clamp(least_area, 0.0, 1.0), 1)) * static_cast<double>(side);
  const double left = random.Uniform(0, static_cast<double>(side) - edge);
  const double top = random.Uniform(0, static_cast<double>(side) - edge);
  const bool mirrored = random.Bernoulli(0.5);
  const double step = edge / static_cast<double>(side);
  Image out{.side = image.side, .rgb = std::vector<std::uint8_t>(image.rgb.size())};
  for (std::size_t y = 0; y < side; ++y) {
    const Between row = At(top + (static_cast<double>(y) + 0.5) * step - 0.5, side);
    for (std::size_t x = 0; x < side; ++x) {
      const std::size_t across = mirrored ? side - 1 - x : x;
      const Between col = At(left + (static_cast<double>(across) + 0.5) * step - 0.5, side);
      for (std::size_t c = 0; c < kChannels; ++c) {
        const auto pixel = [&](std::size_t py, std::size_t px) {
          return static_cast<double>(image.rgb[(py * side + px) * kChannels + c]);
        };
        const double upper =
            pixel(row.low, col.low) * (1 - col.share) + pixel(row.low, col.high) * col.share;
        const double lower =
            pixel(row.high, col.low) * (1 - col.share) + pixel(row.high, col.high) * col.share;
        out.rgb[(y * side + x) * kChannels + c] =
            ToByte(upper * (1 - row.share) + lower * row.share);
      }
    }
  }
  return out;
}

Image ChangeColours(const Image& image, double strength, Random random) {
  const auto factor = [&] { return std::max(0.0, random.Uniform(1 - strength, 1 + strength)); };
  const double brightness = factor();
  const double contrast = factor();
  const double saturation = factor();
  Image out = image;
  double mean = 0;
  for (std::size_t i = 0; i < out.rgb.size(); i += kChannels) mean += GreyOf(&out.rgb[i]);
  mean *= static_cast<double>(kChannels) / std::max<double>(1, static_cast<double>(out.rgb.size()));
  for (std::size_t i = 0; i < out.rgb.size(); i += kChannels) {
    const double grey = GreyOf(&out.rgb[i]);
    for (std::size_t c = 0; c < kChannels; ++c) {
      const double colour = grey + saturation * (static_cast<double>(out.rgb[i + c]) - grey);
      out.rgb[i + c] = ToByte(brightness * (mean + contrast * (colour - mean)));
    }
  }
  return out;
}

Image CutOut(const Image& image, double area, Random random) {
  if (image.side <= 0) return image;
  Image out = image;
  const double edge = std::sqrt(std::clamp(area, 0.0, 1.0)) * image.side;
  const auto range = [&] {
    const double middle = random.Uniform(0, image.side);
    const auto cut = [&](double place) {
      return static_cast<std::size_t>(
          std::lround(std::clamp(place, 0.0, static_cast<double>(image.side))));
    };
    return std::pair(cut(middle - edge / 2), cut(middle + edge / 2));
  };
  const auto [top, bottom] = range();
  const auto [left, right] = range();
  const auto side = static_cast<std::size_t>(image.side);
  for (std::size_t y = top; y < bottom; ++y) {
    std::fill_n(out.rgb.begin() + static_cast<std::ptrdiff_t>((y * side + left) * kChannels),
                (right - left) * kChannels,
                kGrey);
  }
  return out;
}

Sound ChangeSpeed(const Sound& sound, double most, Random random) {
  const double speed = std::max(0.1, random.Uniform(1 - most, 1 + most));
  if (sound.samples.empty()) return sound;
  const auto length = static_cast<double>(sound.samples.size());
  const auto count = std::max<std::size_t>(1, static_cast<std::size_t>(length / speed));
  Sound out{.sample_rate = sound.sample_rate, .samples = std::vector<float>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const Between at = At(static_cast<double>(i) * speed, sound.samples.size());
    const auto share = static_cast<float>(at.share);
    out.samples[i] = sound.samples[at.low] * (1 - share) + sound.samples[at.high] * share;
  }
  return out;
}

Sound AddNoise(const Sound& sound, double least_db, Random random) {
  const double below = random.Uniform(least_db, least_db + kDbRange);
  if (sound.samples.empty()) return sound;
  const double power = static_cast<double>(linalg::SquaredNorm(sound.samples)) /
                       static_cast<double>(sound.samples.size());
  const double deviation = std::sqrt(power) * std::pow(10, -below / 20);
  Sound out = sound;
  for (float& sample : out.samples) {
    sample = static_cast<float>(
        std::clamp(static_cast<double>(sample) + deviation * random.Normal(), -1.0, 1.0));
  }
  return out;
}

void MaskRuns(const MaskSpec& spec, Random random, linalg::Matrix& mel) {
  for (std::size_t i = 0; i < spec.time_count; ++i) {
    const auto [begin, end] = DrawRun(mel.rows(), spec.time_share, random);
    for (std::size_t row = begin; row < end; ++row) std::ranges::fill(mel.Row(row), 0.0F);
  }
  for (std::size_t i = 0; i < spec.band_count; ++i) {
    const auto [begin, end] = DrawRun(mel.cols(), spec.band_share, random);
    for (std::size_t row = 0; row < mel.rows(); ++row)
      std::fill_n(mel.Row(row).begin() + static_cast<std::ptrdiff_t>(begin), end - begin, 0.0F);
  }
}

}  // namespace medley::media
