#include "tests/fuzz/sample_media.h"

#include <cstddef>
// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/random.h"

namespace medley::samples {
namespace {

namespace fs = std::filesystem;

std::string Number(std::uint32_t value, int bytes, bool big_endian) {
  std::string text(bytes, '\0');
  for (int i = 0; i < bytes; ++i) {
    const int shift = 8 * (big_endian ? bytes - 1 - i : i);
    text[i] = static_cast<char>(value >> shift);
  }
  return text;
}
std::string Big(std::uint32_t value, int bytes = 4) { return Number(value, bytes, true); }
std::string Little(std::uint32_t value, int bytes = 4) { return Number(value, bytes, false); }

std::uint32_t Crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
  }
  return ~crc;
}

std::uint32_t Adler32(const std::string& bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<std::uint8_t>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

/// zlib's format with blocks that are stored, not compressed.
std::string Stored(const std::string& bytes) {
  std::string out("\x78\x01", 2);
  constexpr std::size_t kBlock = 65535;
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    const std::size_t length = std::min(kBlock, bytes.size() - at);
    out += at + length == bytes.size() ? '\1' : '\0';
    out += Little(static_cast<std::uint32_t>(length), 2) +
           Little(~static_cast<std::uint32_t>(length), 2);
    out += bytes.substr(at, length);
  }
  return out + Big(Adler32(bytes));
}

std::string Chunk(const std::string& name, const std::string& data) {
  return Big(static_cast<std::uint32_t>(data.size())) + name + data + Big(Crc32(name + data));
}

std::string PngOf(int width, int height, int colour_type, const std::string& rows) {
  const std::string header =
      Big(width) + Big(height) + '\x08' + static_cast<char>(colour_type) + std::string(3, '\0');
  return "\x89PNG\r\n\x1a\n" + Chunk("IHDR", header) + Chunk("IDAT", Stored(rows)) +
         Chunk("IEND", "");
}

/// A folder of its own for each call, gone afterwards.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "medley-samples-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

std::optional<std::string> Run(const std::string& command, const fs::path& output) {
  const std::string quiet = "( " + command + " ) </dev/null >/dev/null 2>&1";
  if (std::system(quiet.c_str()) != 0) return std::nullopt;
  auto bytes = ReadFile(output);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

}  // namespace

Painter FourQuarters(int width, int height) {
  return [width, height](int x, int y) {
    const bool right = x >= width / 2;
    const bool below = y >= height / 2;
    if (below) return right ? Colour{255, 255, 0} : Colour{0, 0, 255};
    return right ? Colour{0, 255, 0} : Colour{255, 0, 0};
  };
}

std::string Png(int width, int height, bool alpha, const Painter& painter) {
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows += '\0';  // no filter
    for (int x = 0; x < width; ++x) {
      const Colour c = painter(x, y);
      for (const std::uint8_t value : {c.r, c.g, c.b}) rows += static_cast<char>(value);
      if (alpha) rows += static_cast<char>(c.a);
    }
  }
  return PngOf(width, height, alpha ? 6 : 2, rows);
}

std::string PngBomb(int width, int height) {
  return PngOf(width, height, 6, std::string(1000, '\0'));
}

std::string Bmp(int width, int height, const Painter& painter) {
  std::string pixels;
  for (int y = height - 1; y >= 0; --y) {
    for (int x = 0; x < width; ++x) {
      const Colour c = painter(x, y);
      for (const std::uint8_t value : {c.b, c.g, c.r}) pixels += static_cast<char>(value);
    }
    pixels.resize((pixels.size() + 3) / 4 * 4);
  }
  return "BM" + Little(static_cast<std::uint32_t>(54 + pixels.size())) + Little(0) + Little(54) +
         Little(40) + Little(width) + Little(height) + Little(1, 2) + Little(24, 2) + Little(0) +
         Little(static_cast<std::uint32_t>(pixels.size())) + std::string(16, '\0') + pixels;
}

