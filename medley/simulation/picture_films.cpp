#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "medley/simulation/picture.h"

// Nothing here may draw a different number of random values at different times: a clip's frames
// share one random state.
namespace medley::simulation {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

/// How fast a film's scene moves: its tempo, so that the clip tells it too. Units: turns of phase.
double Beat(const Scene& s, double time) { return time * s.item.tempo / 60; }

void Skyline(const Scene& s,
             double ground,
             double tallest,
             const Colour& wall,
             const Colour& window,
             double time) {
  auto& c = s.canvas;
  for (double x = -2; x < c.width_units();) {
    const double w = s.random.Uniform(7, 14);
    const double h = s.random.Uniform(0.35, 1) * tallest;
    c.Box(x, ground - h, w, h + 2).Fill(Mix(wall, s.palette.deep, s.random.Uniform(0, 0.4)));
    for (double wy = ground - h + 3; wy < ground - 3; wy += 4.4) {
      for (double wx = x + 1.4; wx < x + w - 2; wx += 3.4) {
        const double chance = s.random.Uniform();
        if (chance + 0.08 * std::sin(time * 5 + chance * 90) < 0.45)
          c.Box(wx, wy, 1.7, 2.3).Fill(window);
      }
    }
    x += w + s.random.Uniform(0, 1.5);
  }
}

void Stars(const Scene& s, int count, double time, double height = 100) {
  for (int i = 0; i < count; ++i) {
    const double x = s.random.Uniform(0, s.canvas.width_units());
    const double y = s.random.Uniform(0, height);
    const double size = s.random.Uniform(0.2, 0.7);
    s.canvas.Circle(x, y, size).Fill({1, 1, 1, 0.65 + 0.35 * std::sin(time * 4 + x)});
  }
}

void ScienceFiction(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.deep, p.dark);
  Stars(s, 50, time);
  const double x = s.random.Uniform(0.2, 0.8) * w;
  const double r = s.random.Uniform(18, 30);
  c.Circle(x, 70, r).FillAcross(p.light, Mix(p.dark, p.deep, 0.6));
  c.Save();
  c.Clip();
  for (int i = 0; i < 6; ++i)
    c.Ellipse(x, 70 - r + i * r / 2.6, r * 1.2, 2.2, 9).Fill(p.base.WithAlpha(0.6));
  c.Restore();
  c.Ellipse(x, 70, r * 1.7, r * 0.34, -14).Stroke(p.accent, 1.7);
  c.Save();
  c.Place(w * 0.5 + 9 * time - 14, 62 - 13 * time, 1, 28);
  const double flame = 13 + 5 * std::sin(kTurn * Beat(s, time) * 2);
  c.Path("M-5 12 Q0 40 5 12 Z").FillDown({1, 0.95, 0.6}, {1, 0.4, 0.1, 0.2});
  c.Ellipse(0, 14 + flame / 2, 2, flame / 2).Fill({1, 1, 0.85, 0.9});
  c.Path("M-5 2 L-13 14 L-5 11 Z").Fill(p.base);
  c.Path("M5 2 L13 14 L5 11 Z").Fill(p.base);
  c.Path("M0 -24 Q9 -10 6 12 L-6 12 Q-9 -10 0 -24 Z").FillAcross({0.98, 0.98, 1}, {0.6, 0.62, 0.7});
  c.Circle(0, -6, 3.2).FillKeep(p.light).Stroke(p.dark, 1);
  c.Restore();
}

void Heart(Canvas& c, double x, double y, double size, const Colour& colour) {
  c.Save();
  c.Place(x, y, size);
  c.Path("M0 9 C-16 -3 -9 -14 0 -6 C9 -14 16 -3 0 9 Z").Fill(colour);
  c.Restore();
}

