#include <cairo.h>

#include <array>
#include <cmath>
#include <numbers>

#include "medley/simulation/picture.h"

namespace medley::simulation {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr Colour kWood{0.7, 0.52, 0.36};

void Table(const Scene& s) {
  auto& c = s.canvas;
  const Colour wood = Mix(kWood, s.palette.base, 0.62);
  for (int i = 0; i < 6; ++i) {
    c.Box(0, i * 17, 100, 17).FillDown(Mix(wood, {1, 1, 1}, s.random.Uniform(0, 0.25)), wood);
    c.Line(0, i * 17, 100, i * 17).Stroke(s.palette.deep.WithAlpha(0.4), 0.5);
  }
}

void Food(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  Table(s);
  c.Ellipse(52, 54, 41, 40).Fill({0, 0, 0, 0.25});
  c.Circle(50, 50, 40).FillAcross({1, 1, 1}, p.light);
  c.Circle(50, 50, 31).Stroke(p.base.WithAlpha(0.7), 1.6);
  if (s.random.Bernoulli(0.5)) {  // noodles or pasta
    c.Circle(50, 50, 27).Fill(Mix({0.9, 0.72, 0.4}, p.base, 0.3));
    for (int i = 0; i < 26; ++i) {
      const double a = s.random.Uniform(0, kTurn);
      c.Ellipse(50 + 8 * std::cos(a),
                50 + 8 * std::sin(a),
                s.random.Uniform(8, 17),
                s.random.Uniform(4, 9),
                a * 57)
          .Stroke(Mix({0.98, 0.88, 0.58}, {0.8, 0.58, 0.28}, s.random.Uniform()), 1.4);
    }
  } else {
    c.Blob(50, 50, 25, 0.12, s.random).Fill(Mix(p.base, {0.85, 0.6, 0.35}, 0.25));
  }
  for (int i = 0; i < 15; ++i) {
    const double a = s.random.Uniform(0, kTurn);
    const double r = 21 * std::sqrt(s.random.Uniform());
    const double x = 50 + r * std::cos(a);
    const double y = 50 + r * std::sin(a);
    switch (i % 4) {
      case 0:
        c.Circle(x, y, 4).FillAcross(p.accent, p.dark);
        cairo_new_path(c.cr());
        break;
      case 1:
        c.Ellipse(x, y, 5, 2, a * 57).Fill({0.35, 0.62, 0.27});
        break;
      case 2:
        c.Circle(x, y, 3.2).FillKeep({1, 0.98, 0.92}).Stroke(p.base, 1);
        break;
      default:
        c.Box(x - 2.5, y - 2.5, 5, 5, 1).Fill(p.base);
    }
  }
  c.Line(95, 20, 95, 82).Stroke({0.9, 0.9, 0.92}, 2);
  c.Line(4, 30, 4, 82).Stroke({0.9, 0.9, 0.92}, 2);
  for (int i = -1; i <= 1; ++i)
    c.Line(4 + 2.2 * i, 16, 4 + 2.2 * i, 30).Stroke({0.9, 0.9, 0.92}, 1);
}

void Pets(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.light, p.base);
  c.Box(0, 74, 100, 26).Fill(p.dark);
  c.Ellipse(50, 92, 46, 12).Fill(p.accent);
  const Colour fur =
      Mix(Mix({0.95, 0.88, 0.76}, {0.5, 0.36, 0.25}, s.random.Uniform(0, 0.9)), p.base, 0.33);
  const Colour shade = Mix(fur, p.deep, 0.35);
  const bool cat = s.random.Bernoulli(0.5);
  c.Path("M26 100 Q22 68 50 64 Q78 68 74 100 Z").FillDown(fur, shade);
  cairo_new_path(c.cr());
  if (cat) {
    c.Path("M26 46 L24 12 L46 28 Z").Fill(shade);
    c.Path("M74 46 L76 12 L54 28 Z").Fill(shade);
    c.Path("M29 36 L28 19 L40 28 Z").Fill({0.95, 0.7, 0.7});
    c.Path("M71 36 L72 19 L60 28 Z").Fill({0.95, 0.7, 0.7});
  }
  c.Ellipse(50, 46, 27, 24).FillDown(Mix(fur, {1, 1, 1}, 0.2), fur);
  cairo_new_path(c.cr());
  if (!cat) {
    c.Path("M27 28 Q10 30 16 60 Q22 66 29 52 Z").Fill(shade);
    c.Path("M73 28 Q90 30 84 60 Q78 66 71 52 Z").Fill(shade);
  }
  c.Ellipse(50, 57, cat ? 11 : 14, 9).Fill(Mix(fur, {1, 1, 1}, 0.6));
  for (const double x : {39.0, 61.0}) {
    c.Ellipse(x, 43, 5.4, 6).Fill({0.1, 0.08, 0.08});
    if (cat) c.Ellipse(x, 43, 4.6, 5).FillKeep(p.spark).Fill(p.spark);
    c.Ellipse(x, 43, cat ? 1.6 : 3.6, 4.4).Fill({0.05, 0.04, 0.04});
    c.Circle(x + 1.6, 40.6, 1.5).Fill({1, 1, 1});
  }
  c.Path("M46 52 L54 52 L50 57 Z").Fill(cat ? Colour{0.9, 0.55, 0.55} : Colour{0.15, 0.1, 0.1});
  c.Path("M50 57 Q46 63 42 60").Stroke(p.deep, 0.9);
  c.Path("M50 57 Q54 63 58 60").Stroke(p.deep, 0.9);
  if (cat) {
    for (int i = -1; i <= 1; ++i) {
      c.Line(42, 57 + i, 22, 55 + 4 * i).Stroke({1, 1, 1, 0.8}, 0.5);
      c.Line(58, 57 + i, 78, 55 + 4 * i).Stroke({1, 1, 1, 0.8}, 0.5);
    }
  } else {
    c.Path("M47 61 Q50 74 53 61 Z").Fill({0.95, 0.5, 0.55});
  }
  c.Box(34, 70, 32, 5, 2.5).Fill(p.base);
  c.Circle(50, 77, 3.4).Fill({0.95, 0.8, 0.4});
}

