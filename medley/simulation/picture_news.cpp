#include <cairo.h>

#include <array>
#include <cmath>
#include <numbers>

#include "medley/simulation/picture.h"

namespace medley::simulation {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

void Technology(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.deep, p.dark);
  for (int i = 0; i < 26; ++i) {
    const double x = std::round(s.random.Uniform(0, 24)) * 4;
    const double y = std::round(s.random.Uniform(0, 24)) * 4;
    const double bend = s.random.Uniform(-16, 16);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x, y);
    cairo_line_to(c.cr(), x + bend, y);
    cairo_line_to(c.cr(), x + bend + 8, y + 8);
    cairo_line_to(c.cr(), x + bend + 8, y + 20);
    c.Stroke((i % 3 == 0 ? p.accent : p.base).WithAlpha(0.85), 0.8);
    c.Circle(x, y, 1.3).Fill(p.light);
  }
  const double size = s.random.Uniform(18, 24);
  for (int i = 0; i < 6; ++i) {
    const double at = 50 - size + (i + 0.5) * size / 3;
    for (const double side : {-1.0, 1.0}) {
      c.Line(at, 50 + side * size, at, 50 + side * (size + 7)).Stroke({0.85, 0.78, 0.5}, 2);
      c.Line(50 + side * size, at, 50 + side * (size + 7), at).Stroke({0.85, 0.78, 0.5}, 2);
    }
  }
  c.Box(50 - size, 50 - size, 2 * size, 2 * size, 3)
      .FillAcross(Mix(p.base, {1, 1, 1}, 0.2), p.dark);
  c.Stroke(p.pale, 0.7);
  c.Glow(50, 50, 24, p.light.WithAlpha(0.9));
  c.Box(42, 42, 16, 16, 2).Stroke(p.pale, 1);
  c.Circle(50, 50, 4).Fill(p.pale);
}

void Sport(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.dark, p.light);
  for (int row = 0; row < 6; ++row) {
    for (int i = 0; i < 34; ++i) {
      const Colour crowd = Mix(i % 2 == 0 ? p.base : p.accent, p.pale, s.random.Uniform(0, 0.7));
      c.Circle(i * 3.1 + row % 2 * 1.5, 22 + row * 4.2, 1.5).Fill(crowd);
    }
  }
  for (const double x : {12.0, 88.0}) {
    c.Glow(x, 8, 22, {1, 1, 0.95, 0.9});
    c.Box(x - 5, 5, 10, 5, 1).Fill({1, 1, 1});
  }
  c.Box(0, 48, 100, 52).FillDown(Mix(p.base, Colour{0.3, 0.6, 0.3}, 0.25), p.dark);
  for (int i = 0; i < 5; ++i) c.Box(i * 22, 48, 11, 52).Fill({1, 1, 1, 0.07});
  c.Ellipse(50, 74, 36, 12).Stroke({1, 1, 1, 0.85}, 0.8);
  c.Line(0, 74, 100, 74).Stroke({1, 1, 1, 0.85}, 0.8);
  const double x = s.random.Uniform(36, 64);
  const double y = s.random.Uniform(58, 72);
  c.Ellipse(x + 2, 84, 12, 2.5).Fill({0, 0, 0, 0.35});
  if (s.random.Bernoulli(0.5)) {
    c.Circle(x, y, 13).FillAcross({1, 1, 1}, {0.72, 0.74, 0.78});
    c.Star(x, y, 5, 4.4, 5).Fill({0.1, 0.1, 0.12});
    for (int i = 0; i < 5; ++i) {
      const double a = kTurn * i / 5 - 0.94;
      c.Line(x + 5 * std::cos(a + 0.63),
             y + 5 * std::sin(a + 0.63),
             x + 9 * std::cos(a + 0.63),
             y + 9 * std::sin(a + 0.63))
          .Stroke({0.1, 0.1, 0.12}, 0.8);
      c.Circle(x + 11 * std::cos(a + 0.63), y + 11 * std::sin(a + 0.63), 1.9)
          .Fill({0.1, 0.1, 0.12});
    }
  } else {
    c.Circle(x, y, 13).FillAcross({0.96, 0.6, 0.25}, {0.7, 0.33, 0.1});
    c.Stroke({0.2, 0.1, 0.05}, 0.9);
    c.Line(x - 13, y, x + 13, y).Stroke({0.2, 0.1, 0.05}, 0.9);
    c.Line(x, y - 13, x, y + 13).Stroke({0.2, 0.1, 0.05}, 0.9);
    c.Ellipse(x, y, 6.5, 13).Stroke({0.2, 0.1, 0.05}, 0.9);
  }
}

