#include "medley/media/log_mel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/stft.h"

namespace medley::media {
namespace {

std::vector<float> Noise(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> samples(n);
  for (float& sample : samples) sample = static_cast<float>(random.Uniform(-1, 1));
  return samples;
}

Sound Sine(double hz, double seconds, double amplitude = 0.5) {
  Sound sound{16000, std::vector<float>(static_cast<std::size_t>(16000 * seconds))};
  for (std::size_t i = 0; i < sound.samples.size(); ++i) {
    sound.samples[i] = static_cast<float>(
        amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000));
  }
  return sound;
}

double Mean(const linalg::Matrix& m, std::size_t column) {
  double sum = 0;
  for (std::size_t row = 0; row < m.rows(); ++row) sum += m(row, column);
  return sum / static_cast<double>(m.rows());
}

TEST(FrameSpectrum, KeepsEnergyByParseval) {
  for (const int n : {2, 16, 250, 512, 2048}) {
    FrameSpectrum spectrum(n);
    const std::vector<float> frame = Noise(n, 7);
    std::vector<float> power(spectrum.bins());
    spectrum.Power(frame, power);
    double in_time = 0;
    for (int i = 0; i < n; ++i) in_time += std::pow(frame[i] * spectrum.window()[i], 2);
    double in_frequency = power.front() + power.back();
    for (std::size_t k = 1; k + 1 < power.size(); ++k) in_frequency += 2 * power[k];
    EXPECT_NEAR(in_frequency / n, in_time, 1e-5 * in_time) << n;
  }
}

TEST(FrameSpectrum, EqualsTheDefinition) {
  const int n = 64;
  FrameSpectrum spectrum(n);
  const std::vector<float> frame = Noise(n, 3);
  std::vector<float> power(spectrum.bins());
  spectrum.Power(frame, power);
  for (std::size_t k = 0; k < power.size(); ++k) {
    std::complex<double> sum = 0;
    for (int i = 0; i < n; ++i) {
      const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / n);
      sum +=
          frame[i] * hann * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) * i / n);
    }
    EXPECT_NEAR(power[k], std::norm(sum), 1e-4) << k;
  }
}

TEST(PowerSpectrogram, CentresFramesAndPadsWithZeros) {
  const StftSpec spec{8, 4};
  std::vector<float> samples(10);
  std::iota(samples.begin(), samples.end(), 1.F);
  std::vector<float> frame(8);
  CopyCentredFrame(samples, spec, 0, frame);
  EXPECT_THAT(frame, testing::ElementsAre(0, 0, 0, 0, 1, 2, 3, 4));
  CopyCentredFrame(samples, spec, 1, frame);
  EXPECT_THAT(frame, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  CopyCentredFrame(samples, spec, 2, frame);
  EXPECT_THAT(frame, testing::ElementsAre(5, 6, 7, 8, 9, 10, 0, 0));
  CopyCentredFrame(samples, spec, 9, frame);
  EXPECT_THAT(frame, testing::Each(0));
}

TEST(PowerSpectrogram, MakesFramesOfAnyLength) {
  const StftSpec spec{512, 256};
  for (const std::size_t n :
       {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256}, std::size_t{48000}}) {
    const auto power = PowerSpectrogram(std::vector<float>(n, 0.1F), spec);
    ASSERT_TRUE(power.has_value());
    EXPECT_EQ(power->rows(), n == 0 ? 0 : 1 + n / 256);
    EXPECT_EQ(power->cols(), 257U);
  }
}

TEST(PowerSpectrogram, IsQuadraticInLoudness) {
  const std::vector<float> samples = Noise(4000, 11);
  std::vector<float> louder = samples;
  for (float& sample : louder) sample *= 3;
  const auto one = PowerSpectrogram(samples, {});
  const auto nine = PowerSpectrogram(louder, {});
  ASSERT_TRUE(one.has_value() && nine.has_value());
  for (std::size_t row = 0; row < one->rows(); ++row) {
    for (std::size_t k = 0; k < one->cols(); ++k) {
      EXPECT_NEAR((*nine)(row, k), 9 * (*one)(row, k), 1e-4 * 9 * (*one)(row, k) + 1e-5);
    }
  }
}

