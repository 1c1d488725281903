// jpeglib.h wants cstdio before it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <csetjmp>
#include <cstdlib>

#include "medley/simulation/canvas.h"

namespace medley::simulation {
namespace {

/// libjpeg ends the program on an error unless told to jump.
struct JumpingErrors {
  jpeg_error_mgr base;
  std::jmp_buf jump;
};

void JumpOut(j_common_ptr info) {
  std::longjmp(reinterpret_cast<JumpingErrors*>(info->err)->jump, 1);
}

/// No object with a destructor lives here, because errors leave by longjmp. The caller frees
/// `*out`.
bool Compress(const std::uint8_t* pixels,
              int width,
              int height,
              int stride,
              int quality,
              unsigned char** out,
              unsigned long* size) {
  jpeg_compress_struct info;
  JumpingErrors errors;
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = &JumpOut;
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 4;
  info.in_color_space = JCS_EXT_BGRX;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row =
        const_cast<JSAMPROW>(pixels + static_cast<std::ptrdiff_t>(info.next_scanline) * stride);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

Result<std::string> EncodeJpeg(Canvas& canvas, int quality) {
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const bool done = Compress(
      canvas.Pixels(), canvas.width(), canvas.height(), canvas.stride(), quality, &buffer, &size);
  std::string bytes;
  if (done) bytes.assign(reinterpret_cast<const char*>(buffer), size);
  std::free(buffer);
  if (!done) return Fail(ErrorCode::kInternal, "the JPEG encoder failed");
  return bytes;
}

}  // namespace medley::simulation
