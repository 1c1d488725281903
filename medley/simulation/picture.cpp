#include "medley/simulation/picture.h"

#include <cairo.h>

#include <cmath>
#include <numbers>

namespace medley::simulation {
namespace {

void Minimal(const Scene& s) {
  s.canvas.PaintDown(Mix(s.palette.pale, {1, 1, 1}, 0.4), s.palette.light);
}

void Vintage(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.Paint(Mix(p.pale, Colour{0.93, 0.86, 0.7}, 0.45));
  const double x = s.random.Uniform(35, 65);
  const int rays = 14 + static_cast<int>(s.random.Below(8));
  for (int i = 0; i < rays; ++i) {
    const double a = 2 * std::numbers::pi * i / rays;
    const double b = a + std::numbers::pi / rays;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x, 60);
    cairo_line_to(c.cr(), x + 160 * std::cos(a), 60 + 160 * std::sin(a));
    cairo_line_to(c.cr(), x + 160 * std::cos(b), 60 + 160 * std::sin(b));
    c.Fill(p.light.WithAlpha(0.8));
  }
  c.Box(4, 4, c.width_units() - 8, 92, 3).Stroke(p.dark.WithAlpha(0.55), 1);
}

void Playful(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.light, Mix(p.light, p.base, 0.5));
  for (int i = 0; i < 26; ++i) {
    const double x = s.random.Uniform(0, c.width_units());
    const double y = s.random.Uniform(0, 100);
    const Colour colour = i % 3 == 0 ? p.pale : i % 3 == 1 ? p.base : p.accent;
    switch (s.random.Below(4)) {
      case 0:
        c.Circle(x, y, s.random.Uniform(1.5, 4)).Fill(colour);
        break;
      case 1:
        c.Circle(x, y, s.random.Uniform(2.5, 4.5)).Stroke(colour, 1.3);
        break;
      case 2:
        c.Star(x, y, 4, 1.7, 5, s.random.Uniform(0, 72)).Fill(colour);
        break;
      default:
        c.Line(x, y, x + s.random.Uniform(-7, 7), y + 5).Stroke(colour, 1.8);
        break;
    }
  }
}

void Elegant(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.dark, p.deep);
  c.Glow(c.width_units() / 2, 42, 60, p.base.WithAlpha(0.55));
  const Colour gold{0.93, 0.8, 0.52, 0.55};
  const double step = s.random.Uniform(9, 15);
  for (double r = 18; r < 90; r += step) {
    c.Circle(c.width_units() / 2, 100, r).Stroke(gold.WithAlpha(0.35), 0.35);
  }
  c.Box(3.5, 3.5, c.width_units() - 7, 93).Stroke(gold, 0.5);
}

void Bold(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.Paint(p.base);
  c.Save();
  c.Place(c.width_units() / 2, 50, 1, s.random.Bernoulli(0.5) ? 35 : -35);
  const double width = s.random.Uniform(14, 26);
  for (double x = -100; x < 100; x += 2 * width) c.Box(x, -110, width, 220).Fill(p.accent);
  c.Box(-8, -110, width * 0.4, 220).Fill(p.spark);
  c.Restore();
  c.Circle(c.width_units() / 2, 50, 36).Fill(p.pale.WithAlpha(0.9));
}

void Natural(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(Mix(p.pale, Colour{0.97, 0.95, 0.9}, 0.5), Mix(p.light, Colour{0.85, 0.8, 0.7}, 0.3));
  for (int i = 0; i < 9; ++i) {
    const bool left = i % 2 == 0;
    c.Save();
    c.Place(left ? -2 : c.width_units() + 2,
            s.random.Uniform(0, 75),
            s.random.Uniform(0.8, 1.5),
            (left ? 0 : 180) + s.random.Uniform(-40, 40));
    c.Path("M0 0 Q14 -13 30 0 Q14 13 0 0 Z")
        .Fill(Mix(p.base, p.light, s.random.Uniform(0, 0.6)).WithAlpha(0.75));
    c.Line(0, 0, 28, 0).Stroke(p.pale.WithAlpha(0.6), 0.6);
    c.Restore();
  }
  c.Box(0, 74, c.width_units(), 26)
      .FillDown(Mix(p.light, Colour{0.72, 0.56, 0.4}, 0.55),
                Mix(p.dark, Colour{0.55, 0.4, 0.27}, 0.6));
}

