#pragma once

#include <cstdint>
#include <vector>

#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {

/// How stored rows and columns become the picture as shown: EXIF's eight values. 1 is as stored, 3
/// half a turn, 6 a quarter turn clockwise, 8 a quarter turn back; 2, 4, 5 and 7 are mirrored ones.
using Orientation = int;

/// True where showing it swaps width and height.
constexpr bool IsQuarterTurn(Orientation orientation) { return orientation >= 5; }

/// What a picture's own header says, read before anything is decoded or allocated for it.
struct PictureHeader {
  int width = 0;  ///< as stored
  int height = 0;
  Orientation orientation = 1;
  bool animated_webp = false;
};

/// Errors: kCorrupt where the header is cut short or gives no size, or a JPEG has no end.
Decoded<PictureHeader> ReadPictureHeader(FileType type, Bytes file);

/// The first frame of an animated WebP as a WebP of its own, which is what libavcodec can decode.
Decoded<std::vector<std::uint8_t>> FirstFrameOfWebp(Bytes file);

}  // namespace medley::decoding
