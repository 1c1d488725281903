#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::media {

/// A square picture. Shapes: side x side x 3, row-major RGB, 8 bits.
struct Image {
  int side = 0;
  std::vector<std::uint8_t> rgb;
};

/// Mono sound. Units: samples in [-1, 1] at sample_rate per second.
struct Sound {
  int sample_rate = 0;
  std::vector<float> samples;
};

/// What a film is encoded from. Missing: `sound.samples` is empty where it has no sound track.
struct Clip {
  std::vector<Image> frames;  ///< evenly spaced in time
  Sound sound;
};

/// What a file is, from its content; never from its name.
struct MediaInfo {
  std::string mime;  ///< "image/jpeg", "audio/flac", "video/mp4"
  int width = 0;     ///< pixels as shown, after rotation
  int height = 0;
  double duration_s = 0;
};

/// Centre crop of `crop` times the shorter side, then a bicubic reduction to `side` pixels.
struct ImageSpec {
  int side = 224;
  double crop = 0.875;
};
struct SoundSpec {
  int sample_rate = 16000;
  double max_seconds = 30;  ///< the rest is left undecoded
};
struct ClipSpec {
  ImageSpec frame;
  int frames = 4;
  SoundSpec sound;
};

/// What one file may cost. Past any of them: kLimitExceeded (or kTimeout), and the next file is
/// decoded as if nothing had been.
struct DecodeLimits {
  std::size_t max_bytes = std::size_t{256} << 20;
  std::int64_t max_pixels = 64'000'000;  ///< of one picture or frame
  double max_seconds = 4 * 3600;         ///< playing time
  std::size_t memory_bytes = std::size_t{1} << 30;
  double timeout_s = 2;  ///< wall time of one call, plus 0.25 s for each MiB of the file
};

/// Decodes pictures, sounds and films in a child process (the program medley-decode) that has no
/// network, no file system and bounded memory and time: the file's bytes go in and pixels or
/// samples come out through shared memory. A child that dies, hangs or is killed costs the one
/// file, and is replaced.
/// Takes JPEG, PNG, WebP, GIF, BMP; WAV, FLAC, Ogg, Opus, MP3, AAC; MP4, WebM/Matroska, MOV, AVI.
/// No playlists, no SVG. Rotation flags are applied, transparency is laid on white, CMYK converted.
/// Missing: a file cut short gives what can be decoded, a picture cut short is kCorrupt.
/// Errors: kUnsupported (no such format), kCorrupt, kLimitExceeded, kTimeout; the message names the
/// reason, not the file.
/// Threads: one caller at a time; make one Decoder a thread.
/// Cost: starting a child about 60 ms (FFmpeg is a hundred shared libraries), then about 30
/// microseconds a call over the decoding itself.
class Decoder {
 public:
  /// Errors: kNotFound when the medley-decode program is not beside this one, in MEDLEY_DECODE, or
  /// on PATH.
  static Result<Decoder> Start(const DecodeLimits& limits = {});
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;
  ~Decoder();

  Result<MediaInfo> Probe(std::string_view bytes);
  Result<Image> DecodeImage(std::string_view bytes, const ImageSpec& spec = {});
  Result<Sound> DecodeSound(std::string_view bytes, const SoundSpec& spec = {});
  Result<Clip> DecodeClip(std::string_view bytes, const ClipSpec& spec = {});

 private:
  struct State;
  explicit Decoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medley::media