void Rays(const Scene& s, int count, double alpha) {
  auto& c = s.canvas;
  for (int i = 0; i < count; ++i) {
    const double a = 0.15 + 1.3 * (i + s.random.Uniform(0.2, 0.8)) / count;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), -5, -5);
    cairo_line_to(c.cr(), 160 * std::cos(a), 160 * std::sin(a));
    cairo_line_to(c.cr(), 160 * std::cos(a + 0.07), 160 * std::sin(a + 0.07));
    c.Fill({1, 1, 0.92, alpha});
  }
}

void SpeedLines(const Scene& s) {
  auto& c = s.canvas;
  const double x = c.width_units() / 2;
  for (int i = 0; i < 30; ++i) {
    const double a = 2 * std::numbers::pi * (i + s.random.Uniform(-0.3, 0.3)) / 30;
    const double from = s.random.Uniform(50, 60);
    c.Line(x + from * std::cos(a),
           50 + from * std::sin(a),
           x + 80 * std::cos(a),
           50 + 80 * std::sin(a))
        .Stroke({1, 1, 1, 0.6}, s.random.Uniform(0.5, 1.6));
  }
}

}  // namespace

Palette MakePalette(const ItemLatents& item, Random& random) {
  Palette p;
  p.hue = ColourHue(item.colour) + random.Uniform(-7, 7);
  // Yellow is only itself when light, blue and purple when darker.
  const double bend = 0.09 * std::cos((p.hue - 100) * std::numbers::pi / 180);
  constexpr double kRich[kStyles] = {0.85, 0.72, 1.15, 0.9, 1.35, 0.8};
  constexpr double kLight[kMoods] = {0.02, 0.05, -0.08, 0.02, -0.09, 0.04};
  const double rich = kRich[item.style];
  const double l = 0.63 + bend + kLight[item.mood];
  p.base = Oklch(l, 0.18 * rich, p.hue);
  p.light = Oklch(std::min(0.9, l + 0.18), 0.095 * rich, p.hue);
  p.dark = Oklch(l - 0.2, 0.13 * rich, p.hue);
  p.deep = Oklch(0.22, 0.05, p.hue);
  p.pale = Oklch(0.95, 0.03 * rich, p.hue);
  p.accent = Oklch(l + 0.06, 0.15 * rich, p.hue + (random.Bernoulli(0.5) ? 28 : -28));
  p.spark = Oklch(0.8, 0.14, p.hue + 170);
  return p;
}

void DrawBackdrop(const Scene& scene) {
  switch (scene.item.style) {
    case kMinimal:
      return Minimal(scene);
    case kVintage:
      return Vintage(scene);
    case kPlayful:
      return Playful(scene);
    case kElegant:
      return Elegant(scene);
    case kBold:
      return Bold(scene);
    default:
      return Natural(scene);
  }
}