std::string Wav(int sample_rate, int channels, double seconds, double hz) {
  std::string data;
  const int count = static_cast<int>(seconds * sample_rate);
  for (int i = 0; i < count; ++i) {
    const double value = 0.5 * std::sin(2 * std::numbers::pi * hz * i / sample_rate);
    for (int c = 0; c < channels; ++c) {
      data += Little(static_cast<std::uint32_t>(c == 0 ? std::lround(value * 32767) : 0), 2);
    }
  }
  const int frame = channels * 2;
  const std::string format = Little(1, 2) + Little(channels, 2) + Little(sample_rate) +
                             Little(sample_rate * frame) + Little(frame, 2) + Little(16, 2);
  return "RIFF" + Little(static_cast<std::uint32_t>(36 + data.size())) + "WAVEfmt " + Little(16) +
         format + "data" + Little(static_cast<std::uint32_t>(data.size())) + data;
}

std::string CmykJpeg(int width, int height, const std::vector<std::uint8_t>& inks) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long length = 0;
  jpeg_mem_dest(&jpeg, &bytes, &length);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = 4;
  jpeg.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&jpeg);  // writes Adobe's marker
  jpeg_set_quality(&jpeg, 95, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row;
  for (int x = 0; x < width; ++x) {
    for (const std::uint8_t ink : inks) row.push_back(static_cast<std::uint8_t>(255 - ink));
  }
  JSAMPROW rows = row.data();
  for (int y = 0; y < height; ++y) jpeg_write_scanlines(&jpeg, &rows, 1);
  jpeg_finish_compress(&jpeg);
  std::string out(reinterpret_cast<char*>(bytes), length);
  std::free(bytes);
  jpeg_destroy_compress(&jpeg);
  return out;
}

std::string WithExifOrientation(const std::string& jpeg, int orientation) {
  const std::string entry = Big(0x0112, 2) + Big(3, 2) + Big(1) + Big(orientation, 2) + Big(0, 2);
  const std::string exif =
      std::string("Exif\0\0MM\0\x2a", 10) + Big(8) + Big(1, 2) + entry + Big(0);
  const std::string block = "\xff\xe1" + Big(static_cast<std::uint32_t>(exif.size() + 2), 2) + exif;
  return jpeg.substr(0, 2) + block + jpeg.substr(2);
}

