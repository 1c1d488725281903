#include <cairo.h>

#include <array>
#include <cmath>
#include <numbers>

#include "medley/simulation/picture.h"

namespace medley::simulation {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

void Jazz(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double x = s.random.Uniform(30, 45);
  c.Circle(x, 42, 27).Fill(p.base.WithAlpha(0.85));
  c.Circle(x + 24, 50, 22).Fill(p.accent.WithAlpha(0.75));
  c.Circle(x + 8, 62, 14).Fill(p.dark.WithAlpha(0.75));
  c.Save();  // a trumpet
  c.Place(50, 48, 1, s.random.Uniform(-24, 10));
  c.Line(-36, 0, 22, 0).Stroke({0.95, 0.8, 0.45}, 3.2);
  c.Path("M18 -2 Q30 -3 38 -12 L38 12 Q30 3 18 2 Z").FillDown({1, 0.92, 0.62}, {0.8, 0.58, 0.25});
  c.Box(-20, -2, 30, 12, 6).Stroke({0.95, 0.8, 0.45}, 2.4);
  for (int i = 0; i < 3; ++i) c.Box(-11 + 6 * i, -10, 3, 17, 1).Fill({0.85, 0.66, 0.32});
  c.Restore();
  for (int i = 0; i < 14; ++i) {
    c.Box(i * 7.2, 88, 6.8, 14, 1).Fill({0.97, 0.96, 0.93});
    if (i % 7 != 2 && i % 7 != 6) c.Box(i * 7.2 + 5, 88, 4, 7.5).Fill(p.deep);
  }
}

void Rock(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  for (int i = 0; i < 7; ++i) {
    const double x = s.random.Uniform(0, 100);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x - s.random.Uniform(8, 16), 100);
    cairo_line_to(c.cr(), x, s.random.Uniform(35, 70));
    cairo_line_to(c.cr(), x + s.random.Uniform(8, 16), 100);
    c.Fill(Mix(p.dark, p.deep, s.random.Uniform(0, 1)));
  }
  c.Path("M60 4 L42 40 L54 40 L44 70 L74 30 L60 30 L72 4 Z").FillDown({1, 0.97, 0.75}, p.spark);
  c.Stroke(p.deep, 1);
  c.Save();
  c.Place(50, 48, 1, s.random.Uniform(-50, -25));
  c.Box(-38, -2.2, 54, 4.4).FillDown({0.5, 0.33, 0.2}, {0.3, 0.18, 0.1});
  c.Path("M-38 -4 L-48 -6 L-46 5 L-38 4 Z").Fill(p.deep);
  c.Path("M12 -6 Q16 -18 26 -14 Q30 -8 36 -14 Q48 -16 46 0 Q48 16 36 15 Q30 8 24 14 Q14 18 12 6 Z")
      .FillDown(Mix(p.base, {1, 1, 1}, 0.3), p.dark);
  c.Stroke(p.pale, 0.8);
  c.Path("M22 -6 L36 -9 L38 8 L24 6 Z").Fill({1, 1, 1, 0.8});
  for (int i = -1; i <= 1; ++i) c.Line(-46, i * 1.2, 38, i * 1.4).Stroke({0.95, 0.95, 0.95}, 0.3);
  c.Restore();
}

void Electronic(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.deep, p.dark);
  c.Glow(50, 48, 50, p.base.WithAlpha(0.7));
  c.Circle(50, 42, 24).FillDown(p.accent, p.base);
  for (int i = 0; i < 7; ++i) c.Box(20, 42 + i * 4.2, 60, 0.7 + 0.35 * i).Fill(p.deep);
  c.Box(0, 64, 100, 36).FillDown(p.deep, Mix(p.deep, p.dark, 0.6));
  for (int i = -9; i <= 9; ++i)
    c.Line(50 + i * 4.0, 64, 50 + i * 22.0, 100).Stroke(p.light.WithAlpha(0.85), 0.5);
  for (double y = 64, step = 1.6; y < 100; y += step, step *= 1.45)
    c.Line(0, y, 100, y).Stroke(p.light.WithAlpha(0.85), 0.5);
  const double waves = s.random.Uniform(3, 9);
  cairo_new_path(c.cr());
  for (int x = 0; x <= 100; x += 2) {
    cairo_line_to(
        c.cr(), x, 24 + 9 * std::sin(x * waves / 16) * std::exp(-std::pow((x - 50) / 30.0, 2)));
  }
  c.Stroke(p.spark, 1);
}