void Romance(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.base, p.pale);
  c.Glow(w / 2, 58, 50, {1, 0.95, 0.8, 0.8});
  c.Circle(w / 2, 60, 17).Fill({1, 0.96, 0.86});
  c.Box(0, 70, w, 30).FillDown(p.accent, p.dark);
  for (int i = 0; i < 9; ++i) {
    const double y = 73 + 3 * i;
    const double half = 15 + 2 * std::sin(i * 2 + time * 4);
    c.Line(w / 2 - half, y, w / 2 + half, y).Stroke({1, 0.97, 0.88, 0.55}, 0.8);
  }
  for (int i = 0; i < 12; ++i) {
    const double x = s.random.Uniform(0.05, 0.95) * w;
    const double y = std::fmod(s.random.Uniform(0, 90) - time * 12 + 200, 100) - 6;
    Heart(c,
          x + 2 * std::sin(time * 3 + x),
          y,
          s.random.Uniform(0.15, 0.5),
          Mix(p.spark, p.pale, 0.4).WithAlpha(0.8));
  }
  const double lean = 1.5 * std::sin(kTurn * Beat(s, time) / 4);
  for (const double side : {-1.0, 1.0}) {
    c.Save();
    c.Place(w / 2 + side * 8, 92, 0.95, side * -lean - side * 3, side);
    c.Circle(0, -42, 5.2).Fill(p.deep);
    c.Path(side < 0 ? "M-4 -36 Q-8 -18 -7 12 L6 12 Q7 -20 4 -36 Z"
                    : "M-4 -36 Q-6 -24 -12 12 L12 12 Q6 -22 4 -36 Z")
        .Fill(p.deep);
    c.Restore();
  }
}

void Horror(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.deep, p.base);
  const double moon = s.random.Uniform(0.2, 0.8) * w;
  c.Glow(moon, 26, 34, p.light.WithAlpha(0.7));
  c.Circle(moon, 26, 12).Fill(p.pale);
  const double house = w / 2 + s.random.Uniform(-8, 8);
  const Colour black = Mix(p.deep, {0, 0, 0}, 0.6);
  c.Path("M0 100").Ellipse(house, 100, 62, 24).Fill(black);
  c.Save();
  c.Place(house, 84);
  c.Path(
       "M-20 2 L-20 -24 L-24 -24 L-12 -38 L-4 -30 L-4 -44 L-8 -44 L2 -60 L12 -44 L8 -44 L8 -28 L22 "
       "-28 L18 -22 L18 2 Z")
      .Fill(black);
  const double flicker = 0.6 + 0.4 * std::sin(time * 17) * std::sin(time * 7.3);
  const Colour lit{1, 0.85, 0.35, flicker};
  for (const auto& [x, y] : {std::pair{-15.0, -17.0}, {-7.0, -17.0}, {8.0, -17.0}, {0.0, -38.0}})
    c.Box(x, y, 4.5, 7, 2).Fill(lit);
  c.Path("M-2 2 L-2 -7 Q1 -11 4 -7 L4 2 Z").Fill(Mix(black, lit, 0.3));
  c.Restore();
  for (int i = 0; i < 6; ++i) {
    const double x =
        std::fmod(s.random.Uniform(0, w) + time * s.random.Uniform(8, 20), w + 20) - 10;
    const double y = s.random.Uniform(10, 46) + 3 * std::sin(time * 6 + i);
    const double wing = 2.5 * std::sin(kTurn * Beat(s, time) * 2 + i);
    c.Save();
    c.Place(x, y, s.random.Uniform(0.5, 1));
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), -8, -wing - 2);
    cairo_curve_to(c.cr(), -4, -3, -2, 0, 0, 0);
    cairo_curve_to(c.cr(), 2, 0, 4, -3, 8, -wing - 2);
    cairo_curve_to(c.cr(), 5, 2, 2, 4, 0, 4);
    cairo_curve_to(c.cr(), -2, 4, -5, 2, -8, -wing - 2);
    c.Fill(black);
    c.Restore();
  }
  for (int i = 0; i < 4; ++i) {
    c.Ellipse(s.random.Uniform(0, w) + 5 * time, 92 + i * 2, 40, 4).Fill(p.light.WithAlpha(0.13));
  }
}