void Travel(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.base, p.pale);
  c.Glow(70, 28, 34, {1, 0.97, 0.85, 0.9});
  c.Circle(70, 28, 9).Fill({1, 0.97, 0.85});
  if (s.random.Bernoulli(0.5)) {  // a beach
    c.Box(0, 52, 100, 26).FillDown(p.dark, p.light);
    for (int i = 0; i < 8; ++i)
      c.Line(s.random.Uniform(0, 80), 55 + 3 * i, s.random.Uniform(20, 100), 55 + 3 * i)
          .Stroke({1, 1, 1, 0.4}, 0.6);
    c.Path("M0 78 Q30 70 60 76 Q84 80 100 74 L100 100 L0 100 Z")
        .FillDown({0.98, 0.92, 0.76}, Mix({0.88, 0.76, 0.55}, p.base, 0.2));
    cairo_new_path(c.cr());
    c.Path("M28 62 L52 62 Q48 70 40 70 Q32 70 28 62 Z").Fill({0.5, 0.3, 0.2});
    c.Path("M40 61 L40 32 L58 59 Z").Fill({1, 1, 1});
    c.Path("M38 61 L38 38 L26 59 Z").Fill(p.accent);
    c.Line(78, 92, 84, 68).Stroke({0.95, 0.95, 0.95}, 1.2);
    c.Path("M66 72 Q80 52 100 72 Q92 68 84 70 Q76 66 66 72 Z").Fill(p.spark);
  } else {  // an old town on a hill
    for (int i = 0; i < 14; ++i) {
      const double x = 4 + s.random.Uniform(0, 84);
      const double y = 92 - 34 * std::exp(-std::pow((x - 48) / 30, 2)) - s.random.Uniform(0, 12);
      const double w = s.random.Uniform(8, 14);
      c.Box(x, y, w, 100 - y).Fill(Mix(p.pale, p.light, s.random.Uniform()));
      cairo_new_path(c.cr());
      cairo_move_to(c.cr(), x - 1, y);
      cairo_line_to(c.cr(), x + w / 2, y - 6);
      cairo_line_to(c.cr(), x + w + 1, y);
      c.Fill(Mix(p.dark, Colour{0.75, 0.36, 0.22}, 0.4));
      c.Box(x + w * 0.2, y + 3, 2, 3).Fill(p.deep);
      c.Box(x + w * 0.6, y + 3, 2, 3).Fill(p.deep);
    }
    c.Box(46, 22, 8, 50).FillAcross({1, 1, 1}, p.light);
    c.Path("M45 22 L50 10 L55 22 Z").Fill(p.dark);
    cairo_new_path(c.cr());
    c.Circle(50, 30, 2.4).Fill(p.deep);
  }
}