void Classical(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.Box(10, 10, 80, 80, 2).FillDown(Mix(p.pale, {1, 1, 1}, 0.3), p.light);
  const double bend = s.random.Uniform(6, 14);
  for (int i = 0; i < 5; ++i) {
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), 10, 30 + i * 5);
    cairo_curve_to(c.cr(), 36, 30 + i * 5 - bend, 64, 30 + i * 5 + bend, 90, 30 + i * 5);
    c.Stroke(p.dark.WithAlpha(0.7), 0.6);
  }
  for (int i = 0; i < 5; ++i) {
    const double x = 20 + 14 * i;
    const double y = s.random.Uniform(30, 52);
    c.Ellipse(x, y, 3.4, 2.5, -20).Fill(p.deep);
    c.Line(x + 3, y, x + 3, y - 16).Stroke(p.deep, 0.9);
    if (i % 2 == 1) c.Path("M0 0").Line(x + 3, y - 16, x + 8, y - 10).Stroke(p.deep, 1.2);
  }
  c.Save();  // a violin
  c.Place(58, 64, 0.62, s.random.Uniform(20, 50));
  c.Box(-2.2, -56, 4.4, 50, 1).Fill(p.deep);
  c.Path("M0 -18 Q16 -18 15 -6 Q8 2 13 10 Q22 26 0 28 Q-22 26 -13 10 Q-8 2 -15 -6 Q-16 -18 0 -18 Z")
      .FillAcross(Mix(p.base, {0.85, 0.5, 0.2}, 0.4), Mix(p.dark, {0.4, 0.2, 0.1}, 0.4));
  c.Stroke(p.deep, 0.8);
  c.Path("M-7 -2 Q-10 4 -6 10").Stroke(p.deep, 1.1);
  c.Path("M7 -2 Q10 4 6 10").Stroke(p.deep, 1.1);
  for (int i = -1; i <= 1; ++i) c.Line(i, -50, i * 1.4, 22).Stroke(p.pale, 0.35);
  c.Restore();
}

void Folk(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.pale, p.light);
  c.Circle(s.random.Uniform(25, 75), 34, 13).Fill(Mix({1, 0.95, 0.78}, p.accent, 0.3));
  for (int layer = 0; layer < 4; ++layer) {
    const double y = 50 + layer * 12;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), 0, 100);
    cairo_line_to(c.cr(), 0, y + s.random.Uniform(-6, 6));
    cairo_curve_to(
        c.cr(), 30, y - s.random.Uniform(4, 18), 50, y + 12, 100, y + s.random.Uniform(-10, 6));
    cairo_line_to(c.cr(), 100, 100);
    c.Fill(Mix(p.base, p.deep, 0.08 + 0.2 * layer));
  }
  for (int i = 0; i < 7; ++i) {
    const double x = s.random.Uniform(5, 95);
    const double y = s.random.Uniform(66, 92);
    const double h = s.random.Uniform(9, 20);
    c.Line(x, y, x, y - h * 0.4).Stroke({0.36, 0.24, 0.16}, 1);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x - h * 0.28, y - h * 0.3);
    cairo_line_to(c.cr(), x, y - h);
    cairo_line_to(c.cr(), x + h * 0.28, y - h * 0.3);
    c.Fill(Mix(p.dark, p.deep, s.random.Uniform(0.2, 0.8)));
  }
}