void Comedy(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.Paint(p.light);
  for (int i = 0; i < 16; ++i) {
    const double a = kTurn * i / 16 + time * 0.3;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), w / 2, 52);
    cairo_line_to(c.cr(), w / 2 + 120 * std::cos(a), 52 + 120 * std::sin(a));
    cairo_line_to(c.cr(), w / 2 + 120 * std::cos(a + 0.2), 52 + 120 * std::sin(a + 0.2));
    c.Fill(p.base.WithAlpha(0.7));
  }
  const double hop = 6 * std::fabs(std::sin(std::numbers::pi * Beat(s, time)));
  const bool hat = s.random.Bernoulli(0.5);
  c.Save();
  c.Place(w / 2, 54 - hop, 1, 6 * std::sin(kTurn * Beat(s, time) / 2));
  const Colour face = Mix({1, 0.84, 0.42}, p.light, 0.3);
  c.Circle(0, 0, 25).FillAcross(Mix(face, {1, 1, 1}, 0.35), Mix(face, p.base, 0.25));
  c.StrokeKeep(p.deep, 1.4);
  c.Path("M-14 6 Q0 26 14 6 Q0 12 -14 6 Z").Fill(p.deep);
  c.Path("M-8 14 Q0 22 8 14 Q0 10 -8 14 Z").Fill({0.9, 0.3, 0.3});
  for (const double x : {-10.0, 10.0}) {
    c.Circle(x, -6, 7.5).FillKeep({1, 1, 1}).Stroke(p.deep, 1.8);
    c.Circle(x + 2 * std::sin(time * 3), -5, 3).Fill(p.deep);
  }
  c.Circle(0, 2, 4).Fill({0.9, 0.35, 0.3});
  if (hat) {
    c.Path("M-14 -20 L0 -50 L14 -20 Z").FillAcross(p.accent, p.dark);
    c.Circle(0, -50, 4).Fill(p.pale);
  } else {
    c.Box(-20, -25, 40, 4, 2).Fill(p.deep);
    c.Box(-13, -44, 26, 20, 1).Fill(p.dark);
    c.Box(-13, -30, 26, 4).Fill(p.accent);
  }
  c.Restore();
  for (int i = 0; i < 26; ++i) {
    const double x = s.random.Uniform(0, w);
    const double y = std::fmod(s.random.Uniform(0, 100) + time * 30, 104);
    c.Save();
    c.Place(x, y, 1, s.random.Uniform(0, 180) + time * 140);
    c.Box(-1.5, -0.8, 3, 1.6).Fill(i % 3 == 0 ? p.pale : i % 3 == 1 ? p.accent : p.dark);
    c.Restore();
  }
}

void Action(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.dark, p.accent);
  const double boom = 1 + 0.25 * std::sin(kTurn * Beat(s, time));
  const double x = s.random.Uniform(0.55, 0.8) * w;
  Skyline(s, 74, 44, p.deep, {1, 0.85, 0.5, 0.9}, time);
  c.Glow(x, 52, 44 * boom, {1, 0.8, 0.35, 0.9});
  c.Star(x, 52, 25 * boom, 12, 11, time * 25).Fill({1, 0.55, 0.15, 0.92});
  c.Star(x, 52, 16 * boom, 8, 9, -time * 30).Fill({1, 0.9, 0.5});
  c.Box(0, 74, w, 26).FillDown(Mix(p.deep, p.dark, 0.3), p.deep);
  for (int i = 0; i < 8; ++i) {
    const double line = std::fmod(i * 22 - time * 90 + 900, w + 30) - 20;
    c.Box(line, 89, 12, 1.4).Fill(p.pale.WithAlpha(0.8));
  }
  c.Save();
  c.Place(w * 0.32 + 10 * time, 84 + 0.6 * std::sin(time * 30), 1.05);
  c.Path("M-26 0 Q-26 -9 -16 -10 L-8 -18 L10 -18 L18 -10 Q28 -8 27 0 Z")
      .FillDown(Mix(p.base, {1, 1, 1}, 0.3), p.base);
  c.Stroke(p.deep, 0.8);
  c.Path("M-6 -16 L1 -16 L1 -10 L-11 -10 Z").Fill({0.8, 0.92, 1});
  c.Path("M3 -16 L9 -16 L14 -10 L3 -10 Z").Fill({0.8, 0.92, 1});
  for (const double wheel : {-15.0, 16.0}) {
    c.Circle(wheel, 1, 6).Fill({0.08, 0.08, 0.1});
    c.Circle(wheel, 1, 3).Fill({0.75, 0.75, 0.78});
  }
  for (int i = 0; i < 4; ++i)
    c.Line(-32 - 4 * i, -3 - 3 * i, -44 - 5 * i, -3 - 3 * i).Stroke({1, 1, 1, 0.5}, 0.8);
  c.Restore();
}

void Mountains(const Scene& s, double base, double height, const Colour& rock, bool snow) {
  auto& c = s.canvas;
  const double w = c.width_units();
  for (int i = 0; i < 5; ++i) {
    const double x = (i + s.random.Uniform(-0.3, 0.3)) * w / 4;
    const double h = height * s.random.Uniform(0.55, 1);
    const double half = h * s.random.Uniform(0.6, 0.85);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x - half, base);
    cairo_line_to(c.cr(), x, base - h);
    cairo_line_to(c.cr(), x + half, base);
    c.FillAcross(Mix(rock, {1, 1, 1}, 0.22), Mix(rock, s.palette.deep, 0.45));
    cairo_new_path(c.cr());
    if (!snow) continue;
    cairo_move_to(c.cr(), x - half * 0.28, base - h * 0.72);
    cairo_line_to(c.cr(), x, base - h);
    cairo_line_to(c.cr(), x + half * 0.28, base - h * 0.72);
    cairo_line_to(c.cr(), x + half * 0.1, base - h * 0.78);
    cairo_line_to(c.cr(), x, base - h * 0.7);
    cairo_line_to(c.cr(), x - half * 0.12, base - h * 0.79);
    c.Fill({1, 1, 1, 0.92});
  }
}

