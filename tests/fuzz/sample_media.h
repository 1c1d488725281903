#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"

/// Small media files for tests: written by hand here, or by the programs ffmpeg and sox where a
/// test needs a codec.
namespace medley::samples {

struct Colour {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;
};
/// The colour at column x, row y.
using Painter = std::function<Colour(int x, int y)>;

/// Red, green over blue, yellow: tells every turn and mirroring apart.
Painter FourQuarters(int width, int height);

/// Uncompressed PNG of 8-bit RGB or RGBA.
std::string Png(int width, int height, bool alpha, const Painter& painter);
/// A PNG that says it is so large, and has next to nothing in it.
std::string PngBomb(int width, int height);
std::string Bmp(int width, int height, const Painter& painter);
/// 16-bit WAV of a sine in the first channel, silence in the others.
std::string Wav(int sample_rate, int channels, double seconds, double hz);
/// A JPEG of four components, inverted as Adobe's programs write them. Inks are 0 (none) to 255.
std::string CmykJpeg(int width, int height, const std::vector<std::uint8_t>& inks);
/// `jpeg` with an EXIF block that gives its orientation, 1 to 8.
std::string WithExifOrientation(const std::string& jpeg, int orientation);

bool HasProgram(const std::string& name);
/// What ffmpeg makes, as a file named out.`extension`, of `arguments` and, if given, of `input`
/// (its -i is put before them).
/// Missing: nullopt where ffmpeg is not there or cannot do it.
std::optional<std::string> Ffmpeg(const std::string& arguments,
                                  const std::string& extension,
                                  const std::string& input = "",
                                  const std::string& input_options = "");
/// The same for sox: `arguments` stand after the output file, as effects do.
std::optional<std::string> Sox(const std::string& arguments, const std::string& extension);

struct Seed {
  std::string name;
  std::string bytes;
};
/// One small valid file of every format that can be made here.
std::vector<Seed> EveryFormat();

/// `seed` damaged as disks, networks and enemies do: bits flipped, bytes and lengths overwritten,
/// cut, doubled, spliced with `other`.
std::string Mutate(const std::string& seed, const std::string& other, Random& random);

}  // namespace medley::samples