void HipHop(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  for (int i = 0; i < 8; ++i) {
    c.Box(i * 13 - 3, s.random.Uniform(16, 44), 11, 90)
        .Fill(Mix(p.dark, p.deep, s.random.Uniform(0.1, 0.8)));
  }
  c.Save();  // a boom box
  c.Place(50, 56, s.random.Uniform(0.85, 1.05), s.random.Uniform(-9, 9));
  c.Path("M-24 -20 L-20 -34 L20 -34 L24 -20").Stroke(p.pale, 3);
  c.Box(-42, -20, 84, 44, 4).FillDown(Mix(p.base, {1, 1, 1}, 0.25), p.dark);
  c.Stroke(p.deep, 1.2);
  for (const double x : {-26.0, 26.0}) {
    c.Circle(x, 4, 14).Fill(p.deep);
    c.Circle(x, 4, 11).Stroke(p.spark, 1.2);
    c.Circle(x, 4, 4.5).Fill(p.accent);
  }
  c.Box(-10, -12, 20, 12, 1.5).Fill(p.pale);
  for (int i = 0; i < 5; ++i)
    c.Box(-9 + 3.8 * i, -2 - s.random.Uniform(1, 8), 2.6, 8).Fill(p.accent);
  for (int i = 0; i < 4; ++i) c.Box(-9 + 4.8 * i, 10, 3.6, 4, 0.8).Fill(p.pale);
  c.Restore();
}

void Ambient(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.dark, p.light);
  for (int i = 0; i < 5; ++i) {
    c.Glow(s.random.Uniform(5, 95),
           s.random.Uniform(5, 80),
           s.random.Uniform(18, 44),
           (i % 2 == 0 ? p.base : p.pale).WithAlpha(0.65));
  }
  for (int i = 0; i < 9; ++i) {
    const double y = 62 + i * 4.5;
    const double lift = s.random.Uniform(4, 12);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), 0, y);
    cairo_curve_to(c.cr(), 30, y - lift, 60, y + lift, 100, y - 2);
    cairo_line_to(c.cr(), 100, 100);
    cairo_line_to(c.cr(), 0, 100);
    c.Fill(Mix(p.light, p.deep, 0.1 + 0.08 * i).WithAlpha(0.35));
  }
  c.Circle(50, 38, 17).FillRound(45, 32, 24, {1, 1, 1, 0.95}, p.light.WithAlpha(0.5));
  cairo_new_path(c.cr());
}

void Latin(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double x = s.random.Uniform(35, 65);
  for (int i = 0; i < 18; ++i) {
    const double a = kTurn * i / 18;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x, 62);
    cairo_line_to(c.cr(), x + 110 * std::cos(a), 62 + 110 * std::sin(a));
    cairo_line_to(c.cr(), x + 110 * std::cos(a + 0.17), 62 + 110 * std::sin(a + 0.17));
    c.Fill(Mix(p.accent, p.pale, 0.3).WithAlpha(0.8));
  }
  c.Circle(x, 62, 20).FillDown({1, 0.95, 0.75}, p.base);
  c.Box(0, 70, 100, 30).FillDown(p.base, p.dark);
  for (int i = 0; i < 6; ++i)
    c.Path("M0 0")
        .Line(x - 14 + i * 2, 74 + 4 * i, x + 14 - i * 2, 74 + 4 * i)
        .Stroke(p.pale.WithAlpha(0.7), 0.9);
  const double palm = s.random.Bernoulli(0.5) ? 16 : 84;
  c.Save();
  c.Place(palm, 84, 1, 0, palm < 50 ? 1 : -1);
  c.Path("M0 10 Q4 -20 10 -42").Stroke(p.deep, 3);
  for (int i = 0; i < 7; ++i) {
    c.Save();
    c.Place(10, -42, 1, -200 + 37 * i);
    c.Path("M0 0 Q14 -10 30 4 Q14 -2 0 0 Z").Fill(Mix(p.deep, p.dark, 0.35));
    c.Restore();
  }
  c.Restore();
}

}  // namespace

void DrawCover(const Scene& scene) {
  static constexpr std::array kPainters = {
      &Jazz, &Rock, &Electronic, &Classical, &Folk, &HipHop, &Ambient, &Latin};
  auto& c = scene.canvas;
  DrawBackdrop(scene);
  kPainters[static_cast<std::size_t>(scene.item.category_in_kind())](scene);
  DrawMoodLight(scene);
  DrawFrame(scene);
  const Colour white{1, 1, 1};
  switch (scene.random.Below(3)) {
    case 0:
      DrawTitle(scene, 50, 92, 80, 8, white, false);
      break;
    case 1:
      DrawTitle(scene, 9, 91, 82, 6, white, true);
      break;
    default:
      c.Box(0, 78, 100, 14).Fill(scene.palette.deep.WithAlpha(0.72));
      DrawTitle(scene, 50, 88, 86, 6, scene.palette.pale, false);
  }
}

}  // namespace medley::simulation