void Running(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.light, p.pale);
  for (int i = 0; i < 6; ++i)
    c.Blob(s.random.Uniform(0, 100), 50, s.random.Uniform(8, 16), 0.2, s.random)
        .Fill(Mix(p.base, p.dark, s.random.Uniform(0, 0.7)));
  c.Box(0, 54, 100, 46).FillDown(p.base, Mix(p.base, p.deep, 0.35));
  for (int i = 0; i < 5; ++i) c.Line(50, 40, -60 + 55 * i, 104).Stroke({1, 1, 1, 0.75}, 0.9);
  c.Box(0, 40, 100, 14.2).FillDown(Mix(p.dark, p.base, 0.3), p.dark);
  cairo_new_path(c.cr());
  const Colour skin = Mix({0.98, 0.82, 0.68}, {0.45, 0.3, 0.2}, s.random.Uniform());
  c.Ellipse(50, 92, 18, 3).Fill({0, 0, 0, 0.3});
  c.Save();
  c.Place(s.random.Uniform(42, 58), 58, 1, 8, s.random.Bernoulli(0.5) ? 1 : -1);
  c.Path("M0 6 L-12 18 L-22 14").Stroke(skin, 5);
  c.Path("M-22 14 L-26 18").Stroke(p.spark, 4.5);
  c.Path("M0 -18 L-11 -10 L-16 -18").Stroke(skin, 3.8);
  c.Path("M-5 -22 Q4 -26 7 -20 L5 6 L-5 6 Z").FillDown(p.spark, p.accent);
  cairo_new_path(c.cr());
  c.Path("M-6 4 L6 4 L10 13 L-1 11 L-9 13 Z").Fill(p.deep);
  c.Path("M3 8 L14 16 L12 30").Stroke(skin, 5);
  c.Path("M12 31 L18 32").Stroke(p.spark, 4.5);
  c.Path("M2 -18 L12 -8 L20 -15").Stroke(skin, 3.8);
  c.Circle(5, -31, 6.6).Fill(skin);
  c.Path("M-2 -31 Q-1 -40 7 -38 Q11 -36 10 -33 Q2 -36 -2 -28 Z").Fill({0.16, 0.1, 0.07});
  c.Restore();
}

void Flower(Canvas& c, double x, double y, double r, const Colour& petal, const Colour& heart) {
  for (int i = 0; i < 6; ++i) {
    const double a = kTurn * i / 6;
    c.Ellipse(x + r * 0.7 * std::cos(a), y + r * 0.7 * std::sin(a), r * 0.62, r * 0.4, a * 57.3)
        .Fill(petal);
  }
  c.Circle(x, y, r * 0.4).Fill(heart);
}

