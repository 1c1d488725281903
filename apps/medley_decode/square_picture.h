#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {

/// How a frame is to be seen, beyond its pixels.
struct View {
  Orientation orientation = 1;
  double pixel_aspect = 1;  ///< width of a pixel over its height
};

/// What the scaler's tables depend on. The shifts are of chroma planes that begin before the
/// pixels, in pixels.
struct ScaledForm {
  int width = 0;
  int height = 0;
  int format = -1;
  int chroma_shift_x = 0;
  int chroma_shift_y = 0;
  bool operator==(const ScaledForm&) const = default;
};

/// Makes square RGB pictures of decoded frames: crops the middle, lays transparency on white,
/// scales, turns. Keeps the scaler's tables between frames of one size.
class SquarePicture {
 public:
  /// `crop` of the shorter side, scaled to `side` pixels.
  SquarePicture(int side, double crop) : side_(side), crop_(crop) {}

  /// Shapes: `rgb` holds side x side x 3. `frame` is cropped in place.
  /// Errors: kLimit (memory), kUnsupported.
  Decoded<void> Draw(AVFrame* frame,
                     const View& view,
                     const Budget& budget,
                     std::span<std::uint8_t> rgb);

 private:
  struct Source {
    ScaledForm form;
    const std::uint8_t* const* planes;
    const int* strides;
  };
  int Scale(const AVFrame* frame, const Source& source, std::uint8_t* out);

  int side_;
  double crop_;
  ScaledForm form_;
  Ffmpeg<SwsContext> scaler_;
  std::vector<std::uint8_t> as_stored_;
};

}  // namespace medley::decoding