void DrawPattern(const Scene& s, const Colour& colour) {
  auto& c = s.canvas;
  cairo_t* cr = c.cr();
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  cairo_path_extents(cr, &x1, &y1, &x2, &y2);
  cairo_path_t* outline = cairo_copy_path(cr);
  c.Save();
  c.Clip();
  const double pitch = s.random.Uniform(5, 9);
  switch (s.item.style) {
    case kMinimal:
      break;
    case kVintage:
      for (double x = x1; x < x2; x += pitch) c.Line(x, y1, x, y2).Stroke(colour, 0.9);
      for (double y = y1; y < y2; y += pitch)
        c.Line(x1, y, x2, y).Stroke(colour.WithAlpha(colour.a * 0.6), 0.9);
      break;
    case kPlayful:
      for (double y = y1; y < y2 + pitch; y += pitch) {
        for (double x = x1 + std::fmod(y / pitch, 2) * pitch / 2; x < x2 + pitch; x += pitch) {
          c.Circle(x, y, pitch * 0.24).Fill(colour);
        }
      }
      break;
    case kElegant:
      c.Line(x1, y2 - (y2 - y1) * 0.22, x2, y2 - (y2 - y1) * 0.22)
          .Stroke({0.93, 0.8, 0.52, 0.9}, 0.9);
      c.Line(x1, y2 - (y2 - y1) * 0.17, x2, y2 - (y2 - y1) * 0.17)
          .Stroke({0.93, 0.8, 0.52, 0.9}, 0.4);
      break;
    case kBold:
      for (double x = x1 - (y2 - y1); x < x2; x += pitch * 2) {
        c.Line(x, y2 + 2, x + (y2 - y1) + 4, y1 - 2).Stroke(colour, pitch * 0.75);
      }
      break;
    default:
      for (int i = 0; i < 12; ++i) {
        c.Ellipse(s.random.Uniform(x1, x2),
                  s.random.Uniform(y1, y2),
                  pitch * 0.55,
                  pitch * 0.2,
                  s.random.Uniform(0, 180))
            .Fill(colour);
      }
      break;
  }
  c.Restore();
  cairo_new_path(cr);
  cairo_append_path(cr, outline);
  cairo_path_destroy(outline);
}

void DrawMoodLight(const Scene& s) {
  auto& c = s.canvas;
  switch (s.item.mood) {
    case kCalm:
      c.Glow(20, 10, 70, {1, 1, 1, 0.22});
      break;
    case kHappy:
      c.Glow(5, 0, 80, {1, 0.97, 0.8, 0.4});
      Rays(s, 5, 0.13);
      break;
    case kMelancholy:
      c.Paint(s.palette.dark.WithAlpha(0.3));
      for (int i = 0; i < 40; ++i) {
        const double x = s.random.Uniform(0, c.width_units() + 10);
        const double y = s.random.Uniform(-5, 100);
        c.Line(x, y, x - 1.6, y + 6).Stroke({1, 1, 1, 0.28}, 0.5);
      }
      break;
    case kEnergetic:
      SpeedLines(s);
      break;
    case kTense:
      c.Vignette(0.75);
      c.Path("M0 0 L38 0 L0 60 Z").Fill({0, 0, 0, 0.3});
      break;
    default:
      for (int i = 0; i < 11; ++i) {
        c.Circle(
             s.random.Uniform(0, c.width_units()), s.random.Uniform(0, 100), s.random.Uniform(2, 8))
            .Fill(Mix(s.palette.pale, {1, 1, 1}, 0.5).WithAlpha(s.random.Uniform(0.12, 0.34)));
      }
      c.Glow(c.width_units() / 2, 30, 70, {1, 1, 1, 0.25});
      break;
  }
}

void DrawPicture(Canvas& canvas, const ItemLatents& item, std::string_view title, Random random) {
  const Palette palette = MakePalette(item, random);
  const Scene scene{canvas, item, palette, title, random};
  switch (item.kind) {
    case Kind::kGoods:
      DrawGoods(scene);
      break;
    case Kind::kSong:
      DrawCover(scene);
      break;
    case Kind::kFilm:
      DrawPoster(scene);
      break;
    case Kind::kNews:
      DrawPress(scene);
      break;
    case Kind::kPost:
      DrawSnapshot(scene);
      break;
  }
  if (item.style == kVintage) canvas.Grain(6, random);
}

void DrawFilmFrame(Canvas& canvas, const ItemLatents& item, double time, Random random) {
  const Palette palette = MakePalette(item, random);
  DrawFilmScene(Scene{canvas, item, palette, {}, random}, time);
}

}  // namespace medley::simulation