void Gardening(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const Colour leaf = Mix({0.32, 0.58, 0.3}, p.base, 0.4);
  c.PaintDown(p.pale, p.light);
  c.Box(14, 6, 72, 52, 2).FillDown(Mix(p.light, {1, 1, 1}, 0.5), {1, 1, 1});
  c.Stroke({1, 1, 1}, 3);
  c.Line(50, 6, 50, 58).Stroke({1, 1, 1}, 2);
  c.Box(0, 82, 100, 18).FillDown(Mix(kWood, p.base, 0.35), Mix(kWood, p.deep, 0.5));
  for (int pot = 0; pot < 3; ++pot) {
    const double x = 20 + 30 * pot + s.random.Uniform(-3, 3);
    const double h = s.random.Uniform(20, 44);
    const int form = static_cast<int>(s.random.Below(3));
    for (int i = 0; i < 7; ++i) {
      const double a = (-160 + 23 * i + s.random.Uniform(-8, 8)) * kTurn / 360;
      const double tx = x + h * 0.55 * std::cos(a);
      const double ty = 66 + h * std::sin(a);
      c.Line(x, 66, tx, ty).Stroke(Mix(leaf, p.deep, 0.3), 1);
      if (form == 0) {
        Flower(c, tx, ty, 6, i % 2 == 0 ? p.base : p.accent, {1, 0.85, 0.35});
      } else {
        c.Ellipse(tx, ty, form == 1 ? 8 : 5, form == 1 ? 3 : 5, a * 57.3)
            .Fill(Mix(leaf, p.light, s.random.Uniform(0, 0.4)));
      }
    }
    c.Save();
    c.Place(x, 66);
    c.Path("M-11 0 L11 0 L8 20 L-8 20 Z").FillAcross(Mix(p.base, {1, 1, 1}, 0.25), p.dark);
    c.Box(-12.5, -3, 25, 5, 1).FillAcross(p.base, p.dark);
    c.Restore();
    cairo_new_path(c.cr());
  }
}

void Coffee(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  Table(s);
  c.Circle(50, 54, 40).Fill({0, 0, 0, 0.22});
  c.Circle(48, 51, 39).FillAcross(Mix(p.light, {1, 1, 1}, 0.4), p.base);
  cairo_new_path(c.cr());
  c.Box(74, 43, 22, 14, 6).Stroke(p.dark, 5);
  c.Circle(48, 50, 29).FillAcross({1, 1, 1}, p.light);
  c.Circle(48, 50, 25).FillRound(48, 50, 25, {0.72, 0.48, 0.28}, {0.38, 0.22, 0.12});
  cairo_new_path(c.cr());
  const Colour milk{0.98, 0.93, 0.84};
  if (s.random.Bernoulli(0.5)) {
    c.Save();
    c.Place(48, 52, 1.15, s.random.Uniform(-30, 30));
    for (int i = 0; i < 5; ++i) {
      const double y = -14 + 6.5 * i;
      const double half = 3 + 2.6 * i - (i == 4 ? 5 : 0);
      cairo_new_path(c.cr());
      cairo_move_to(c.cr(), -half, y);
      cairo_curve_to(c.cr(), -half / 2, y + 7, half / 2, y + 7, half, y);
      c.Stroke(milk, 2.4);
    }
    c.Line(0, -16, 0, 17).Stroke(milk, 1.4);
    c.Restore();
  } else {
    c.Save();
    c.Place(48, 50, 1.35);
    c.Path("M0 12 C-20 -3 -11 -17 0 -7 C11 -17 20 -3 0 12 Z").Fill(milk);
    c.Path("M0 7 C-12 -2 -7 -10 0 -3 C7 -10 12 -2 0 7 Z").Stroke({0.6, 0.38, 0.22}, 1);
    c.Restore();
  }
  c.Blob(14, 16, 10, 0.15, s.random).FillAcross({0.92, 0.72, 0.42}, {0.66, 0.42, 0.2});
  for (int i = 0; i < 6; ++i)
    c.Circle(s.random.Uniform(8, 20), s.random.Uniform(10, 22), 1.3).Fill({0.3, 0.18, 0.1});
  for (int i = 0; i < 6; ++i)
    c.Ellipse(s.random.Uniform(70, 96), s.random.Uniform(78, 96), 2.8, 2, 40)
        .Fill({0.32, 0.19, 0.11});
}