void Economy(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.pale, p.light);
  for (int i = 0; i < 7; ++i)
    c.Line(8, 16 + 10 * i, 94, 16 + 10 * i).Stroke(p.dark.WithAlpha(0.25), 0.4);
  const bool rising = s.random.Bernoulli(0.55);
  double level = rising ? 26 : 56;
  cairo_new_path(c.cr());
  std::array<double, 9> tops{};
  for (int i = 0; i < 9; ++i) {
    level = std::min(66.0, std::max(10.0, level + (rising ? 4 : -4) + s.random.Uniform(-9, 9)));
    tops[static_cast<std::size_t>(i)] = 80 - level;
    c.Box(9 + i * 9.6, 80 - level, 7, level, 1).FillDown(i % 2 == 0 ? p.base : p.accent, p.dark);
    cairo_new_path(c.cr());
  }
  for (int i = 0; i < 9; ++i)
    cairo_line_to(c.cr(), 12.5 + i * 9.6, tops[static_cast<std::size_t>(i)] - 6);
  c.Stroke(p.deep, 1.8);
  for (int i = 0; i < 9; ++i)
    c.Circle(12.5 + i * 9.6, tops[static_cast<std::size_t>(i)] - 6, 1.8)
        .FillKeep(p.pale)
        .Stroke(p.deep, 0.9);
  const Colour coin{0.95, 0.78, 0.35};
  for (int i = 0; i < 5; ++i)
    c.Ellipse(78, 84 - 3 * i, 9, 3.2)
        .FillKeep(Mix(coin, {1, 1, 1}, 0.1 * i))
        .Stroke({0.6, 0.42, 0.1}, 0.6);
}

void Weather(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.base, p.light);
  for (int i = 0; i < 3; ++i) {
    c.Blob(s.random.Uniform(10, 90),
           s.random.Uniform(30, 80),
           s.random.Uniform(14, 28),
           0.4,
           s.random)
        .FillKeep(Mix(p.light, Colour{0.75, 0.8, 0.6}, 0.4))
        .Stroke(p.pale, 0.8);
  }
  const double x = s.random.Uniform(25, 75);
  for (int i = 1; i < 7; ++i) c.Ellipse(x, 50, 9.0 * i, 6.0 * i, -20).Stroke({1, 1, 1, 0.5}, 0.6);
  switch (s.random.Below(3)) {
    case 0:
      c.Star(68, 34, 19, 13, 12).Fill({1, 0.85, 0.35});
      c.Circle(68, 34, 11).Fill({1, 0.93, 0.55});
      break;
    case 1:
      for (int i = 0; i < 16; ++i)
        c.Line(40 + i % 8 * 5.5, 56 + i / 8 * 9, 37 + i % 8 * 5.5, 63 + i / 8 * 9)
            .Stroke(p.deep.WithAlpha(0.8), 1.3);
      break;
    default:
      c.Path("M58 52 L48 70 L56 70 L50 88 L68 64 L58 64 L64 52 Z").Fill({1, 0.9, 0.4});
  }
  for (const auto& [dx, dy, r] :
       {std::array{40.0, 46.0, 12.0}, {54.0, 39.0, 15.0}, {69.0, 46.0, 12.0}, {55.0, 50.0, 13.0}}) {
    c.Circle(dx, dy, r).FillDown({1, 1, 1}, Mix(p.pale, {0.8, 0.84, 0.9}, 0.5));
    cairo_new_path(c.cr());
  }
}

void Space(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.deep, p.dark);
  for (int i = 0; i < 60; ++i)
    c.Circle(s.random.Uniform(0, 100), s.random.Uniform(0, 85), s.random.Uniform(0.2, 0.6))
        .Fill({1, 1, 1});
  c.Glow(30, 30, 40, p.base.WithAlpha(0.7));
  if (s.random.Bernoulli(0.5)) {  // a launch
    c.Box(0, 82, 100, 18).Fill(p.deep);
    c.Glow(50, 84, 40, {1, 0.85, 0.5, 0.9});
    for (int i = 0; i < 10; ++i)
      c.Circle(50 + s.random.Uniform(-34, 34), 86 + s.random.Uniform(-4, 4), s.random.Uniform(4, 9))
          .Fill(Mix(p.light, {1, 1, 1}, 0.5).WithAlpha(0.75));
    c.Box(66, 34, 5, 50).Fill(p.dark);
    c.Path("M46 62 L50 86 L54 62 Z").Fill({1, 0.8, 0.35});
    c.Path("M50 18 Q57 28 56 62 L44 62 Q43 28 50 18 Z").FillAcross({1, 1, 1}, {0.65, 0.67, 0.74});
    c.Box(44, 44, 12, 5).Fill(p.base);
    c.Path("M44 50 L38 64 L44 62 Z").Fill(p.base);
    c.Path("M56 50 L62 64 L56 62 Z").Fill(p.base);
  } else {  // a satellite above the Earth
    c.Circle(50, 128, 62).FillDown(p.light, p.base);
    cairo_new_path(c.cr());
    c.Ellipse(34, 84, 14, 5, -12).Fill(Mix(p.base, Colour{0.4, 0.6, 0.35}, 0.4));
    c.Ellipse(68, 80, 12, 4, 12).Fill(Mix(p.base, Colour{0.4, 0.6, 0.35}, 0.4));
    c.Save();
    c.Place(54, 38, 1, s.random.Uniform(-35, 35));
    for (const double side : {-1.0, 1.0}) {
      c.Line(0, 0, side * 16, 0).Stroke({0.8, 0.8, 0.85}, 1.6);
      c.Box(side > 0 ? 12 : -34, -7, 22, 14).FillKeep(p.accent).Stroke(p.pale, 0.6);
      for (int i = 1; i < 4; ++i)
        c.Line(side * (12 + 5.5 * i), -7, side * (12 + 5.5 * i), 7).Stroke(p.pale, 0.5);
    }
    c.Box(-7, -9, 14, 18, 2).FillAcross({0.95, 0.9, 0.75}, {0.6, 0.52, 0.35});
    c.Path("M-7 -11 Q0 -3 7 -11 Z").Fill({0.92, 0.92, 0.95});
    c.Restore();
  }
}

