#include "medley/media/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "tests/fuzz/children.h"
#include "tests/fuzz/sample_media.h"

namespace medley::media {
namespace {

using samples::Colour;
using samples::DecodeProgramIs;
using samples::FourQuarters;
using testing::HasSubstr;
using Rgb = std::array<int, 3>;

const Rgb kRed = {255, 0, 0};
const Rgb kGreen = {0, 255, 0};
const Rgb kBlue = {0, 0, 255};
const Rgb kYellow = {255, 255, 0};

/// The colour in the middle of a quarter: 0 upper left, 1 upper right, 2 lower left, 3 lower right.
Rgb Quarter(const Image& image, int quarter) {
  const int x = image.side * (quarter % 2 == 0 ? 1 : 3) / 4;
  const int y = image.side * (quarter / 2 == 0 ? 1 : 3) / 4;
  const std::uint8_t* pixel =
      image.rgb.data() + (static_cast<std::ptrdiff_t>(y) * image.side + x) * 3;
  return {pixel[0], pixel[1], pixel[2]};
}

MATCHER_P2(IsNear, colour, distance, "") {
  for (int c = 0; c < 3; ++c) {
    if (std::abs(arg[c] - colour[c]) > distance) return false;
  }
  return true;
}

void ExpectQuarters(const Image& image, const std::array<Rgb, 4>& colours, int distance = 12) {
  for (int i = 0; i < 4; ++i)
    EXPECT_THAT(Quarter(image, i), IsNear(colours[i], distance)) << "quarter " << i;
}

std::vector<int> Children() { return samples::ChildrenCalled("medley-decode"); }

class DecoderTest : public testing::Test {
 protected:
  static Decoder Start(const DecodeLimits& limits = {}) {
    auto decoder = Decoder::Start(limits);
    if (!decoder) ADD_FAILURE() << decoder.error().message;
    return std::move(decoder).value();
  }

  /// The good picture that must still be decoded after anything.
  static void ExpectWorks(Decoder& decoder) {
    auto image = decoder.DecodeImage(samples::Bmp(40, 40, FourQuarters(40, 40)), {.side = 32});
    ASSERT_TRUE(image.has_value()) << image.error().message;
    ExpectQuarters(*image, {kRed, kGreen, kBlue, kYellow});
  }
};

TEST_F(DecoderTest, IsLockedIn) {
  Decoder decoder = Start();
  ASSERT_EQ(Children().size(), 1U);
#ifndef __SANITIZE_ADDRESS__
  const std::string status = samples::ProcFile(Children()[0], "status");
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2\n"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1\n"));
  EXPECT_THAT(status, HasSubstr("Threads:\t1\n"));
  const std::string text = samples::ProcFile(Children()[0], "limits");
  EXPECT_THAT(text, testing::ContainsRegex("Max open files +0 +0 "));
  EXPECT_THAT(text, testing::ContainsRegex("Max file size +0 +0 "));
  EXPECT_THAT(text, testing::ContainsRegex("Max core file size +0 +0 "));
  EXPECT_THAT(text, testing::Not(testing::ContainsRegex("Max address space +unlimited")));
#endif
}

TEST_F(DecoderTest, LeavesNoChildBehind) {
  {
    const Decoder decoder = Start();
  }
  EXPECT_TRUE(Children().empty());
}

TEST_F(DecoderTest, SaysWhereTheProgramShouldBe) {
  const DecodeProgramIs nowhere("/nowhere/medley-decode");
  const auto decoder = Decoder::Start();
  ASSERT_FALSE(decoder.has_value());
  EXPECT_EQ(decoder.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(decoder.error().message, HasSubstr("MEDLEY_DECODE"));
  const DecodeProgramIs wrong("/bin/true");
  const auto other = Decoder::Start();
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::kUnavailable);
}