void Books(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(Mix(kWood, p.base, 0.7), Mix(kWood, p.dark, 0.75));
  const std::array colours = {
      p.base, p.accent, p.dark, p.light, p.pale, Mix(p.base, p.deep, 0.5), p.spark};
  for (int shelf = 0; shelf < 2; ++shelf) {
    const double floor = 45 + 43 * shelf;
    c.Box(0, floor - 38, 100, 38).Fill(p.deep.WithAlpha(0.5));
    for (double x = 3; x < 92;) {
      const double w = s.random.Uniform(4.5, 9);
      const double h = s.random.Uniform(24, 35);
      const double tilt = s.random.Bernoulli(0.12) ? 8 : 0;
      const Colour cover = colours[s.random.Below(s.random.Bernoulli(0.12) ? 7 : 6)];
      c.Save();
      c.Place(x, floor, 1, tilt);
      c.Box(0, -h, w, h, 0.6).FillAcross(Mix(cover, {1, 1, 1}, 0.15), Mix(cover, p.deep, 0.3));
      cairo_new_path(c.cr());
      c.Box(0.8, -h + 4, w - 1.6, 1.2).Fill({0.95, 0.84, 0.55, 0.9});
      c.Box(w / 2 - 0.7, -h + 8, 1.4, h * 0.4).Fill(p.pale.WithAlpha(0.7));
      c.Restore();
      x += w + 0.5 + tilt * 0.5;
    }
    c.Box(0, floor, 100, 5)
        .FillDown(Mix(Mix(kWood, p.light, 0.5), {1, 1, 1}, 0.2),
                  Mix(Mix(kWood, p.base, 0.6), p.deep, 0.4));
    cairo_new_path(c.cr());
  }
}

void CityNights(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  c.PaintDown(p.deep, p.dark);
  c.Glow(50, 70, 60, p.base.WithAlpha(0.8));
  if (s.random.Bernoulli(0.5)) c.Circle(78, 18, 7).Fill(p.pale);
  for (int layer = 0; layer < 2; ++layer) {
    const Colour wall = Mix(p.dark, p.deep, 0.45 + 0.5 * layer);
    for (double x = -2; x < 100;) {
      const double w = s.random.Uniform(8, 15);
      const double h = s.random.Uniform(20, 56) - 12 * layer;
      c.Box(x, 80 - h, w, h).Fill(wall);
      for (double wy = 83 - h; wy < 77; wy += 4) {
        for (double wx = x + 1.5; wx < x + w - 2; wx += 3.2) {
          if (s.random.Bernoulli(0.5))
            c.Box(wx, wy, 1.6, 2.2)
                .Fill(s.random.Bernoulli(0.75) ? p.light : Mix({1, 0.9, 0.6}, p.accent, 0.2));
        }
      }
      x += w + 0.6;
    }
  }
  c.Box(0, 80, 100, 20).FillDown(p.dark, p.deep);
  cairo_new_path(c.cr());
  for (int i = 0; i < 26; ++i) {
    const double x = s.random.Uniform(0, 100);
    c.Line(x, 82, x, 84 + s.random.Uniform(2, 13))
        .Stroke((i % 3 == 0 ? p.accent : p.light).WithAlpha(0.5), 1.3);
  }
  for (int i = 0; i < 9; ++i)
    c.Circle(s.random.Uniform(0, 100), s.random.Uniform(80, 100), s.random.Uniform(2, 6))
        .Fill((i % 2 == 0 ? p.base : p.pale).WithAlpha(0.3));
}

}  // namespace

void DrawSnapshot(const Scene& scene) {
  static constexpr std::array kPainters = {
      &Food, &Pets, &Travel, &Running, &Gardening, &Coffee, &Books, &CityNights};
  auto& c = scene.canvas;
  c.Save();
  // A hand-held telephone is never quite level, nor quite at the same distance.
  const double zoom = scene.random.Uniform(1.02, 1.18);
  c.Place(50, 50, zoom, scene.random.Uniform(-2.5, 2.5));
  cairo_translate(c.cr(), -50 + scene.random.Uniform(-3, 3) * (zoom - 1), -50);
  kPainters[static_cast<std::size_t>(scene.item.category_in_kind())](scene);
  c.Restore();
  cairo_new_path(c.cr());
  DrawMoodLight(scene);
  DrawFrame(scene);
}

}  // namespace medley::simulation