void Culture(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  if (s.random.Bernoulli(0.5)) {  // a museum
    c.PaintDown(p.base, p.pale);
    c.Path("M12 38 L50 14 L88 38 Z").FillDown(Mix(p.pale, {1, 1, 1}, 0.5), p.light);
    c.Stroke(p.dark, 0.7);
    c.Circle(50, 29, 4).Fill(p.base);
    c.Box(12, 38, 76, 6).Fill(p.pale);
    for (int i = 0; i < 6; ++i) {
      c.Box(16 + 12.4 * i, 44, 6, 36).FillAcross({1, 1, 1}, Mix(p.light, p.dark, 0.25));
      cairo_new_path(c.cr());
    }
    c.Box(44, 54, 12, 26).Fill(p.dark);
    for (int i = 0; i < 3; ++i)
      c.Box(10 - 3 * i, 80 + 4 * i, 80 + 6 * i, 4).Fill(Mix(p.pale, p.dark, 0.1 + 0.1 * i));
    for (const double x : {30.0, 70.0})
      c.Path("M0 0").Box(x - 3.5, 46, 7, 22).Fill(s.random.Bernoulli(0.5) ? p.accent : p.spark);
    return;
  }
  c.PaintDown(p.deep, p.dark);  // a stage
  for (int i = 0; i < 3; ++i) {
    const double x = 25 + 25 * i;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x, 0);
    cairo_line_to(c.cr(), x - 16 + s.random.Uniform(-8, 8), 84);
    cairo_line_to(c.cr(), x + 16, 84);
    c.FillDown(p.pale.WithAlpha(0.75), p.light.WithAlpha(0.05));
  }
  cairo_new_path(c.cr());
  c.Box(0, 80, 100, 20).Fill({0.36, 0.23, 0.14});
  for (int i = 0; i < 5; ++i) {
    c.Box(i * 4.5 - 1, 0, 4, 84).FillAcross(p.base, p.dark);
    c.Box(97 - i * 4.5, 0, 4, 84).FillAcross(p.dark, p.base);
    cairo_new_path(c.cr());
  }
  for (int i = 0; i < 5; ++i) c.Circle(10 + i * 20, 3, 11).Fill(i % 2 == 0 ? p.base : p.accent);
  c.Circle(50, 52, 4).Fill(p.deep);
  c.Path("M50 56 L42 84 L58 84 Z").Fill(p.deep);
  c.Line(50, 60, 40, 52).Stroke(p.deep, 1.6);
  c.Line(50, 60, 60, 50).Stroke(p.deep, 1.6);
  for (int i = 0; i < 12; ++i)
    c.Circle(4 + i * 8.6, 97 - s.random.Uniform(0, 3), 4.4).Fill(Mix(p.deep, {0, 0, 0}, 0.4));
}

