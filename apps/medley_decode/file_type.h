#pragma once

#include <cstdint>
#include <span>

#include "apps/medley_decode/refusal.h"

namespace medley::decoding {

using Bytes = std::span<const std::uint8_t>;

/// The formats taken. Each is told by its first bytes alone.
enum class FileType {
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kBmp,
  kWav,
  kFlac,
  kOgg,
  kMp3,
  kAac,
  kMp4,
  kQuickTime,
  kWebm,
  kMatroska,
  kAvi
};

/// Errors: kUnsupported, with a word of advice for what people do try (drawings, playlists, HEIC).
Decoded<FileType> RecogniseType(Bytes file);

bool IsPicture(FileType type);

/// The name of libavformat's reader for `type`; null for pictures that need none.
const char* DemuxerName(FileType type);

}  // namespace medley::decoding
