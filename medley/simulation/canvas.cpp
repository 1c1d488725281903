#include "medley/simulation/canvas.h"

#include <cairo.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace medley::simulation {
namespace {

constexpr double kPi = std::numbers::pi;

double ToSrgb(double linear) {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}
double ToLinear(double srgb) {
  return srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
}

bool InGamut(const std::array<double, 3>& rgb) {
  return std::all_of(rgb.begin(), rgb.end(), [](double v) { return v > -1e-4 && v < 1 + 1e-4; });
}

std::array<double, 3> LinearFromOklab(double lightness, double a, double b) {
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

/// Reads one number of a path and moves on; paths are written by us, so that a wrong one is a bug.
double NextNumber(const char*& at, const char* end) {
  while (at < end && (*at == ' ' || *at == ',')) ++at;
  double value = 0;
  at = std::from_chars(at, end, value).ptr;
  return value;
}

/// Strokes of a letter on a grid 4 wide and 6 high, y downwards: pairs of digits xy; a comma lifts
/// the pen.
struct Glyph {
  char letter;
  std::string_view strokes;
};
constexpr Glyph kGlyphs[] = {Glyph{'A', "0620 46,1434"},
                             {'B', "06003041423303,3344453606"},
                             {'C', "4130100105163645"},
                             {'D', "06003041453606"},
                             {'E', "40000646,0333"},
                             {'F', "400006,0333"},
                             {'G', "41301001051636454323"},
                             {'H', "0006,4046,0343"},
                             {'I', "2026"},
                             {'J', "4045361605"},
                             {'K', "0006,4003,0346"},
                             {'L', "000646"},
                             {'M', "0600234046"},
                             {'N', "06004640"},
                             {'O', "103041453616050110"},
                             {'P', "06003041423303"},
                             {'Q', "103041453616050110,2446"},
                             {'R', "06003041423303,2346"},
                             {'S', "413010010213334445361605"},
                             {'T', "0040,2026"},
                             {'U', "000516364540"},
                             {'V', "002640"},
                             {'W', "0016233640"},
                             {'X', "0046,4006"},
                             {'Y', "002340,2326"},
                             {'Z', "00400646"},
                             {'0', "103041453616050110"},
                             {'1', "112026"},
                             {'2', "01103041420646"},
                             {'3', "0040224445361605"},
                             {'4', "36300444"},
                             {'5', "400003334445361605"},
                             {'6', "30100105163645443303"},
                             {'7', "004016"},
                             {'8', "10304142331304051636454433,13020110"},
                             {'9', "43130201103041453616"},
                             {'-', "1333"},
                             {'&', "46111020310305162644"},
                             {'\'', "2021"},
                             {'.', "2526"}};

const Glyph* FindGlyph(char letter) {
  const char upper = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  for (const auto& glyph : kGlyphs) {
    if (glyph.letter == upper) return &glyph;
  }
  return nullptr;
}

bool Narrow(char letter) {
  return letter == 'I' || letter == 'i' || letter == '.' || letter == '\'';
}

/// Grid units to the next letter.
double Advance(char letter) { return letter == ' ' ? 3.2 : Narrow(letter) ? 2.4 : 5.3; }

}  // namespace

Colour Oklch(double lightness, double chroma, double hue) {
  const double cosine = std::cos(hue * kPi / 180);
  const double sine = std::sin(hue * kPi / 180);
  std::array<double, 3> rgb{};
  for (int step = 0; step < 24; ++step, chroma *= 0.9) {
    rgb = LinearFromOklab(lightness, chroma * cosine, chroma * sine);
    if (InGamut(rgb)) break;
  }
  const auto channel = [](double v) { return std::clamp(ToSrgb(std::max(0.0, v)), 0.0, 1.0); };
  return {channel(rgb[0]), channel(rgb[1]), channel(rgb[2]), 1};
}

HueChroma ToHueChroma(const Colour& colour) {
  const double r = ToLinear(colour.r);
  const double g = ToLinear(colour.g);
  const double b = ToLinear(colour.b);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const double a_axis = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
  const double b_axis = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
  return {std::atan2(b_axis, a_axis) * 180 / kPi, std::hypot(a_axis, b_axis)};
}

Colour Mix(const Colour& a, const Colour& b, double share_of_b) {
  const auto mix = [share_of_b](double x, double y) { return x + (y - x) * share_of_b; };
  return {mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b), mix(a.a, b.a)};
}

Canvas::Canvas(int width, int height)
    : width_(width),
      height_(height),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      cr_(cairo_create(surface_)) {
  cairo_scale(cr_, height / 100.0, height / 100.0);
  cairo_set_antialias(cr_, CAIRO_ANTIALIAS_FAST);
  cairo_set_line_cap(cr_, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cr_, CAIRO_LINE_JOIN_ROUND);
  cairo_set_tolerance(cr_, 0.2);
}

Canvas::~Canvas() {
  cairo_destroy(cr_);
  cairo_surface_destroy(surface_);
}

