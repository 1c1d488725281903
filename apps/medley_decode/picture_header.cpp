#include "apps/medley_decode/picture_header.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {
namespace {

/// Reads numbers at any offset; past the end they are 0 and ok() turns false.
class Reader {
 public:
  explicit Reader(Bytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::uint32_t At(std::size_t offset, int length) {
    if (offset > bytes_.size() || bytes_.size() - offset < static_cast<std::size_t>(length)) {
      ok_ = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (int i = 0; i < length; ++i) {
      const std::uint32_t byte = bytes_[offset + i];
      value = big_endian_ ? value << 8 | byte : value | byte << (8 * i);
    }
    return value;
  }
  bool Holds(std::size_t offset, std::string_view text) const {
    return offset <= bytes_.size() && bytes_.size() - offset >= text.size() &&
           std::memcmp(bytes_.data() + offset, text.data(), text.size()) == 0;
  }
  /// Clipped to what is there.
  Bytes Part(std::size_t offset, std::size_t length) const {
    if (offset >= bytes_.size()) return {};
    return bytes_.subspan(offset, std::min(length, bytes_.size() - offset));
  }
  bool ok() const { return ok_; }
  std::size_t size() const { return bytes_.size(); }

 private:
  Bytes bytes_;
  bool big_endian_;
  bool ok_ = true;
};

Orientation OrientationOfExif(Bytes exif) {
  constexpr std::string_view kPrefix("Exif\0\0", 6);
  if (Reader(exif, true).Holds(0, kPrefix)) exif = exif.subspan(kPrefix.size());
  const bool big_endian = Reader(exif, true).Holds(0, "MM");
  Reader tiff(exif, big_endian);
  if (tiff.At(2, 2) != 42) return 1;
  const std::size_t directory = tiff.At(4, 4);
  const std::uint32_t entries = tiff.At(directory, 2);
  constexpr std::uint32_t kOrientationTag = 0x0112;
  for (std::uint32_t i = 0; i < entries && tiff.ok(); ++i) {
    const std::size_t entry = directory + 2 + std::size_t{12} * i;
    if (tiff.At(entry, 2) != kOrientationTag) continue;
    const std::uint32_t value = tiff.At(entry + 8, 2);
    return tiff.ok() && value >= 1 && value <= 8 ? static_cast<Orientation>(value) : 1;
  }
  return 1;
}

bool IsStartOfFrame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

bool HasEndMarker(Bytes file, std::size_t after) {
  for (std::size_t i = file.size(); i >= after + 2; --i) {
    if (file[i - 2] == 0xff && file[i - 1] == 0xd9) return true;
  }
  return false;
}

Decoded<PictureHeader> ReadJpeg(Bytes file) {
  Reader jpeg(file, true);
  PictureHeader header;
  std::size_t at = 2;
  while (jpeg.ok()) {
    while (jpeg.At(at, 1) == 0xff && jpeg.At(at + 1, 1) == 0xff) ++at;
    if (jpeg.At(at, 1) != 0xff) return Corrupt("the JPEG's headers are damaged");
    const std::uint32_t marker = jpeg.At(at + 1, 1);
    const std::size_t length = jpeg.At(at + 2, 2);
    if (marker == 0xe1 && length > 8 && jpeg.Holds(at + 4, "Exif")) {
      header.orientation = OrientationOfExif(jpeg.Part(at + 4, length - 2));
    } else if (IsStartOfFrame(marker)) {
      header.height = static_cast<int>(jpeg.At(at + 5, 2));
      header.width = static_cast<int>(jpeg.At(at + 7, 2));
    } else if (marker == 0xda) {
      if (!HasEndMarker(file, at)) return Corrupt("the JPEG is cut short");
      return header;
    }
    at += 2 + length;
  }
  return Corrupt("the JPEG ends inside its headers");
}

Decoded<PictureHeader> ReadPng(Bytes file) {
  Reader png(file, true);
  PictureHeader header{static_cast<int>(png.At(16, 4) & 0x7fffffff),
                       static_cast<int>(png.At(20, 4) & 0x7fffffff)};
  if (!png.Holds(12, "IHDR")) return Corrupt("the PNG's header is damaged");
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = png.At(at, 4);
    if (png.Holds(at + 4, "eXIf")) header.orientation = OrientationOfExif(png.Part(at + 8, length));
    if (png.Holds(at + 4, "IEND")) break;
    at += 12 + length;
  }
  return header;
}

/// Calls visit(name, offset of the payload, length) for each chunk from `at`, until it returns
/// false.
template <typename Visit>
void ForEachRiffChunk(Bytes file, std::size_t at, Visit visit) {
  Reader riff(file, false);
  while (at + 8 <= file.size()) {
    const std::size_t length = riff.At(at + 4, 4);
    const std::string_view name(reinterpret_cast<const char*>(file.data()) + at, 4);
    if (!visit(name, at + 8, length)) return;
    at += 8 + length + length % 2;
  }
}

Decoded<PictureHeader> ReadWebp(Bytes file) {
  Reader webp(file, false);
  PictureHeader header;
  ForEachRiffChunk(file, 12, [&](std::string_view name, std::size_t at, std::size_t length) {
    if (name == "VP8X") {
      header.animated_webp = (webp.At(at, 1) & 0x02) != 0;
      header.width = static_cast<int>(webp.At(at + 4, 3)) + 1;
      header.height = static_cast<int>(webp.At(at + 7, 3)) + 1;
    } else if (name == "VP8 " && header.width == 0) {
      header.width = static_cast<int>(webp.At(at + 6, 2) & 0x3fff);
      header.height = static_cast<int>(webp.At(at + 8, 2) & 0x3fff);
    } else if (name == "VP8L" && header.width == 0) {
      const std::uint32_t size = webp.At(at + 1, 4);
      header.width = static_cast<int>(size & 0x3fff) + 1;
      header.height = static_cast<int>(size >> 14 & 0x3fff) + 1;
    } else if (name == "EXIF") {
      header.orientation = OrientationOfExif(webp.Part(at, length));
    }
    return webp.ok();
  });
  return header;
}

Decoded<PictureHeader> ReadBmp(Bytes file) {
  Reader bmp(file, false);
  if (bmp.At(14, 1) == 12)
    return PictureHeader{static_cast<int>(bmp.At(18, 2)), static_cast<int>(bmp.At(20, 2))};
  const auto height = static_cast<std::int32_t>(bmp.At(22, 4));  // negative: rows from the top
  if (height == std::numeric_limits<std::int32_t>::min())
    return Corrupt("the bitmap's header is damaged");
  return PictureHeader{static_cast<std::int32_t>(bmp.At(18, 4)), height < 0 ? -height : height};
}

}  // namespace

Decoded<PictureHeader> ReadPictureHeader(FileType type, Bytes file) {
  Decoded<PictureHeader> header = PictureHeader{};
  switch (type) {
    case FileType::kJpeg:
      header = ReadJpeg(file);
      break;
    case FileType::kPng:
      header = ReadPng(file);
      break;
    case FileType::kWebp:
      header = ReadWebp(file);
      break;
    case FileType::kBmp:
      header = ReadBmp(file);
      break;
    default: {
      Reader gif(file, false);
      header = PictureHeader{static_cast<int>(gif.At(6, 2)), static_cast<int>(gif.At(8, 2))};
    }
  }
  if (header && (header->width <= 0 || header->height <= 0))
    return Corrupt("the picture's header gives no size");
  return header;
}

Decoded<std::vector<std::uint8_t>> FirstFrameOfWebp(Bytes file) {
  Reader webp(file, false);
  std::vector<std::uint8_t> still;
  ForEachRiffChunk(file, 12, [&](std::string_view name, std::size_t at, std::size_t length) {
    constexpr std::size_t kFrameHeader = 16;
    if (name != "ANMF" || length <= kFrameHeader) return true;
    const Bytes chunks = webp.Part(at + kFrameHeader, length - kFrameHeader);
    constexpr std::string_view kHead("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0", 24);
    still.assign(kHead.begin(), kHead.end());
    const Bytes size = webp.Part(at + 6, 6);  // width and height, less one each, as VP8X has them
    still.insert(still.end(), size.begin(), size.end());
    still.insert(still.end(), chunks.begin(), chunks.end());
    const std::size_t riff_length = still.size() - 8;
    for (int i = 0; i < 4; ++i) still[4 + i] = static_cast<std::uint8_t>(riff_length >> (8 * i));
    return false;
  });
  if (still.empty()) return Corrupt("the animated WebP has no frame");
  return still;
}

}  // namespace medley::decoding
