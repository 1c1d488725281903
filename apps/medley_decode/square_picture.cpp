#include "apps/medley_decode/square_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {
namespace {

constexpr int kExact = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

bool IsYuv(const AVPixFmtDescriptor& format) {
  return (format.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) == 0 &&
         format.nb_components >= 3;
}

bool IsFullRange(const AVFrame* frame, int format) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return frame->color_range == AVCOL_RANGE_JPEG;
  }
}

/// Players take high-definition films that name no matrix for BT.709.
int MatrixOf(const AVFrame* frame) {
  switch (frame->colorspace) {
    case AVCOL_SPC_UNSPECIFIED:
      return frame->height >= 720 && !IsFullRange(frame, frame->format) ? SWS_CS_ITU709
                                                                        : SWS_CS_ITU601;
    case AVCOL_SPC_RGB:
    case AVCOL_SPC_RESERVED:
      return SWS_CS_ITU601;
    default:
      return static_cast<int>(frame->colorspace);
  }
}

void SetColours(SwsContext* scaler, const AVFrame* frame, int format) {
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(format));
  if (!IsYuv(*description)) return;
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler,
                           sws_getCoefficients(MatrixOf(frame)),
                           IsFullRange(frame, format) ? 1 : 0,
                           sws_getCoefficients(SWS_CS_DEFAULT),
                           1,
                           0,
                           kOne,
                           kOne);
}

/// Pixels of less than a byte have no address to crop at: they become grey bytes first.
int GiveEachPixelAByte(AVFrame* frame) {
  const auto format = static_cast<AVPixelFormat>(frame->format);
  if ((av_pix_fmt_desc_get(format)->flags & AV_PIX_FMT_FLAG_BITSTREAM) == 0) return 0;
  Ffmpeg<AVFrame> grey(av_frame_alloc());
  if (grey == nullptr) return AVERROR(ENOMEM);
  grey->format = AV_PIX_FMT_GRAY8;
  grey->width = frame->width;
  grey->height = frame->height;
  if (const int error = av_frame_get_buffer(grey.get(), 0); error < 0) return error;
  const Ffmpeg<SwsContext> converter(sws_getContext(frame->width,
                                                    frame->height,
                                                    format,
                                                    frame->width,
                                                    frame->height,
                                                    AV_PIX_FMT_GRAY8,
                                                    SWS_POINT,
                                                    nullptr,
                                                    nullptr,
                                                    nullptr));
  if (converter == nullptr) return AVERROR(ENOSYS);
  const int rows = sws_scale(
      converter.get(), frame->data, frame->linesize, 0, frame->height, grey->data, grey->linesize);
  if (rows < 0) return rows;
  av_frame_unref(frame);
  av_frame_move_ref(frame, grey.get());
  return 0;
}

struct Crop {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// The middle square. Where it begins between two chroma samples, the planes begin at the one
/// before: Scale is told.
Crop MiddleOf(const AVFrame* frame, double crop, double pixel_aspect) {
  const double shorter = std::min(frame->width * pixel_aspect, static_cast<double>(frame->height));
  const int width =
      std::clamp(static_cast<int>(std::lround(shorter * crop / pixel_aspect)), 1, frame->width);
  const int height = std::clamp(static_cast<int>(std::lround(shorter * crop)), 1, frame->height);
  return {(frame->width - width) / 2, (frame->height - height) / 2, width, height};
}

int Apply(const Crop& crop, AVFrame* frame) {
  frame->crop_left = crop.left;
  frame->crop_top = crop.top;
  frame->crop_right = frame->width - crop.width - crop.left;
  frame->crop_bottom = frame->height - crop.height - crop.top;
  return av_frame_apply_cropping(frame, AV_FRAME_CROP_UNALIGNED);
}

bool NeedsFlattening(const AVFrame* frame) {
  constexpr std::uint64_t kFlags = AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL;
  return (av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format))->flags & kFlags) != 0;
}