const std::uint8_t* Canvas::Pixels() {
  cairo_surface_flush(surface_);
  return cairo_image_surface_get_data(surface_);
}

int Canvas::stride() const { return cairo_image_surface_get_stride(surface_); }

Canvas& Canvas::Path(std::string_view path) {
  cairo_new_path(cr_);
  const char* at = path.data();
  const char* end = at + path.size();
  std::array<double, 6> v{};
  const auto read = [&](int count) {
    for (int i = 0; i < count; ++i) v[static_cast<std::size_t>(i)] = NextNumber(at, end);
  };
  double x = 0;
  double y = 0;
  while (at < end) {
    switch (*at++) {
      case 'M':
        read(2);
        cairo_move_to(cr_, x = v[0], y = v[1]);
        break;
      case 'L':
        read(2);
        cairo_line_to(cr_, x = v[0], y = v[1]);
        break;
      case 'Q':
        read(4);
        cairo_curve_to(cr_,
                       x + (v[0] - x) * 2 / 3,
                       y + (v[1] - y) * 2 / 3,
                       v[2] + (v[0] - v[2]) * 2 / 3,
                       v[3] + (v[1] - v[3]) * 2 / 3,
                       v[2],
                       v[3]);
        x = v[2], y = v[3];
        break;
      case 'C':
        read(6);
        cairo_curve_to(cr_, v[0], v[1], v[2], v[3], x = v[4], y = v[5]);
        break;
      case 'Z':
        cairo_close_path(cr_);
        break;
      default:
        break;
    }
  }
  return *this;
}

Canvas& Canvas::Ellipse(double x, double y, double rx, double ry, double degrees) {
  cairo_new_path(cr_);
  cairo_save(cr_);
  cairo_translate(cr_, x, y);
  cairo_rotate(cr_, degrees * kPi / 180);
  cairo_scale(cr_, std::max(rx, 1e-3), std::max(ry, 1e-3));
  cairo_arc(cr_, 0, 0, 1, 0, 2 * kPi);
  cairo_restore(cr_);
  return *this;
}

Canvas& Canvas::Box(double x, double y, double width, double height, double corner) {
  cairo_new_path(cr_);
  if (corner <= 0) {
    cairo_rectangle(cr_, x, y, width, height);
    return *this;
  }
  const double r = std::min({corner, width / 2, height / 2});
  cairo_arc(cr_, x + width - r, y + r, r, -kPi / 2, 0);
  cairo_arc(cr_, x + width - r, y + height - r, r, 0, kPi / 2);
  cairo_arc(cr_, x + r, y + height - r, r, kPi / 2, kPi);
  cairo_arc(cr_, x + r, y + r, r, kPi, 1.5 * kPi);
  cairo_close_path(cr_);
  return *this;
}

Canvas& Canvas::Line(double x1, double y1, double x2, double y2) {
  cairo_new_path(cr_);
  cairo_move_to(cr_, x1, y1);
  cairo_line_to(cr_, x2, y2);
  return *this;
}

Canvas& Canvas::Star(double x, double y, double outer, double inner, int points, double degrees) {
  cairo_new_path(cr_);
  for (int i = 0; i < 2 * points; ++i) {
    const double angle = (degrees - 90) * kPi / 180 + kPi * i / points;
    const double radius = i % 2 == 0 ? outer : inner;
    cairo_line_to(cr_, x + radius * std::cos(angle), y + radius * std::sin(angle));
  }
  cairo_close_path(cr_);
  return *this;
}

Canvas& Canvas::Blob(double x, double y, double radius, double unevenness, Random& random) {
  constexpr int kPoints = 9;
  std::array<double, kPoints> radii{};
  for (auto& r : radii) r = radius * (1 + unevenness * random.Uniform(-1, 1));
  const auto at = [&](int i) {
    const double angle = 2 * kPi * i / kPoints;
    const double r = radii[static_cast<std::size_t>(i % kPoints)];
    return std::array{x + r * std::cos(angle), y + r * std::sin(angle)};
  };
  cairo_new_path(cr_);
  for (int i = 0; i < kPoints; ++i) {
    const auto a = at(i + kPoints - 1);
    const auto b = at(i);
    const auto c = at(i + 1);
    const auto d = at(i + 2);
    if (i == 0) cairo_move_to(cr_, b[0], b[1]);
    cairo_curve_to(cr_,
                   b[0] + (c[0] - a[0]) / 6,
                   b[1] + (c[1] - a[1]) / 6,
                   c[0] - (d[0] - b[0]) / 6,
                   c[1] - (d[1] - b[1]) / 6,
                   c[0],
                   c[1]);
  }
  cairo_close_path(cr_);
  return *this;
}

void Canvas::SetColour(const Colour& colour) {
  cairo_set_source_rgba(cr_, colour.r, colour.g, colour.b, colour.a);
}

Canvas& Canvas::Fill(const Colour& colour) {
  SetColour(colour);
  cairo_fill(cr_);
  return *this;
}

Canvas& Canvas::FillKeep(const Colour& colour) {
  SetColour(colour);
  cairo_fill_preserve(cr_);
  return *this;
}

