#include "medley/media/augment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::media {
namespace {

Image Drawn(int side, std::uint64_t seed) {
  Random random(seed);
  Image image{.side = side, .rgb = {}};
  for (int i = 0; i < side * side * 3; ++i)
    image.rgb.push_back(static_cast<std::uint8_t>(random.Below(256)));
  return image;
}

Sound Sine(std::size_t count) {
  Sound sound{.sample_rate = 8000, .samples = {}};
  for (std::size_t i = 0; i < count; ++i)
    sound.samples.push_back(0.5F * std::sin(0.2F * static_cast<float>(i)));
  return sound;
}

TEST(AugmentImage, KeepsTheShapeAndIsTheSameForASeed) {
  for (const int side : {1, 2, 7, 32}) {
    const Image image = Drawn(side, 3);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const Random random(seed);
      for (const auto& [one, again] :
           {std::pair(CropAnew(image, 0.3, random), CropAnew(image, 0.3, random)),
            std::pair(ChangeColours(image, 0.4, random), ChangeColours(image, 0.4, random)),
            std::pair(CutOut(image, 0.2, random), CutOut(image, 0.2, random))}) {
        EXPECT_EQ(one.side, side);
        EXPECT_EQ(one.rgb.size(), image.rgb.size());
        EXPECT_EQ(one.rgb, again.rgb);
      }
    }
  }
  const Image image = Drawn(16, 1);
  EXPECT_NE(CropAnew(image, 0.3, Random(1)).rgb, CropAnew(image, 0.3, Random(2)).rgb);
  EXPECT_NE(ChangeColours(image, 0.3, Random(1)).rgb, ChangeColours(image, 0.3, Random(2)).rgb);
}

TEST(AugmentImage, WithNothingToDoDoesNothing) {
  const Image image = Drawn(16, 5);
  Image mirrored = image;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      for (int c = 0; c < 3; ++c)
        mirrored.rgb[(y * 16 + x) * 3 + c] = image.rgb[(y * 16 + 15 - x) * 3 + c];
  int same = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto whole = CropAnew(image, 1, Random(seed));
    EXPECT_TRUE(whole.rgb == image.rgb || whole.rgb == mirrored.rgb);
    same += whole.rgb == image.rgb ? 1 : 0;
  }
  EXPECT_GT(same, 5);
  EXPECT_LT(same, 35);
  EXPECT_EQ(ChangeColours(image, 0, Random(1)).rgb, image.rgb);
  EXPECT_EQ(CutOut(image, 0, Random(1)).rgb, image.rgb);
}

TEST(AugmentImage, ACropHasTheColoursOfItsPicture) {
  Image image{.side = 24, .rgb = std::vector<std::uint8_t>(24 * 24 * 3, 77)};
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_THAT(CropAnew(image, 0.1, Random(seed)).rgb, ::testing::Each(77));
}

TEST(AugmentImage, ACutOutIsAGreySquareOfAtMostItsArea) {
  const Image image{.side = 20, .rgb = std::vector<std::uint8_t>(20 * 20 * 3, 10)};
  std::ptrdiff_t most = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto cut = CutOut(image, 0.25, Random(seed));
    const auto grey = std::ranges::count(cut.rgb, 128);
    EXPECT_EQ(grey + std::ranges::count(cut.rgb, 10), 20 * 20 * 3);
    EXPECT_LE(grey, 11 * 11 * 3);
    most = std::max(most, grey);
  }
  EXPECT_GE(most, 9 * 9 * 3);
}

TEST(AugmentSound, SpeedChangesLengthAndNothingElse) {
  const Sound sound = Sine(4000);
  std::vector<std::size_t> lengths;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto changed = ChangeSpeed(sound, 0.2, Random(seed));
    EXPECT_EQ(changed.samples, ChangeSpeed(sound, 0.2, Random(seed)).samples);
    EXPECT_EQ(changed.sample_rate, 8000);
    EXPECT_GE(changed.samples.size(), 3333U);
    EXPECT_LE(changed.samples.size(), 5000U);
    EXPECT_LE(*std::ranges::max_element(changed.samples), 0.5F);
    EXPECT_GE(*std::ranges::min_element(changed.samples), -0.5F);
    lengths.push_back(changed.samples.size());
  }
  EXPECT_LT(*std::ranges::min_element(lengths), 3600U);
  EXPECT_GT(*std::ranges::max_element(lengths), 4500U);
  EXPECT_EQ(ChangeSpeed(sound, 0, Random(1)).samples, sound.samples);
  EXPECT_EQ(ChangeSpeed(Sine(1), 0.5, Random(4)).samples.size(), 1U);
}

TEST(AugmentSound, NoiseIsAsLoudAsAskedFor) {
  const Sound sound = Sine(20'000);
  const auto power = static_cast<double>(linalg::SquaredNorm(sound.samples));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto noisy = AddNoise(sound, 10, Random(seed));
    EXPECT_EQ(noisy.samples, AddNoise(sound, 10, Random(seed)).samples);
    auto noise = noisy.samples;
    linalg::Axpy(-1, sound.samples, noise);
    const double db = 10 * std::log10(power / static_cast<double>(linalg::SquaredNorm(noise)));
    EXPECT_GT(db, 9.5);
    EXPECT_LT(db, 30.5);
    EXPECT_LE(*std::ranges::max_element(noisy.samples), 1.0F);
  }
  const Sound silence{.sample_rate = 8000, .samples = std::vector<float>(100)};
  EXPECT_EQ(AddNoise(silence, 10, Random(1)).samples, silence.samples);
}

TEST(AugmentSound, WithoutSamplesStaysEmpty) {
  const Sound none{.sample_rate = 8000, .samples = {}};
  EXPECT_TRUE(ChangeSpeed(none, 0.2, Random(1)).samples.empty());
  EXPECT_TRUE(AddNoise(none, 10, Random(1)).samples.empty());
}

TEST(MaskRuns, HidesRunsOfFramesAndBandsOnly) {
  const MaskSpec spec{.time_count = 1, .time_share = 0.2, .band_count = 1, .band_share = 0.2};
  bool some_frames = false;
  bool some_bands = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    linalg::Matrix mel(50, 40, 1.0F);
    MaskRuns(spec, Random(seed), mel);
    std::size_t frames = 0;
    std::size_t bands = 0;
    for (std::size_t t = 0; t < 50; ++t)
      frames += std::ranges::count(mel.Row(t), 0.0F) == 40 ? 1 : 0;
    for (std::size_t b = 0; b < 40; ++b) {
      std::size_t hidden = 0;
      for (std::size_t t = 0; t < 50; ++t) hidden += mel(t, b) == 0 ? 1 : 0;
      bands += hidden == 50 ? 1 : 0;
    }
    EXPECT_LE(frames, 10U);
    EXPECT_LE(bands, 8U);
    const float left = std::accumulate(mel.data(), mel.data() + 50 * 40, 0.0F);
    EXPECT_EQ(left, static_cast<float>((50 - frames) * (40 - bands)));
    some_frames = some_frames || frames > 5;
    some_bands = some_bands || bands > 4;
  }
  EXPECT_TRUE(some_frames);
  EXPECT_TRUE(some_bands);
}

TEST(MaskRuns, LeavesAnEmptyPictureEmpty) {
  linalg::Matrix none(0, 40);
  MaskRuns({}, Random(1), none);
  EXPECT_EQ(none.rows(), 0U);
}

}  // namespace
}  // namespace medley::media