void Cloud(Canvas& c, double x, double y, double size, const Colour& colour) {
  for (const auto& [dx, dy, r] :
       {std::array{-7.0, 0.0, 4.5}, {-1.0, -3.0, 6.0}, {6.0, 0.0, 5.0}, {0.0, 1.5, 5.0}}) {
    c.Ellipse(x + dx * size, y + dy * size, r * size * 1.2, r * size * 0.8).Fill(colour);
  }
}

void Adventure(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.light, p.pale);
  const double sun = s.random.Uniform(0.2, 0.8) * w;
  c.Glow(sun, 30, 30, {1, 0.97, 0.8, 0.9});
  c.Circle(sun, 30, 10).Fill(Mix({1, 0.95, 0.72}, p.light, 0.25));
  for (int i = 0; i < 4; ++i) {
    const double x = std::fmod(s.random.Uniform(0, w) + time * (4 + 2 * i), w + 30) - 15;
    Cloud(c, x, s.random.Uniform(10, 34), s.random.Uniform(0.5, 1.1), {1, 1, 1, 0.75});
  }
  Mountains(s, 84, 56, Mix(p.base, p.light, 0.35), true);
  Mountains(s, 94, 34, p.base, false);
  cairo_new_path(c.cr());
  c.Path("M-5 100 L-5 84 Q40 74 70 86 Q100 96 150 84 L150 101 Z").Fill(p.deep);
  const double step = std::sin(kTurn * Beat(s, time));
  c.Save();
  c.Place(w * 0.3 + 6 * time, 82, 0.8);
  c.Line(0, -10, 3 * step, 2).Stroke(p.deep, 2.4);
  c.Line(0, -10, -3 * step, 2).Stroke(p.deep, 2.4);
  c.Box(-3, -22, 6, 13, 2).Fill(p.deep);
  c.Box(-8, -22, 6, 10, 2).Fill(p.dark);
  c.Circle(1, -26, 3.4).Fill(p.deep);
  c.Box(-4, -29, 10, 1.6).Fill(p.deep);
  c.Line(3, -18, 9, 2).Stroke(p.deep, 1);
  c.Restore();
}

void Crime(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.deep, p.dark);
  Skyline(s, 84, 52, Mix(p.dark, p.deep, 0.5), p.light.WithAlpha(0.8), time);
  const double lamp = s.random.Bernoulli(0.5) ? 0.26 * w : 0.74 * w;
  const double glow = 0.6 + 0.12 * std::sin(kTurn * Beat(s, time));
  cairo_new_path(c.cr());
  cairo_move_to(c.cr(), lamp, 24);
  cairo_line_to(c.cr(), lamp - 30, 94);
  cairo_line_to(c.cr(), lamp + 30, 94);
  c.FillDown(p.pale.WithAlpha(glow), p.light.WithAlpha(0.1));
  cairo_new_path(c.cr());
  c.Box(0, 84, w, 16).FillDown(Mix(p.deep, p.base, 0.35), p.deep);
  c.Ellipse(lamp, 91, 30, 5).Fill(p.light.WithAlpha(0.4));
  c.Line(lamp, 24, lamp, 92).Stroke({0.05, 0.05, 0.07}, 1.8);
  c.Path("M0 0").Box(lamp - 5, 19, 10, 6, 2).Fill({1, 0.97, 0.8});
  const Colour coat{0.04, 0.04, 0.06};
  c.Save();
  c.Place(w - lamp + (lamp < w / 2 ? -20 : 20) + 2 * time, 92, 1.1);
  c.Path("M-9 0 Q-11 -26 -6 -32 L6 -32 Q11 -26 9 0 Z").Fill(coat);
  c.Circle(0, -36, 5).Fill(coat);
  c.Box(-9, -40, 18, 2, 1).Fill(coat);
  c.Path("M-6 -40 Q-5 -47 0 -46 Q5 -47 6 -40 Z").Fill(coat);
  c.Line(-6, -41, 6, -41).Stroke(p.base, 1.1);
  c.Restore();
  for (int i = 0; i < 60; ++i) {
    const double x = s.random.Uniform(0, w + 10);
    const double y = std::fmod(s.random.Uniform(0, 100) + time * 160, 106) - 6;
    c.Line(x, y, x - 1.2, y + 5).Stroke({1, 1, 1, 0.3}, 0.45);
  }
}