TEST_F(DecoderTest, CropsTheMiddle) {
  Decoder decoder = Start();
  // A green square of 100 in the middle of red: all that is left of a crop by 100 / 120.
  const auto painter = [](int x, int y) {
    return x >= 40 && x < 140 && y >= 10 && y < 110 ? Colour{0, 255, 0} : Colour{255, 0, 0};
  };
  const std::string picture = samples::Bmp(180, 120, painter);
  const auto image = decoder.DecodeImage(picture, {.side = 50, .crop = 100.0 / 120});
  ASSERT_TRUE(image.has_value());
  EXPECT_EQ(image->side, 50);
  ASSERT_EQ(image->rgb.size(), 50U * 50 * 3);
  for (std::size_t i = 0; i < image->rgb.size(); i += 3) {
    ASSERT_THAT((Rgb{image->rgb[i], image->rgb[i + 1], image->rgb[i + 2]}), IsNear(kGreen, 2));
  }
  const auto whole = decoder.DecodeImage(picture, {.side = 48, .crop = 1});
  ASSERT_TRUE(whole.has_value());
  EXPECT_THAT((Rgb{whole->rgb[0], whole->rgb[1], whole->rgb[2]}), IsNear(kRed, 2));
}

TEST_F(DecoderTest, SmoothsWhenReducing) {
  Decoder decoder = Start();
  const auto checks = [](int x, int y) {
    return (x + y) % 2 == 0 ? Colour{255, 255, 255} : Colour{};
  };
  const auto image =
      decoder.DecodeImage(samples::Png(512, 512, false, checks), {.side = 32, .crop = 1});
  ASSERT_TRUE(image.has_value());
  for (const std::uint8_t value : image->rgb) ASSERT_NEAR(value, 128, 3);
}

TEST_F(DecoderTest, LaysTransparencyOnWhite) {
  Decoder decoder = Start();
  const auto painter = [](int x, int) {
    return x < 20 ? Colour{0, 0, 255, 0} : Colour{0, 0, 0, 128};
  };
  const auto image =
      decoder.DecodeImage(samples::Png(40, 40, true, painter), {.side = 40, .crop = 1});
  ASSERT_TRUE(image.has_value());
  EXPECT_THAT(Quarter(*image, 0), IsNear(Rgb{255, 255, 255}, 1));
  EXPECT_THAT(Quarter(*image, 1), IsNear(Rgb{127, 127, 127}, 1));
}

TEST_F(DecoderTest, ReadsTheOtherPictureFormats) {
  if (!samples::HasProgram("ffmpeg")) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const std::string picture = samples::Bmp(96, 80, FourQuarters(96, 80));
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"", "jpg", "image/jpeg"},
      {"-lossless 1", "webp", "image/webp"},
      {"-pix_fmt pal8", "png", "image/png"},
      {"-pix_fmt rgb48be", "png", "image/png"},
      {"-pix_fmt rgba64be", "png", "image/png"},
      {"", "gif", "image/gif"}};
  for (const auto& [arguments, extension, mime] : cases) {
    const auto bytes = samples::Ffmpeg(arguments, extension, picture);
    ASSERT_TRUE(bytes.has_value()) << extension;
    const auto info = decoder.Probe(*bytes);
    ASSERT_TRUE(info.has_value()) << extension << info.error().message;
    EXPECT_EQ(info->mime, mime);
    EXPECT_EQ(info->width, 96);
    EXPECT_EQ(info->height, 80);
    const auto image = decoder.DecodeImage(*bytes, {.side = 64});
    ASSERT_TRUE(image.has_value()) << extension << image.error().message;
    ExpectQuarters(*image, {kRed, kGreen, kBlue, kYellow}, 24);
  }
}

TEST_F(DecoderTest, ReadsGreyAndOneBitPictures) {
  if (!samples::HasProgram("ffmpeg")) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const auto halves = [](int x, int) { return x < 35 ? Colour{} : Colour{255, 255, 255}; };
  for (const char* format : {"gray", "gray16be", "monob", "ya8", "ya16be"}) {
    const auto bytes =
        samples::Ffmpeg(std::string("-pix_fmt ") + format, "png", samples::Bmp(70, 50, halves));
    ASSERT_TRUE(bytes.has_value()) << format;
    const auto image = decoder.DecodeImage(*bytes, {.side = 40, .crop = 0.9});
    ASSERT_TRUE(image.has_value()) << format << image.error().message;
    EXPECT_THAT(Quarter(*image, 0), IsNear(Rgb{0, 0, 0}, 2)) << format;
    EXPECT_THAT(Quarter(*image, 1), IsNear(Rgb{255, 255, 255}, 2)) << format;
  }
}