namespace {

void FillGradient(cairo_t* cr, cairo_pattern_t* pattern, const Colour& from, const Colour& to) {
  cairo_pattern_add_color_stop_rgba(pattern, 0, from.r, from.g, from.b, from.a);
  cairo_pattern_add_color_stop_rgba(pattern, 1, to.r, to.g, to.b, to.a);
  cairo_set_source(cr, pattern);
  cairo_fill_preserve(cr);
  cairo_pattern_destroy(pattern);
}

}  // namespace

Canvas& Canvas::FillDown(const Colour& top, const Colour& bottom) {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  cairo_path_extents(cr_, &x1, &y1, &x2, &y2);
  FillGradient(cr_, cairo_pattern_create_linear(0, y1, 0, y2), top, bottom);
  return *this;
}

Canvas& Canvas::FillAcross(const Colour& left, const Colour& right) {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  cairo_path_extents(cr_, &x1, &y1, &x2, &y2);
  FillGradient(cr_, cairo_pattern_create_linear(x1, y1, x2, y2), left, right);
  return *this;
}

Canvas& Canvas::FillRound(
    double x, double y, double radius, const Colour& inside, const Colour& outside) {
  FillGradient(cr_, cairo_pattern_create_radial(x, y, 0, x, y, radius), inside, outside);
  return *this;
}

Canvas& Canvas::Stroke(const Colour& colour, double width) {
  StrokeKeep(colour, width);
  cairo_new_path(cr_);
  return *this;
}

Canvas& Canvas::StrokeKeep(const Colour& colour, double width) {
  SetColour(colour);
  cairo_set_line_width(cr_, width);
  cairo_stroke_preserve(cr_);
  return *this;
}

Canvas& Canvas::Clip() {
  cairo_clip_preserve(cr_);
  return *this;
}

void Canvas::Paint(const Colour& colour) {
  SetColour(colour);
  cairo_paint(cr_);
}

void Canvas::PaintDown(const Colour& top, const Colour& bottom) {
  Box(0, 0, width_units(), 100).FillDown(top, bottom);
  cairo_new_path(cr_);
}

void Canvas::Glow(double x, double y, double radius, const Colour& colour) {
  Box(x - radius, y - radius, 2 * radius, 2 * radius)
      .FillRound(x, y, radius, colour, colour.WithAlpha(0));
  cairo_new_path(cr_);
}

void Canvas::Vignette(double strength) {
  const double x = width_units() / 2;
  Box(0, 0, width_units(), 100)
      .FillRound(x, 50, std::hypot(x, 50), {0, 0, 0, 0}, {0, 0, 0, strength});
  cairo_new_path(cr_);
}

void Canvas::Grain(double amount, Random& random) {
  cairo_surface_flush(surface_);
  auto* data = cairo_image_surface_get_data(surface_);
  const int row = stride();
  for (int y = 0; y < height_; ++y) {
    auto* pixel = data + static_cast<std::ptrdiff_t>(y) * row;
    std::uint64_t bits = 0;
    for (int x = 0; x < width_; ++x, pixel += 4) {
      if (x % 8 == 0) bits = random.Next();
      const double noise = (static_cast<double>(bits & 0xff) / 255.0 - 0.5) * 2 * amount;
      bits >>= 8;
      for (int c = 0; c < 3; ++c) {
        pixel[c] = static_cast<std::uint8_t>(std::clamp(pixel[c] + noise, 0.0, 255.0));
      }
    }
  }
  cairo_surface_mark_dirty(surface_);
}

void Canvas::Place(double x, double y, double scale, double degrees, double stretch) {
  cairo_translate(cr_, x, y);
  cairo_rotate(cr_, degrees * kPi / 180);
  cairo_scale(cr_, scale * stretch, scale);
}

void Canvas::Letters(
    std::string_view text, double x, double y, double height, const Colour& colour, double weight) {
  SetColour(colour);
  cairo_set_line_width(cr_, height * weight);
  const double unit = height / 6;
  cairo_new_path(cr_);
  for (const char letter : text) {
    if (const Glyph* glyph = FindGlyph(letter)) {
      bool down = false;
      const auto& strokes = glyph->strokes;
      std::string digits;
      for (const char c : strokes) {
        if (c == ',') down = false;
        if (c < '0' || c > '9') continue;
        digits += c;
        if (digits.size() < 2) continue;
        const double px = x + (digits[0] - '0' - (Narrow(letter) ? 1.5 : 0)) * unit * 0.9;
        const double py = y - height + (digits[1] - '0') * unit;
        down ? cairo_line_to(cr_, px, py) : cairo_move_to(cr_, px, py);
        down = true;
        digits.clear();
      }
    }
    x += Advance(letter) * unit;
  }
  cairo_stroke(cr_);
}

double Canvas::LettersWidth(std::string_view text, double height) {
  double width = 0;
  for (const char letter : text) width += Advance(letter) * height / 6;
  return std::max(0.0, width - 1.4 * height / 6);
}

}  // namespace medley::simulation