void Health(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(Mix(p.pale, {1, 1, 1}, 0.5), p.light);
  for (int i = 0; i < 11; ++i) {
    c.Line(i * 10, 0, i * 10, 100).Stroke(p.base.WithAlpha(0.25), 0.4);
    c.Line(0, i * 10, 100, i * 10).Stroke(p.base.WithAlpha(0.25), 0.4);
  }
  if (s.random.Bernoulli(0.6)) {
    c.Save();
    c.Place(50, 46, 2.3);
    c.Path("M0 13 C-22 -3 -12 -18 0 -8 C12 -18 22 -3 0 13 Z")
        .FillAcross(Mix(p.base, {1, 1, 1}, 0.25), p.dark);
    cairo_new_path(c.cr());
    c.Restore();
  } else {
    c.Save();
    c.Place(50, 46, 1, 38);
    c.Box(-34, -12, 34, 24, 12).FillDown(Mix(p.base, {1, 1, 1}, 0.4), p.dark);
    c.Box(-4, -12, 38, 24, 12).FillDown({1, 1, 1}, p.light);
    c.Ellipse(0, -6, 28, 2).Fill({1, 1, 1, 0.5});
    c.Restore();
  }
  const double beat = s.random.Uniform(18, 26);
  cairo_new_path(c.cr());
  for (double x = 0; x < 100; x += beat) {
    cairo_line_to(c.cr(), x, 60);
    cairo_line_to(c.cr(), x + beat * 0.4, 60);
    cairo_line_to(c.cr(), x + beat * 0.5, 36);
    cairo_line_to(c.cr(), x + beat * 0.62, 76);
    cairo_line_to(c.cr(), x + beat * 0.7, 60);
  }
  c.StrokeKeep({1, 1, 1, 0.8}, 3.2).Stroke(p.deep, 1.6);
}

void Transport(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.light, p.pale);
  for (int i = 0; i < 9; ++i)
    c.Box(i * 12, s.random.Uniform(26, 52), 11, 60)
        .Fill(Mix(p.light, p.base, s.random.Uniform(0.2, 0.6)));
  if (s.random.Bernoulli(0.5)) {  // a fast train
    c.Box(0, 84, 100, 16).Fill(Mix(p.deep, p.dark, 0.5));
    for (int i = 0; i < 14; ++i) c.Box(i * 8, 88, 5, 3).Fill({0.5, 0.42, 0.36});
    c.Line(0, 86, 100, 86).Stroke({0.85, 0.87, 0.9}, 1.2);
    c.Path("M-5 46 L58 46 Q86 50 94 76 Q94 82 86 82 L-5 82 Z").FillDown({1, 1, 1}, p.light);
    c.Stroke(p.dark, 0.8);
    c.Path("M-5 68 L91 68 L94 76 L-5 76 Z").Fill(p.base);
    c.Path("M60 50 Q76 53 84 64 L66 64 Q60 62 60 50 Z").Fill(p.deep);
    for (int i = 0; i < 4; ++i) c.Box(2 + 14 * i, 52, 10, 10, 2).Fill(Mix(p.dark, p.deep, 0.4));
  } else {  // a tram below a bridge
    for (const double x : {22.0, 78.0}) c.Box(x - 2, 12, 4, 74).Fill(p.dark);
    c.Path("M0 52 Q22 10 22 14 Q50 78 78 14 Q80 14 100 52").Stroke(p.dark, 1.3);
    for (int i = 0; i < 13; ++i)
      c.Line(26 + i * 4, 60, 26 + i * 4, 60 - std::pow((i - 6) / 6.0, 2) * 36).Stroke(p.dark, 0.5);
    c.Box(0, 60, 100, 5).Fill(p.dark);
    c.Box(0, 84, 100, 16).FillDown(p.base, p.dark);
    cairo_new_path(c.cr());
    c.Save();
    c.Place(s.random.Uniform(36, 62), 58);
    c.Box(-22, -18, 44, 18, 4).FillDown(Mix(p.accent, {1, 1, 1}, 0.3), p.base);
    c.Stroke(p.deep, 0.7);
    for (int i = 0; i < 5; ++i) c.Box(-19 + 8 * i, -14, 6, 7, 1).Fill({0.9, 0.97, 1});
    for (const double x : {-13.0, 13.0}) c.Circle(x, 1, 3.2).Fill(p.deep);
    c.Restore();
  }
}

}  // namespace

void DrawPress(const Scene& scene) {
  static constexpr std::array kPainters = {
      &Technology, &Sport, &Economy, &Weather, &Space, &Culture, &Health, &Transport};
  auto& c = scene.canvas;
  const auto& p = scene.palette;
  kPainters[static_cast<std::size_t>(scene.item.category_in_kind())](scene);
  cairo_new_path(c.cr());
  DrawMoodLight(scene);
  DrawFrame(scene);
  c.Box(0, 86, 100, 9).Fill(p.deep.WithAlpha(0.85));
  c.Box(0, 86, 4, 9).Fill(p.spark);
  double x = 9;
  while (x < 86) {  // a headline too small to read
    const double w = scene.random.Uniform(3, 10);
    c.Box(x, 89.4, w, 2.2, 0.6).Fill({1, 1, 1, 0.85});
    x += w + 2;
  }
}

}  // namespace medley::simulation
