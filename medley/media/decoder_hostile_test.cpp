#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/media/decoder.h"
#include "tests/fuzz/children.h"
#include "tests/fuzz/sample_media.h"

namespace medley::media {
namespace {

using samples::Colour;
using samples::DecodeProgramIs;
using samples::FourQuarters;
using testing::HasSubstr;

class HostileFile : public testing::Test {
 protected:
  static Decoder Start(const DecodeLimits& limits = {}) {
    auto decoder = Decoder::Start(limits);
    if (!decoder) ADD_FAILURE() << decoder.error().message;
    return std::move(decoder).value();
  }

  static int Child() {
    const std::vector<int> children = samples::ChildrenCalled("medley-decode");
    return children.size() == 1 ? children[0] : -1;
  }

  static std::string GoodPicture() { return samples::Bmp(40, 40, FourQuarters(40, 40)); }

  template <typename T>
  static void ExpectError(const Result<T>& result, ErrorCode code, const std::string& words) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(ErrorCodeName(result.error().code), ErrorCodeName(code)) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(words));
  }
};

TEST_F(HostileFile, IsRefusedByItsContentWithAdvice) {
  Decoder decoder = Start();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>", "SVG"},
      {"\xef\xbb\xbf <svg/>", "SVG"},
      {"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n", "playlists"},
      {"ffconcat version 1.0\nfile '/etc/passwd'\n", "playlists"},
      {"<?xml version=\"1.0\"?><MPD></MPD>", "playlists"},
      {"%PDF-1.7", "PDF"},
      {std::string("\0\0\0\x18"
                   "ftypheic\0\0\0\0mif1heic",
                   24),
       "HEIC"},
      {"RIFF\x10\0\0\0SFBK", "RIFF"},
      {"hello", "JPEG, PNG"}};
  const int child = Child();
  for (const auto& [bytes, words] : cases) {
    ExpectError(decoder.Probe(bytes), ErrorCode::kUnsupported, words);
    ExpectError(decoder.DecodeImage(bytes), ErrorCode::kUnsupported, words);
    ExpectError(decoder.DecodeClip(bytes), ErrorCode::kUnsupported, words);
  }
  ExpectError(decoder.Probe(""), ErrorCode::kCorrupt, "empty");
  EXPECT_EQ(Child(), child);
}

TEST_F(HostileFile, OfAnotherKindIsRefused) {
  Decoder decoder = Start();
  const std::string wav = samples::Wav(8000, 1, 0.1, 440);
  ExpectError(decoder.DecodeSound(GoodPicture()), ErrorCode::kUnsupported, "picture");
  ExpectError(decoder.DecodeClip(GoodPicture()), ErrorCode::kUnsupported, "picture");
  ExpectError(decoder.DecodeImage(wav), ErrorCode::kUnsupported, "not a picture");
  ExpectError(decoder.DecodeClip(wav), ErrorCode::kUnsupported, "no film track");
  if (const auto silent = samples::Ffmpeg("-f lavfi -i testsrc=size=48x32:duration=1", "webm")) {
    ExpectError(decoder.DecodeSound(*silent), ErrorCode::kUnsupported, "no sound track");
    const auto clip = decoder.DecodeClip(*silent);
    ASSERT_TRUE(clip.has_value()) << clip.error().message;
    EXPECT_TRUE(clip->sound.samples.empty());
  }
}

TEST_F(HostileFile, CutShortIsReportedAndNeverCrashes) {
  Decoder decoder = Start();
  const int child = Child();
  for (const samples::Seed& seed : samples::EveryFormat()) {
    const bool is_picture = decoder.Probe(seed.bytes)->mime.starts_with("image/");
    for (int eighth = 0; eighth < 8; ++eighth) {
      const std::string cut = seed.bytes.substr(0, seed.bytes.size() * eighth / 8);
      SCOPED_TRACE(seed.name + " " + std::to_string(eighth));
      const auto image = decoder.DecodeImage(cut, {.side = 16});
      EXPECT_FALSE(image.has_value() && eighth < 4);
      if (is_picture && !image && cut.size() >= 32) {
        EXPECT_EQ(image.error().code, ErrorCode::kCorrupt) << image.error().message;
      }
      static_cast<void>(decoder.DecodeSound(cut));
      static_cast<void>(decoder.DecodeClip(cut, {.frame = {.side = 16}}));
    }
  }
  EXPECT_EQ(Child(), child) << "a cut file crashed the child";
}

