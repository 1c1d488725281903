#include "medley/media/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/random.h"
#include "medley/media/decoder.h"
#include "medley/media/scene_changes.h"

namespace medley::media {
namespace {

Image Flat(int side, std::uint8_t value) {
  return {.side = side, .rgb = std::vector<std::uint8_t>(3 * side * side, value)};
}

/// Squares of random colours.
Image Squares(int side, int edge, std::uint64_t seed) {
  const Random random(seed);
  Image image{.side = side, .rgb = {}};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      for (int c = 0; c < 3; ++c) {
        Random own =
            random.Fork(static_cast<std::uint64_t>(((y / edge) * side + x / edge) * 3 + c));
        image.rgb.push_back(static_cast<std::uint8_t>(30 + own.Below(190)));
      }
  return image;
}

/// The mean over a square around each pixel.
Image Blurred(const Image& image, int reach) {
  Image out = image;
  for (int y = 0; y < image.side; ++y)
    for (int x = 0; x < image.side; ++x)
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        int count = 0;
        for (int py = std::max(0, y - reach); py <= std::min(image.side - 1, y + reach); ++py)
          for (int px = std::max(0, x - reach); px <= std::min(image.side - 1, x + reach); ++px) {
            sum += image.rgb[(py * image.side + px) * 3 + c];
            ++count;
          }
        out.rgb[(y * image.side + x) * 3 + c] = static_cast<std::uint8_t>(sum / count);
      }
  return out;
}

Sound Loud(double seconds, float volume) {
  Sound sound{.sample_rate = 16000, .samples = {}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(seconds * 16000); ++i) {
    sound.samples.push_back(
        std::clamp(volume * std::sin(0.3F * static_cast<float>(i)), -1.0F, 1.0F));
  }
  return sound;
}

TEST(ImageQuality, FallsWithBlur) {
  const Image sharp = Squares(96, 8, 1);
  EXPECT_EQ(QualityOf(sharp), 1);
  double last = 1;
  for (const int reach : {4, 8, 16}) {
    const double quality = QualityOf(Blurred(sharp, reach));
    EXPECT_LE(quality, last) << reach;
    EXPECT_GE(quality, kLeastQuality);
    last = quality;
  }
  EXPECT_LT(last, 0.3);
}

TEST(ImageQuality, IsLeastForAPictureOfNothing) {
  for (const std::uint8_t value : {0, 128, 255})
    EXPECT_EQ(QualityOf(Flat(64, value)), kLeastQuality);
  EXPECT_EQ(QualityOf(Image{}), kLeastQuality);
  EXPECT_EQ(QualityOf(Flat(2, 9)), kLeastQuality);
}

TEST(ImageQuality, ForgivesAWhiteBackgroundButNotABurntPicture) {
  Image article = Flat(64, 255);
  const Image thing = Squares(64, 8, 2);
  for (int y = 16; y < 48; ++y)
    std::copy_n(&thing.rgb[(y * 64 + 16) * 3], 32 * 3, &article.rgb[(y * 64 + 16) * 3]);
  EXPECT_GT(QualityOf(article), 0.9);
}

TEST(SoundQuality, KnowsSilenceClippingAndTooShort) {
  EXPECT_EQ(QualityOf(Loud(2, 0.5F)), 1);
  EXPECT_EQ(QualityOf(Loud(2, 0)), kLeastQuality);
  EXPECT_EQ(QualityOf(Loud(2, 0.001F)), kLeastQuality);
  EXPECT_EQ(QualityOf(Sound{.sample_rate = 16000, .samples = {}}), kLeastQuality);
  EXPECT_NEAR(QualityOf(Loud(0.25, 0.5F)), 0.5, 0.01);
  EXPECT_EQ(QualityOf(Loud(2, 50)), kLeastQuality);
  const double some = QualityOf(Loud(2, 1.02F));
  EXPECT_GT(some, 0.3);
  EXPECT_LT(some, 0.9);
  Sound half = Loud(1, 0.5F);
  half.samples.resize(16000 * 5);
  EXPECT_NEAR(QualityOf(half), 0.2 / 0.3, 0.02);
}

TEST(ClipQuality, IsTheMeanOfWhatThereIs) {
  const Image sharp = Squares(64, 8, 1);
  const Sound sound = Loud(0.25, 0.5F);
  EXPECT_EQ(QualityOf(Clip{.frames = {sharp}, .sound = {}}), 1);
  EXPECT_NEAR(QualityOf(Clip{.frames = {}, .sound = sound}), 0.5, 0.01);
  EXPECT_NEAR(QualityOf(Clip{.frames = {sharp, sharp}, .sound = sound}), 0.75, 0.01);
  EXPECT_NEAR(QualityOf(Clip{.frames = {sharp, Flat(64, 0)}, .sound = {}}), 0.525, 0.001);
  EXPECT_EQ(QualityOf(Clip{}), kLeastQuality);
}

/// A film of scenes of so many frames, each frame slightly noisy.
std::vector<Image> Film(const std::vector<int>& lengths) {
  std::vector<Image> frames;
  Random noise(9);
  for (std::size_t scene = 0; scene < lengths.size(); ++scene) {
    for (int i = 0; i < lengths[scene]; ++i) {
      Image frame = Squares(32, 8, 100 + scene);
      for (auto& value : frame.rgb)
        value = static_cast<std::uint8_t>(value + static_cast<int>(noise.Below(9)) - 4);
      frames.push_back(std::move(frame));
    }
  }
  return frames;
}

TEST(PickByScene, TakesTheMiddleOfEachScene) {
  EXPECT_THAT(PickByScene(Film({9, 1, 4, 2}), 4), ::testing::ElementsAre(4, 9, 12, 15));
  EXPECT_THAT(PickByScene(Film({9, 1, 4, 2}), 2), ::testing::ElementsAre(4, 12));
}

TEST(PickByScene, SpreadsOverLongScenes) {
  EXPECT_THAT(PickByScene(Film({12}), 4), ::testing::ElementsAre(1, 4, 7, 10));
  EXPECT_THAT(PickByScene(Film({2, 10}), 3), ::testing::ElementsAre(1, 4, 9));
  EXPECT_THAT(PickByScene(Film({1, 1, 1, 1, 1, 1, 1, 1}), 4), ::testing::SizeIs(4));
}

TEST(PickByScene, TakesWhatThereIs) {
  EXPECT_TRUE(PickByScene({}, 4).empty());
  EXPECT_THAT(PickByScene(Film({2}), 4), ::testing::ElementsAre(0, 1));
  EXPECT_THAT(PickByScene(Film({3}), 0), ::testing::IsEmpty());
  for (std::size_t n = 1; n < 12; ++n) {
    const auto picked = PickByScene(Film({3, 1, 5, 1, 2}), n);
    EXPECT_EQ(picked.size(), n);
    EXPECT_TRUE(std::ranges::is_sorted(picked));
    EXPECT_EQ(std::ranges::adjacent_find(picked), picked.end());
  }
}

}  // namespace
}  // namespace medley::media