TEST_F(DecoderTest, TurnsPicturesByTheirExifFlag) {
  const auto jpeg = samples::Ffmpeg("-q:v 2", "jpg", samples::Bmp(96, 80, FourQuarters(96, 80)));
  if (!jpeg) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const std::array<std::array<Rgb, 4>, 8> expected = {{{kRed, kGreen, kBlue, kYellow},
                                                       {kGreen, kRed, kYellow, kBlue},
                                                       {kYellow, kBlue, kGreen, kRed},
                                                       {kBlue, kYellow, kRed, kGreen},
                                                       {kRed, kBlue, kGreen, kYellow},
                                                       {kBlue, kRed, kYellow, kGreen},
                                                       {kYellow, kGreen, kBlue, kRed},
                                                       {kGreen, kYellow, kRed, kBlue}}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes = samples::WithExifOrientation(*jpeg, orientation);
    const auto info = decoder.Probe(bytes);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->width, orientation >= 5 ? 80 : 96) << orientation;
    const auto image = decoder.DecodeImage(bytes, {.side = 64});
    ASSERT_TRUE(image.has_value());
    SCOPED_TRACE(orientation);
    ExpectQuarters(*image, expected[orientation - 1], 40);
  }
}

TEST_F(DecoderTest, ConvertsInks) {
  Decoder decoder = Start();
  const std::vector<std::pair<std::vector<std::uint8_t>, Rgb>> cases = {
      {{0, 0, 0, 0}, {255, 255, 255}},
      {{0, 0, 0, 255}, {0, 0, 0}},
      {{255, 0, 0, 0}, {0, 255, 255}},
      {{0, 255, 255, 0}, {255, 0, 0}},
      {{0, 0, 255, 128}, {127, 127, 0}}};
  for (const auto& [inks, colour] : cases) {
    const auto image = decoder.DecodeImage(samples::CmykJpeg(32, 32, inks), {.side = 16});
    ASSERT_TRUE(image.has_value()) << image.error().message;
    EXPECT_THAT(Quarter(*image, 0), IsNear(colour, 4));
  }
}

TEST_F(DecoderTest, TakesTheFirstFrameOfMovingPictures) {
  Decoder decoder = Start();
  for (const char* extension : {"webp", "gif"}) {
    const auto moving = samples::Ffmpeg(
        "-f lavfi -i color=red:size=64x48:rate=5:duration=1 -f lavfi -i "
        "color=blue:size=64x48:rate=5:duration=1 "
        "-filter_complex concat -loop 0",
        extension);
    if (!moving) GTEST_SKIP() << "no ffmpeg program";
    const auto image = decoder.DecodeImage(*moving, {.side = 32});
    ASSERT_TRUE(image.has_value()) << image.error().message;
    EXPECT_THAT(Quarter(*image, 0), IsNear(kRed, 8)) << extension;
  }
}

TEST_F(DecoderTest, TakesPicturesOfAnySize) {
  Decoder decoder = Start();
  for (const auto& [width, height] :
       {std::pair{1, 1}, {2, 1}, {1, 9}, {7, 5}, {3000, 1}, {1, 3000}, {15, 16}}) {
    const auto image = decoder.DecodeImage(
        samples::Png(width, height, false, [](int, int) { return Colour{200, 100, 50}; }));
    ASSERT_TRUE(image.has_value()) << width << "x" << height << image.error().message;
    EXPECT_THAT(Quarter(*image, 3), IsNear(Rgb{200, 100, 50}, 1)) << width << "x" << height;
  }
}

double Rms(const Sound& sound) {
  double sum = 0;
  for (const float sample : sound.samples) sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(sound.samples.size()));
}