TEST(PowerSpectrogram, RefusesSenselessSpecs) {
  for (const StftSpec spec :
       {StftSpec{511, 256}, {0, 1}, {512, 0}, {512, 513}, {-2, 1}, {1 << 20, 256}}) {
    const auto power = PowerSpectrogram(std::vector<float>(100), spec);
    ASSERT_FALSE(power.has_value());
    EXPECT_EQ(power.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(MelScale, IsInvertibleAndKnowsItsAnchors) {
  EXPECT_DOUBLE_EQ(HzToMel(1000), 15);
  EXPECT_NEAR(HzToMel(6400), 42, 1e-9);
  for (double hz = 0; hz < 20000; hz += 37) EXPECT_NEAR(MelToHz(HzToMel(hz)), hz, 1e-6);
}

TEST(MelBands, HaveEqualAreaWhereBinsAreDense) {
  LogMelSpec spec;
  spec.n_fft = 8192;
  const double hz_per_bin = 16000.0 / spec.n_fft;
  for (const MelBand& band : MelBands(spec)) {
    const double area = std::accumulate(band.weights.begin(), band.weights.end(), 0.0) * hz_per_bin;
    EXPECT_NEAR(area, 1, 0.05);
  }
}

TEST(MelBands, NeverReadPastTheSpectrum) {
  for (const int n_fft : {64, 512, 1024}) {
    LogMelSpec spec;
    spec.n_fft = n_fft;
    spec.hop = 32;
    for (const MelBand& band : MelBands(spec)) {
      EXPECT_LE(band.first_bin + band.weights.size(), static_cast<std::size_t>(n_fft / 2 + 1));
    }
  }
}

TEST(LogMel, PutsASineIntoItsBand) {
  for (const double hz : {300.0, 1000.0, 2500.0, 6000.0}) {
    const auto mel = LogMel(Sine(hz, 1));
    ASSERT_TRUE(mel.has_value());
    std::size_t loudest = 0;
    for (std::size_t band = 0; band < mel->cols(); ++band) {
      if (Mean(*mel, band) > Mean(*mel, loudest)) loudest = band;
    }
    const double expected = HzToMel(hz) / HzToMel(8000) * 97 - 1;
    EXPECT_NEAR(static_cast<double>(loudest), expected, 1.5) << hz;
  }
}

TEST(LogMel, IsZeroForSilenceAndGrowsWithLoudness) {
  const auto silence = LogMel({16000, std::vector<float>(16000)});
  ASSERT_TRUE(silence.has_value());
  EXPECT_EQ(silence->rows(), 63U);
  EXPECT_EQ(silence->cols(), 96U);
  EXPECT_EQ(*std::max_element(silence->data(), silence->data() + 63 * 96), 0);
  const auto quiet = LogMel({16000, Noise(16000, 5)});
  Sound loud{16000, Noise(16000, 5)};
  for (float& sample : loud.samples) sample *= 10;
  const auto louder = LogMel(loud);
  ASSERT_TRUE(quiet.has_value() && louder.has_value());
  // A hundred times the power is two more in log10 where the power is far above 1 / gain.
  EXPECT_NEAR((*louder)(30, 40) - (*quiet)(30, 40), 2, 0.02);
}

TEST(LogMel, FollowsAShiftByOneHop) {
  const std::vector<float> samples = Noise(8000, 9);
  const auto whole = LogMel({16000, samples});
  const auto later = LogMel({16000, {samples.begin() + 256, samples.end()}});
  ASSERT_TRUE(whole.has_value() && later.has_value());
  for (std::size_t row = 1; row + 2 < later->rows(); ++row) {
    for (std::size_t band = 0; band < 96; ++band) {
      EXPECT_NEAR((*later)(row, band), (*whole)(row + 1, band), 1e-4);
    }
  }
}

TEST(LogMel, RefusesAnotherRateAndSenselessSpecs) {
  EXPECT_EQ(LogMel({44100, std::vector<float>(100)}).error().code, ErrorCode::kInvalidInput);
  const Sound sound{16000, std::vector<float>(100)};
  EXPECT_FALSE(LogMel(sound, {.n_mels = 0}).has_value());
  EXPECT_FALSE(LogMel(sound, {.n_mels = 513}).has_value());
  EXPECT_FALSE(LogMel(sound, {.min_hz = 9000}).has_value());
  EXPECT_FALSE(LogMel(sound, {.max_hz = 9000}).has_value());
  EXPECT_EQ(LogMel({16000, {}})->rows(), 0U);
}

}  // namespace
}  // namespace medley::media
