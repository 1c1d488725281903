#pragma once

#include <cairo.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"

namespace medley::simulation {

/// A colour of the sRGB cube. Units: 0 .. 1, opacity as well.
struct Colour {
  double r = 0;
  double g = 0;
  double b = 0;
  double a = 1;

  Colour WithAlpha(double alpha) const { return {r, g, b, alpha}; }
};

/// From OKLCH: lightness 0 .. 1, chroma 0 .. about 0.3, hue in degrees. Chroma is reduced until the
/// colour exists in sRGB. Source: Ottosson, "A perceptual color space for image processing", 2020.
Colour Oklch(double lightness, double chroma, double hue);
/// Hue in degrees and chroma of an sRGB colour.
struct HueChroma {
  double hue;
  double chroma;
};
HueChroma ToHueChroma(const Colour& colour);
Colour Mix(const Colour& a, const Colour& b, double share_of_b);

/// A drawing surface whose height is 100 units and whose width is `width_units`.
/// Shapes: pixels are rows of BGRX, 32 bits.
/// Paths are given in the letters of SVG: "M x y", "L x y", "Q x y x y", "C x y x y x y", "Z", all
/// absolute.
class Canvas {
 public:
  Canvas(int width, int height);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  int width() const { return width_; }
  int height() const { return height_; }
  double width_units() const { return 100.0 * width_ / height_; }
  cairo_t* cr() { return cr_; }
  const std::uint8_t* Pixels();
  int stride() const;

  // Outlines: these start a new path.
  Canvas& Path(std::string_view path);
  Canvas& Circle(double x, double y, double radius) { return Ellipse(x, y, radius, radius); }
  Canvas& Ellipse(double x, double y, double rx, double ry, double degrees = 0);
  Canvas& Box(double x, double y, double width, double height, double corner = 0);
  Canvas& Line(double x1, double y1, double x2, double y2);
  Canvas& Star(double x, double y, double outer, double inner, int points, double degrees = 0);
  /// A closed, uneven round: a bush, a cloud, a puddle.
  Canvas& Blob(double x, double y, double radius, double unevenness, Random& random);

  // What is done with the outline; Keep variants leave it for the next.
  Canvas& Fill(const Colour& colour);
  Canvas& FillKeep(const Colour& colour);
  Canvas& FillDown(const Colour& top, const Colour& bottom);
  Canvas& FillAcross(const Colour& left, const Colour& right);
  Canvas& FillRound(double x, double y, double radius, const Colour& inside, const Colour& outside);
  Canvas& Stroke(const Colour& colour, double width);
  Canvas& StrokeKeep(const Colour& colour, double width);
  Canvas& Clip();

  // The whole surface.
  void Paint(const Colour& colour);
  void PaintDown(const Colour& top, const Colour& bottom);
  void Glow(double x, double y, double radius, const Colour& colour);
  void Vignette(double strength);
  /// Film grain. `amount` in grey levels.
  void Grain(double amount, Random& random);

  void Save() { cairo_save(cr_); }
  void Restore() { cairo_restore(cr_); }
  /// Moves the origin, turns and scales what is drawn until Restore.
  void Place(double x, double y, double scale = 1, double degrees = 0, double stretch = 1);

  /// Capitals, digits and a few marks, drawn with a round pen; others are left out. (x, y) is the
  /// left of the base line.
  void Letters(std::string_view text,
               double x,
               double y,
               double height,
               const Colour& colour,
               double weight = 0.14);
  static double LettersWidth(std::string_view text, double height);

 private:
  void SetColour(const Colour& colour);
  int width_;
  int height_;
  cairo_surface_t* surface_;
  cairo_t* cr_;
};

/// JPEG at `quality`, without metadata: the same pixels give the same bytes. Errors: kInternal.
Result<std::string> EncodeJpeg(Canvas& canvas, int quality);

}  // namespace medley::simulation