TEST_F(HostileFile, WithTooManyPixelsIsRefusedBeforeTheyAreMade) {
  Decoder decoder = Start();
  ExpectError(decoder.DecodeImage(samples::PngBomb(30000, 30000)),
              ErrorCode::kLimitExceeded,
              "30000 x 30000");
  ExpectError(decoder.Probe(samples::PngBomb(2'000'000'000, 2'000'000'000)),
              ErrorCode::kLimitExceeded,
              "64 million");
  std::string gif("GIF89a\xff\xff\xff\xff\0\0\0", 13);
  ExpectError(decoder.DecodeImage(gif), ErrorCode::kLimitExceeded, "65535 x 65535");
  std::string bmp = GoodPicture();
  bmp.replace(18, 8, std::string("\0\0\1\0\0\0\1\0", 8));
  ExpectError(decoder.DecodeImage(bmp), ErrorCode::kLimitExceeded, "65536 x 65536");
  Decoder strict = Start({.max_pixels = 1000});
  ExpectError(strict.DecodeImage(GoodPicture()), ErrorCode::kLimitExceeded, "40 x 40");
  if (const auto film = samples::Ffmpeg("-f lavfi -i testsrc=size=48x32:duration=1", "webm")) {
    ExpectError(strict.DecodeClip(*film), ErrorCode::kLimitExceeded, "48 x 32");
  }
}

TEST_F(HostileFile, MayBeVeryWideWithinTheLimit) {
  Decoder decoder = Start();
  const int child = Child();
  // The header alone: a canvas of 16,777,216 x 2.
  const std::string webp("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\1\0\0", 30);
  const auto info = decoder.Probe(webp);
  ASSERT_TRUE(info.has_value()) << info.error().message;
  EXPECT_EQ(info->width, 1 << 24);
  EXPECT_EQ(Child(), child);
}

TEST_F(HostileFile, OfAnAbsurdSampleRateIsRefused) {
  Decoder decoder = Start();
  for (const int rate : {1, 999, 768'001, 2'000'000'000}) {
    std::string wav = samples::Wav(8000, 1, 0.1, 440);
    for (int i = 0; i < 4; ++i) wav[24 + i] = static_cast<char>(rate >> (8 * i));
    ExpectError(decoder.DecodeSound(wav), ErrorCode::kUnsupported, "samples a second");
  }
}

TEST_F(HostileFile, TooLongIsRefused) {
  Decoder decoder = Start();
  if (const auto film = samples::Ffmpeg(
          "-f lavfi -i color=red:size=48x32:rate=1/3600 -t 72000 -c:v libx264 -pix_fmt yuv420p",
          "mp4")) {
    ExpectError(decoder.DecodeClip(*film), ErrorCode::kLimitExceeded, "72000 s");
    ExpectError(decoder.Probe(*film), ErrorCode::kLimitExceeded, "at most 14400 s");
  }
  Decoder strict = Start({.max_seconds = 1});
  ExpectError(strict.DecodeSound(samples::Wav(8000, 1, 2, 440)), ErrorCode::kLimitExceeded, "2 s");
}

TEST_F(HostileFile, WithTooManyBytesIsRefusedUnread) {
  Decoder decoder = Start({.max_bytes = 1 << 20});
  ExpectError(decoder.Probe(std::string((1 << 20) + 1, 'x')), ErrorCode::kLimitExceeded, "1 MiB");
}

TEST_F(HostileFile, ThatNeedsTooMuchMemoryIsRefused) {
  Decoder decoder = Start({.memory_bytes = 4 << 20});
  const std::string large = samples::Bmp(1600, 1600, [](int, int) { return Colour{}; });
  ExpectError(decoder.DecodeImage(large), ErrorCode::kLimitExceeded, "4 MiB of memory");
  EXPECT_TRUE(decoder.DecodeImage(GoodPicture()).has_value());
}

TEST_F(HostileFile, ThatTakesTooLongIsGivenUpByTheChild) {
  const auto second =
      samples::Ffmpeg("-f lavfi -i testsrc=size=640x360:rate=25:duration=1 -c:v mpeg4", "avi");
  if (!second) GTEST_SKIP() << "no ffmpeg program";
  const auto film = samples::Ffmpeg("-c copy", "avi", *second, "-stream_loop 250");
  ASSERT_TRUE(film.has_value());
  const double for_size = 0.25 * static_cast<double>(film->size()) / (1 << 20);
  Decoder decoder = Start({.timeout_s = 0.8 - for_size});
  const int child = Child();
  ExpectError(decoder.DecodeClip(*film, {.frames = 64}), ErrorCode::kTimeout, "too long");
  EXPECT_EQ(Child(), child);
}