void Nature(const Scene& s, double time) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  c.PaintDown(p.pale, p.light);
  const double sun = s.random.Uniform(0.2, 0.8) * w;
  c.Circle(sun, 24, 9).Fill(Mix({1, 0.95, 0.72}, p.light, 0.25));
  for (int i = 0; i < 6; ++i) {
    const double x = std::fmod(s.random.Uniform(0, w) + 9 * time, w);
    const double y = s.random.Uniform(8, 36);
    const double wing = 1.5 + 1.5 * std::sin(time * 9 + i);
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x - 4, y - wing);
    cairo_line_to(c.cr(), x, y);
    cairo_line_to(c.cr(), x + 4, y - wing);
    c.Stroke(p.deep, 0.8);
  }
  const auto wave = [&](double level, double lift, double speed, const Colour& colour) {
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), 0, 101);
    for (double x = 0; x <= w + 4; x += 4)
      cairo_line_to(c.cr(), x, level + lift * std::sin(x / 9 + time * speed));
    cairo_line_to(c.cr(), w + 4, 101);
    c.Fill(colour);
  };
  wave(56, 1.5, 1.2, Mix(p.base, p.light, 0.4));
  c.Save();
  c.Place(w * 0.5, 62 - 5 * std::sin(kTurn * Beat(s, time) / 8), 1, -10 + 5 * std::sin(time * 2));
  c.Path("M-30 6 Q-26 -16 2 -18 Q26 -18 32 6 Q20 14 -6 13 Q-24 13 -30 6 Z")
      .FillDown(p.dark, Mix(p.base, p.pale, 0.5));
  c.Path("M-28 4 Q-38 -4 -46 -14 Q-42 -2 -46 6 Q-36 8 -28 6 Z").Fill(p.dark);
  c.Path("M4 8 Q2 18 -6 20 Q-4 12 -4 8 Z").Fill(p.deep);
  c.Circle(22, -2, 1.4).Fill({0.05, 0.05, 0.05});
  c.Path("M31 4 Q22 6 16 3").Stroke(p.pale, 0.9);
  for (int i = -2; i <= 2; ++i) {
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), 8, -18);
    cairo_curve_to(c.cr(), 8, -26, 8 + i * 3, -30 - 2 * std::sin(time * 6), 8 + i * 4.5, -24);
    c.Stroke({1, 1, 1, 0.8}, 1);
  }
  c.Restore();
  wave(70, 2, 2.0, p.base.WithAlpha(0.85));
  wave(80, 2.4, 2.8, p.dark.WithAlpha(0.9));
  wave(90, 2, 3.4, p.deep.WithAlpha(0.85));
}

}  // namespace

void DrawFilmScene(const Scene& scene, double time) {
  static constexpr std::array kPainters = {
      &ScienceFiction, &Romance, &Horror, &Comedy, &Action, &Adventure, &Crime, &Nature};
  kPainters[static_cast<std::size_t>(scene.item.category_in_kind())](scene, time);
  DrawMoodLight(scene);
  DrawFrame(scene);
}

void DrawPoster(const Scene& scene) {
  DrawFilmScene(scene, scene.random.Uniform(0.6, 1.8));
  auto& c = scene.canvas;
  const auto& p = scene.palette;
  if (scene.random.Bernoulli(0.5)) {
    c.Box(0, 66, 100, 34).FillDown(p.deep.WithAlpha(0), p.deep.WithAlpha(0.9));
    cairo_new_path(c.cr());
    DrawTitle(scene, 50, 88, 84, 8, {1, 1, 1}, false);
  } else {
    c.Box(0, 0, 100, 34).FillDown(p.deep.WithAlpha(0.85), p.deep.WithAlpha(0));
    cairo_new_path(c.cr());
    DrawTitle(scene, 50, 24, 84, 7, p.pale, false);
  }
  for (int i = 0; i < 2; ++i) {  // the small print
    double x = 16 + 6 * i;
    while (x < 82 - 6 * i) {
      const double w = scene.random.Uniform(2, 7);
      c.Box(x, 92 + 2.2 * i, w, 1.1).Fill({1, 1, 1, 0.7});
      x += w + 1.4;
    }
  }
}

}  // namespace medley::simulation