TEST_F(DecoderTest, ResamplesSoundToMono) {
  Decoder decoder = Start();
  for (const int rate : {8000, 16000, 22050, 44100, 48000, 96000}) {
    for (const int channels : {1, 2, 6}) {
      const auto sound = decoder.DecodeSound(samples::Wav(rate, channels, 1, 440));
      ASSERT_TRUE(sound.has_value()) << rate << sound.error().message;
      EXPECT_EQ(sound->sample_rate, 16000);
      EXPECT_NEAR(static_cast<double>(sound->samples.size()), 16000, 40) << rate;
      // Half of full scale in one channel of so many.
      EXPECT_NEAR(Rms(*sound), 0.5 / std::numbers::sqrt2 / channels, 0.005)
          << rate << " " << channels;
    }
  }
}

TEST_F(DecoderTest, KeepsTheWaveform) {
  Decoder decoder = Start();
  const auto sound = decoder.DecodeSound(samples::Wav(16000, 1, 0.5, 440));
  ASSERT_TRUE(sound.has_value());
  ASSERT_EQ(sound->samples.size(), 8000U);
  for (int i = 0; i < 8000; ++i) {
    ASSERT_NEAR(sound->samples[i], 0.5 * std::sin(2 * std::numbers::pi * 440 * i / 16000), 1e-4)
        << i;
  }
}

TEST_F(DecoderTest, StopsAtTheSecondsAskedFor) {
  Decoder decoder = Start();
  const auto sound = decoder.DecodeSound(samples::Wav(44100, 2, 3, 440),
                                         {.sample_rate = 8000, .max_seconds = 1.5});
  ASSERT_TRUE(sound.has_value());
  EXPECT_EQ(sound->samples.size(), 12000U);
}

TEST_F(DecoderTest, ReadsTheOtherSoundFormats) {
  if (!samples::HasProgram("ffmpeg")) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"", "mp3", "audio/mpeg"},
      {"", "flac", "audio/flac"},
      {"-c:a libvorbis", "ogg", "audio/ogg"},
      {"-c:a libopus", "ogg", "audio/ogg"},
      {"", "aac", "audio/aac"},
      {"", "m4a", "audio/mp4"},
      {"-c:a alac", "m4a", "audio/mp4"},
      {"-c:a pcm_s24le", "wav", "audio/wav"},
      {"-c:a pcm_f32le", "wav", "audio/wav"}};
  for (const auto& [arguments, extension, mime] : cases) {
    const auto bytes = samples::Ffmpeg(arguments, extension, samples::Wav(44100, 1, 2, 440));
    ASSERT_TRUE(bytes.has_value()) << extension;
    const auto info = decoder.Probe(*bytes);
    ASSERT_TRUE(info.has_value()) << extension << info.error().message;
    EXPECT_EQ(info->mime, mime);
    EXPECT_NEAR(info->duration_s, 2, 0.15) << extension;
    const auto sound = decoder.DecodeSound(*bytes);
    ASSERT_TRUE(sound.has_value()) << extension << sound.error().message;
    EXPECT_NEAR(static_cast<double>(sound->samples.size()), 32000, 2000) << extension;
    EXPECT_NEAR(Rms(*sound), 0.5 / std::numbers::sqrt2, 0.03) << extension;
  }
}

/// Two seconds of red, then two of blue, with a sound.
std::optional<std::string> RedThenBlue(const std::string& arguments, const std::string& extension) {
  return samples::Ffmpeg(
      "-f lavfi -i color=red:size=96x64:rate=10:duration=2 -f lavfi -i "
      "color=blue:size=96x64:rate=10:duration=2 "
      "-f lavfi -i sine=frequency=440:duration=4 -filter_complex concat " +
          arguments,
      extension);
}