TEST_F(HostileFile, ThatHangsTheChildCostsOnlyItself) {
  Decoder decoder = Start({.timeout_s = 0.3});
  const int child = Child();
  ASSERT_EQ(kill(child, SIGSTOP), 0);
  ExpectError(decoder.DecodeImage(GoodPicture()), ErrorCode::kTimeout, "too long");
  EXPECT_EQ(Child(), -1);
  Decoder patient = Start();
  EXPECT_TRUE(patient.DecodeImage(GoodPicture()).has_value());
}

TEST_F(HostileFile, ThatCrashesTheChildCostsOnlyItself) {
  Decoder decoder = Start();
  for (const int signal : {SIGSEGV, SIGABRT, SIGSYS}) {
    const int child = Child();
    ASSERT_GT(child, 0);
    ASSERT_EQ(kill(child, SIGSTOP), 0);
    std::thread crash([child, signal] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      kill(child, signal);
      kill(child, SIGCONT);
    });
    const auto lost = decoder.DecodeImage(GoodPicture());
    crash.join();
    ExpectError(lost, ErrorCode::kCorrupt, "damaged or hostile");
    EXPECT_TRUE(decoder.DecodeImage(GoodPicture()).has_value());
    EXPECT_NE(Child(), child);
  }
}

TEST_F(HostileFile, IsNotBlamedWhenTheChildIsKilledFromOutside) {
  Decoder decoder = Start();
  const int idle = Child();
  ASSERT_EQ(kill(idle, SIGKILL), 0);
  EXPECT_TRUE(decoder.DecodeImage(GoodPicture()).has_value());
  const int busy = Child();
  EXPECT_NE(busy, idle);
  ASSERT_EQ(kill(busy, SIGSTOP), 0);
  std::thread killer([busy] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(busy, SIGKILL);
  });
  EXPECT_TRUE(decoder.DecodeImage(GoodPicture()).has_value());
  killer.join();
}

TEST_F(HostileFile, MayOutliveTheThreadThatStartedTheDecoder) {
  std::vector<Decoder> decoders;
  std::thread([&decoders] { decoders.push_back(Start()); }).join();
  EXPECT_TRUE(decoders[0].DecodeImage(GoodPicture()).has_value());
}

TEST_F(HostileFile, SenselessRequestsAreTheCallersFault) {
  Decoder decoder = Start();
  const std::string wav = samples::Wav(8000, 1, 0.1, 440);
  ExpectError(decoder.DecodeImage(GoodPicture(), {.side = 0}), ErrorCode::kInvalidInput, "side");
  ExpectError(
      decoder.DecodeImage(GoodPicture(), {.side = 1 << 20}), ErrorCode::kInvalidInput, "side");
  ExpectError(decoder.DecodeImage(GoodPicture(), {.crop = 0}), ErrorCode::kInvalidInput, "crop");
  ExpectError(decoder.DecodeSound(wav, {.sample_rate = 0}), ErrorCode::kInvalidInput, "rate");
  ExpectError(decoder.DecodeSound(wav, {.max_seconds = 1e9}), ErrorCode::kInvalidInput, "seconds");
  ExpectError(decoder.DecodeSound(wav, {.max_seconds = 0}), ErrorCode::kInvalidInput, "above 0");
  ExpectError(decoder.DecodeClip(wav, {.frames = 0}), ErrorCode::kInvalidInput, "frames");
  ExpectError(decoder.DecodeClip(wav, {.frame = {.side = 2048}, .frames = 200}),
              ErrorCode::kInvalidInput,
              "frames");
}

TEST_F(HostileFile, ThatTookTheChildOverIsNotBelieved) {
  const DecodeProgramIs program(MEDLEY_LYING_DECODER);
  Decoder decoder = Start();
  for (const char* lie :
       {"samples", "nan", "mime", "width", "duration", "outcome", "g", "length"}) {
    SCOPED_TRACE(lie);
    const std::string lied = lie;
    const std::string words = lied == "length" ? "crashes" : "senseless";
    ExpectError(decoder.DecodeSound(lied), ErrorCode::kCorrupt, words);
  }
  const auto report = decoder.Probe("x");
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message, testing::Not(HasSubstr("\x1b")));
  EXPECT_LE(report.error().message.size(), 160U);
}

}  // namespace
}  // namespace medley::media