bool HasProgram(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

std::optional<std::string> Ffmpeg(const std::string& arguments,
                                  const std::string& extension,
                                  const std::string& input,
                                  const std::string& input_options) {
  const Scratch scratch;
  const fs::path in = scratch.folder() / "in";
  const fs::path out = scratch.folder() / ("out." + extension);
  if (!input.empty() && !WriteFileAtomically(in, input)) return std::nullopt;
  const std::string reads = input.empty() ? "" : " " + input_options + " -i " + in.string();
  return Run("ffmpeg -nostdin -y" + reads + " " + arguments + " " + out.string(), out);
}

std::optional<std::string> Sox(const std::string& arguments, const std::string& extension) {
  const Scratch scratch;
  const fs::path out = scratch.folder() / ("out." + extension);
  return Run("sox -n -r 22050 -c 2 " + out.string() + " " + arguments, out);
}

std::vector<Seed> EveryFormat() {
  const std::string picture = Bmp(96, 80, FourQuarters(96, 80));
  std::vector<Seed> seeds = {{"bmp", picture},
                             {"png", Png(96, 80, false, FourQuarters(96, 80))},
                             {"png-alpha", Png(60, 60, true, FourQuarters(60, 60))},
                             {"wav", Wav(8000, 1, 0.5, 440)},
                             {"wav-stereo", Wav(44100, 2, 0.2, 440)},
                             {"jpeg-cmyk", CmykJpeg(64, 64, {0, 200, 100, 20})}};
  const auto add = [&](const char* name, std::optional<std::string> bytes) {
    if (bytes) seeds.push_back({name, *std::move(bytes)});
  };
  add("jpeg", Ffmpeg("", "jpg", picture));
  if (auto jpeg = Ffmpeg("-pix_fmt yuvj444p", "jpg", picture))
    add("jpeg-exif", WithExifOrientation(*jpeg, 6));
  add("webp", Ffmpeg("", "webp", picture));
  add("webp-lossless", Ffmpeg("-lossless 1", "webp", picture));
  add("gif", Ffmpeg("", "gif", picture));
  add("png-palette", Ffmpeg("-pix_fmt pal8", "png", picture));
  add("png-16", Ffmpeg("-pix_fmt rgb48be", "png", picture));
  const std::string film =
      "-f lavfi -i testsrc=size=96x64:rate=10:duration=1 -f lavfi -i "
      "sine=frequency=440:duration=1 ";
  add("gif-moving", Ffmpeg("-f lavfi -i testsrc=size=48x32:rate=5:duration=1", "gif"));
  add("webp-moving", Ffmpeg("-f lavfi -i testsrc=size=48x32:rate=5:duration=1", "webp"));
  add("mp4", Ffmpeg(film + "-c:v libx264 -pix_fmt yuv420p -c:a aac", "mp4"));
  add("mp4-hevc", Ffmpeg(film + "-c:v libx265 -c:a aac", "mp4"));
  add("mov", Ffmpeg(film + "-c:v libx264 -pix_fmt yuv420p -c:a alac", "mov"));
  add("webm", Ffmpeg(film + "-c:v libvpx -c:a libopus", "webm"));
  add("mkv", Ffmpeg(film + "-c:v libvpx-vp9 -c:a libvorbis", "mkv"));
  add("mkv-av1", Ffmpeg(film + "-c:v libaom-av1 -cpu-used 8 -c:a flac", "mkv"));
  add("avi", Ffmpeg(film + "-c:v mpeg4 -c:a libmp3lame", "avi"));
  add("mp3", Ffmpeg("-f lavfi -i sine=frequency=440:duration=1 -c:a libmp3lame", "mp3"));
  add("flac", Sox("synth 1 sine 440", "flac"));
  add("ogg", Sox("synth 1 sine 440", "ogg"));
  const std::string tone = "-f lavfi -i sine=frequency=440:duration=1 ";
  add("opus", Ffmpeg(tone + "-c:a libopus", "opus"));
  add("aac", Ffmpeg(tone + "-c:a aac", "aac"));
  add("m4a", Ffmpeg(tone + "-c:a aac", "m4a"));
  return seeds;
}

std::string Mutate(const std::string& seed, const std::string& other, Random& random) {
  std::string bytes = seed;
  const std::uint64_t rounds = 1 + random.Below(6);
  for (std::uint64_t round = 0; round < rounds && !bytes.empty(); ++round) {
    // Headers decide most: half of all changes fall among the first bytes.
    const std::size_t reach =
        random.Bernoulli(0.5) ? std::min<std::size_t>(bytes.size(), 128) : bytes.size();
    const std::size_t at = random.Below(reach);
    constexpr std::array<std::uint32_t, 8> kEdges = {
        0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff};
    switch (random.Below(7)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ 1 << random.Below(8));
        break;
      case 1:
        bytes[at] = static_cast<char>(random.Below(256));
        break;
      case 2: {
        const int width = 1 << random.Below(3);
        const std::string edge =
            Number(kEdges[random.Below(kEdges.size())], width, random.Bernoulli(0.5));
        bytes.replace(at, width, edge);
        break;
      }
      case 3:
        bytes.resize(at);
        break;
      case 4:
        bytes.insert(at, bytes.substr(random.Below(bytes.size()), 1 + random.Below(64)));
        break;
      case 5:
        bytes.erase(at, 1 + random.Below(16));
        break;
      default:
        bytes.replace(at, std::string::npos, other.substr(std::min(other.size(), at)));
        break;
    }
  }
  return bytes;
}

}  // namespace medley::samples