TEST_F(DecoderTest, TakesEvenlySpacedFramesAndTheSound) {
  if (!samples::HasProgram("ffmpeg")) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"-c:v libx264 -pix_fmt yuv420p", "mp4", "video/mp4"},
      {"-c:v libx264 -pix_fmt yuv420p -bf 3", "mov", "video/quicktime"},
      {"-c:v libvpx -c:a libopus", "webm", "video/webm"},
      {"-c:v libvpx-vp9 -c:a libvorbis", "mkv", "video/x-matroska"},
      {"-c:v mpeg4 -c:a libmp3lame", "avi", "video/x-msvideo"},
      {"-c:v libx264 -pix_fmt yuv420p -movflags empty_moov+frag_keyframe", "mp4", "video/mp4"}};
  for (const auto& [arguments, extension, mime] : cases) {
    SCOPED_TRACE(arguments);
    const auto bytes = RedThenBlue(arguments, extension);
    ASSERT_TRUE(bytes.has_value());
    const auto info = decoder.Probe(*bytes);
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->mime, mime);
    EXPECT_EQ(info->width, 96);
    EXPECT_NEAR(info->duration_s, 4, 0.3);
    const auto clip = decoder.DecodeClip(*bytes, {.frame = {.side = 32}, .frames = 6});
    ASSERT_TRUE(clip.has_value()) << clip.error().message;
    ASSERT_EQ(clip->frames.size(), 6U);
    for (int i = 0; i < 6; ++i)
      EXPECT_THAT(Quarter(clip->frames[i], 0), IsNear(i < 3 ? kRed : kBlue, 20)) << i;
    EXPECT_NEAR(static_cast<double>(clip->sound.samples.size()), 64000, 2500);
  }
}

TEST_F(DecoderTest, ReadsFilmsWithDatesAndTitlesAsCamerasWriteThem) {
  const auto film = RedThenBlue(
      "-c:v libx264 -pix_fmt yuv420p -metadata creation_time=2021-06-01T12:30:00Z -metadata "
      "title=Ferien "
      "-metadata location=+52.5+013.4/",
      "mov");
  if (!film) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const int child = Children()[0];
  const auto clip = decoder.DecodeClip(*film, {.frame = {.side = 16}});
  ASSERT_TRUE(clip.has_value()) << clip.error().message;
  EXPECT_EQ(Children()[0], child);
}

TEST_F(DecoderTest, SeeksInLongFilms) {
  const auto film = samples::Ffmpeg(
      "-f lavfi -i color=red:size=48x32:rate=5:duration=200 -f lavfi -i "
      "color=blue:size=48x32:rate=5:duration=200 "
      "-filter_complex concat -c:v libx264 -pix_fmt yuv420p -g 50",
      "mp4");
  if (!film) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const auto clip = decoder.DecodeClip(*film, {.frame = {.side = 16}, .frames = 8});
  ASSERT_TRUE(clip.has_value()) << clip.error().message;
  for (int i = 0; i < 8; ++i)
    EXPECT_THAT(Quarter(clip->frames[i], 0), IsNear(i < 4 ? kRed : kBlue, 20)) << i;
  EXPECT_TRUE(clip->sound.samples.empty());
}

TEST_F(DecoderTest, TurnsFilmsByTheirDisplayMatrix) {
  const auto film = samples::Ffmpeg(
      "-c:v libx264 -pix_fmt yuv420p", "mp4", samples::Bmp(96, 64, FourQuarters(96, 64)));
  if (!film) GTEST_SKIP() << "no ffmpeg program";
  Decoder decoder = Start();
  const std::vector<std::pair<int, std::array<Rgb, 4>>> cases = {
      {90, {kGreen, kYellow, kRed, kBlue}},
      {180, {kYellow, kBlue, kGreen, kRed}},
      {270, {kBlue, kRed, kYellow, kGreen}}};
  for (const auto& [degrees, colours] : cases) {
    const auto turned =
        samples::Ffmpeg("-c copy -metadata:s:v rotate=" + std::to_string(degrees), "mp4", *film);
    ASSERT_TRUE(turned.has_value());
    const auto info = decoder.Probe(*turned);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->width, degrees == 180 ? 96 : 64);
    const auto clip = decoder.DecodeClip(*turned, {.frame = {.side = 32}, .frames = 1});
    ASSERT_TRUE(clip.has_value()) << clip.error().message;
    SCOPED_TRACE(degrees);
    ExpectQuarters(clip->frames[0], colours, 40);
  }
}

}  // namespace
}  // namespace medley::media