/// RGBA of the frame's own size, laid on white, packed to RGB in the same memory.
Decoded<std::vector<std::uint8_t>> OnWhite(const AVFrame* frame, const Budget& budget) {
  const auto format = static_cast<AVPixelFormat>(frame->format);
  Ffmpeg<SwsContext> converter(sws_getContext(frame->width,
                                              frame->height,
                                              format,
                                              frame->width,
                                              frame->height,
                                              AV_PIX_FMT_RGBA,
                                              SWS_POINT | kExact,
                                              nullptr,
                                              nullptr,
                                              nullptr));
  if (converter == nullptr)
    return Unsupported("the picture's pixels are of a kind that is not taken");
  SetColours(converter.get(), frame, format);
  // libswscale writes whole vectors, up to 64 bytes past the last pixel of a row.
  const int stride = (frame->width * 4 + 63) / 64 * 64;
  std::vector<std::uint8_t> rgba(static_cast<std::size_t>(stride) * frame->height + 64);
  const std::array<std::uint8_t*, 4> planes = {rgba.data()};
  const std::array<int, 4> strides = {stride};
  const int rows = sws_scale(converter.get(),
                             frame->data,
                             frame->linesize,
                             0,
                             frame->height,
                             planes.data(),
                             strides.data());
  if (rows < 0) return tl::unexpected(FromFfmpeg(rows, "the picture", budget));
  std::uint8_t* to = rgba.data();
  for (int y = 0; y < frame->height; ++y) {
    const std::uint8_t* from = rgba.data() + static_cast<std::size_t>(stride) * y;
    for (int x = 0; x < frame->width; ++x, from += 4) {
      const int alpha = from[3];
      for (int c = 0; c < 3; ++c)
        *to++ = static_cast<std::uint8_t>((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return rgba;
}

/// Writes the square `from`, as stored, to `to`, as shown.
void Turn(const std::vector<std::uint8_t>& from,
          int side,
          Orientation orientation,
          std::span<std::uint8_t> to) {
  const int last = side - 1;
  const bool swaps = IsQuarterTurn(orientation);
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  std::uint8_t* out = to.data();
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x, out += 3) {
      const int column = swaps ? y : x;
      const int row = swaps ? x : y;
      const int from_x = from_right ? last - column : column;
      const int from_y = from_bottom ? last - row : row;
      std::memcpy(out, from.data() + (static_cast<std::size_t>(from_y) * side + from_x) * 3, 3);
    }
  }
}

Ffmpeg<SwsContext> MakeScaler(const ScaledForm& form, int side) {
  Ffmpeg<SwsContext> scaler(sws_alloc_context());
  if (scaler == nullptr) return nullptr;
  const auto set = [&](const char* name, std::int64_t value) {
    av_opt_set_int(scaler.get(), name, value, 0);
  };
  set("srcw", form.width);
  set("srch", form.height);
  set("src_format", form.format);
  set("dstw", side);
  set("dsth", side);
  set("dst_format", AV_PIX_FMT_RGB24);
  set("sws_flags", SWS_BICUBIC | kExact);
  // Catmull-Rom, which is what image models are trained with.
  av_opt_set_double(scaler.get(), "param0", 0, 0);
  av_opt_set_double(scaler.get(), "param1", 0.5, 0);
  // Units: 1/256 of a pixel; half a pixel is the middle of a pair.
  if (form.chroma_shift_x != 0) set("src_h_chr_pos", 128 - 256 * form.chroma_shift_x);
  if (form.chroma_shift_y != 0) set("src_v_chr_pos", 128 - 256 * form.chroma_shift_y);
  if (sws_init_context(scaler.get(), nullptr, nullptr) < 0) return nullptr;
  return scaler;
}

/// How many pixels the first chroma sample stands before the first pixel of the cropped frame.
int ChromaShift(int offset, int log2_pixels) { return offset & ((1 << log2_pixels) - 1); }

}  // namespace

int SquarePicture::Scale(const AVFrame* frame, const Source& source, std::uint8_t* out) {
  if (scaler_ == nullptr || !(source.form == form_)) {
    form_ = source.form;
    scaler_ = MakeScaler(form_, side_);
    if (scaler_ == nullptr) return AVERROR(ENOMEM);
  }
  SetColours(scaler_.get(), frame, form_.format);
  const std::array<std::uint8_t*, 4> planes = {out};
  const std::array<int, 4> strides = {side_ * 3};
  return sws_scale(
      scaler_.get(), source.planes, source.strides, 0, form_.height, planes.data(), strides.data());
}

Decoded<void> SquarePicture::Draw(AVFrame* frame,
                                  const View& view,
                                  const Budget& budget,
                                  std::span<std::uint8_t> rgb) {
  if (auto fits = budget.CheckPixels(frame->width, frame->height); !fits) return fits;
  int result = GiveEachPixelAByte(frame);
  const Crop crop = MiddleOf(frame, crop_, view.pixel_aspect);
  if (result >= 0) result = Apply(crop, frame);
  if (result < 0) return tl::unexpected(FromFfmpeg(result, "the picture", budget));
  as_stored_.resize(static_cast<std::size_t>(side_) * side_ * 3 + 64);
  if (NeedsFlattening(frame)) {
    auto flat = OnWhite(frame, budget);
    if (!flat) return tl::unexpected(flat.error());
    const std::array<const std::uint8_t*, 4> planes = {flat->data()};
    const std::array<int, 4> strides = {frame->width * 3};
    const ScaledForm form{frame->width, frame->height, AV_PIX_FMT_RGB24};
    result = Scale(frame, {form, planes.data(), strides.data()}, as_stored_.data());
  } else {
    const AVPixFmtDescriptor* format =
        av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame->format));
    const ScaledForm form{frame->width,
                          frame->height,
                          frame->format,
                          ChromaShift(crop.left, format->log2_chroma_w),
                          ChromaShift(crop.top, format->log2_chroma_h)};
    result = Scale(frame, {form, frame->data, frame->linesize}, as_stored_.data());
  }
  if (result < 0) return tl::unexpected(FromFfmpeg(result, "the picture", budget));
  Turn(as_stored_, side_, view.orientation, rgb);
  return {};
}

}  // namespace medley::decoding
