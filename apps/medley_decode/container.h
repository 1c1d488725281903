#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {

/// A sound or film file in memory, opened: its streams, its playing time, its packets. It reads
/// that memory and nothing else: any other address that the file names is refused.
/// Owns: libavformat's state; `file` must outlive it.
/// Threads: one.
class Container {
 public:
  /// Errors: kCorrupt, kUnsupported, kLimit (playing time, pixels), kTimeout.
  static Decoded<Container> Open(FileType type, Bytes file, const Budget& budget);
  Container(Container&&) noexcept;
  ~Container();

  /// The film's or the sound's stream; null where the file has none. Covers of albums are no film.
  AVStream* film() const { return film_; }
  AVStream* sound() const { return sound_; }
  /// Seconds from the start to the end; 0 where the file does not say.
  double duration_s() const;
  /// How the film is to be turned, from its display matrix.
  Orientation orientation() const;
  /// Width of a pixel over its height.
  double pixel_aspect() const;

  /// Packets of other streams are passed over from now on.
  void ReadOnly(const AVStream* stream);
  /// The next packet. False at the end (a damaged rest counts as the end).
  bool NextPacket(AVPacket* packet);
  /// Goes to the last key frame at or before `seconds` from the start. False where the file does
  /// not allow it.
  bool Seek(const AVStream* stream, double seconds);

 private:
  struct State;
  explicit Container(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  AVStream* film_ = nullptr;
  AVStream* sound_ = nullptr;
};

/// Seconds from the stream's start to time stamp `pts`.
double SecondsOf(const AVStream* stream, std::int64_t pts);

}  // namespace medley::decoding
