#include <cairo.h>

#include <array>
#include <cmath>
#include <numbers>

#include "medley/simulation/picture.h"

namespace medley::simulation {
namespace {

/// The main body of a product: shaded, patterned by style, outlined.
void Body(const Scene& s, std::string_view path, const Colour& colour) {
  auto& c = s.canvas;
  c.Path(path).FillAcross(Mix(colour, {1, 1, 1}, 0.28), Mix(colour, s.palette.deep, 0.3));
  DrawPattern(s, Mix(colour, s.palette.pale, 0.62).WithAlpha(0.8));
  c.Stroke(Mix(colour, s.palette.deep, 0.55).WithAlpha(0.75), 0.7);
}

void Part(const Scene& s, std::string_view path, const Colour& colour) {
  s.canvas.Path(path).FillDown(Mix(colour, {1, 1, 1}, 0.15), Mix(colour, s.palette.deep, 0.25));
  cairo_new_path(s.canvas.cr());
}

void Sheen(const Scene& s, std::string_view path) { s.canvas.Path(path).Fill({1, 1, 1, 0.33}); }

void Shoes(const Scene& s) {
  const auto& p = s.palette;
  switch (s.random.Below(3)) {
    case 0:  // a trainer
      Part(s,
           "M14 70 Q12 78 20 79 L84 79 Q92 78 90 70 L88 66 L15 66 Z",
           Mix(p.pale, {1, 1, 1}, 0.6));
      Body(s, "M15 68 Q12 46 20 40 Q26 46 36 42 L40 38 Q54 52 70 55 Q90 58 90 68 Z", p.base);
      Part(s, "M15 68 Q13 54 17 46 Q27 52 27 68 Z", p.accent);
      Part(s, "M72 56 Q90 58 90 68 L76 68 Q78 60 72 56 Z", p.dark);
      for (int i = 0; i < 4; ++i) {
        s.canvas.Line(41 + 6 * i, 43 + 3.4 * i, 48 + 6 * i, 40 + 3.6 * i).Stroke({1, 1, 1}, 1.8);
      }
      s.canvas.Path("M32 62 Q50 66 60 54 L66 55 Q54 70 32 62 Z").Fill(p.spark);
      break;
    case 1:  // a pump with a heel
      Part(s, "M22 46 L28 80 L33 80 L32 56 Z", p.dark);
      Body(s,
           "M20 42 Q26 36 32 48 Q46 64 66 66 Q86 66 90 76 Q90 80 84 80 L64 80 Q48 78 36 62 L24 56 "
           "Q18 52 20 42 Z",
           p.base);
      Sheen(s, "M36 56 Q50 68 68 69 Q52 70 40 62 Z");
      break;
    default:  // a boot
      Part(s, "M24 76 L88 76 Q90 82 86 83 L24 83 Z", p.deep);
      Body(s, "M28 20 L56 20 Q54 40 58 52 Q64 58 76 60 Q90 62 89 77 L26 77 Q24 50 28 20 Z", p.base);
      Part(s, "M27 20 L57 20 L56.5 27 L27.5 27 Z", p.accent);
      for (int i = 0; i < 6; ++i) {
        const double y = 32 + 5.2 * i;
        s.canvas.Line(46 + i * 1.1, y, 55 + i * 1.4, y + 1.5).Stroke(p.pale, 1.3);
      }
  }
}

void Lamps(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  switch (s.random.Below(3)) {
    case 0:
      c.Glow(50, 45, 42, {1, 0.95, 0.75, 0.75});
      Part(s, "M48.5 50 L51.5 50 L51.5 80 L48.5 80 Z", p.dark);
      Part(s, "M34 84 Q34 79 50 79 Q66 79 66 84 Z", p.dark);
      Body(s, "M36 18 L64 18 L78 52 L22 52 Z", p.base);
      break;
    case 1:
      c.Line(50, 0, 50, 24).Stroke(p.deep, 1.2);
      c.Glow(50, 62, 45, {1, 0.95, 0.75, 0.8});
      c.Circle(50, 56, 7).Fill({1, 0.97, 0.84});
      Body(s, "M46 22 L54 22 Q56 30 64 33 Q84 40 85 56 L15 56 Q16 40 36 33 Q44 30 46 22 Z", p.base);
      break;
    default:
      c.Glow(30, 50, 36, {1, 0.95, 0.75, 0.75});
      c.Path("M64 82 L76 52 L48 24").Stroke(p.dark, 3);
      c.Circle(76, 52, 3.4).Fill(p.spark);
      Part(s, "M46 85 Q48 79 64 79 Q80 79 82 85 Z", p.deep);
      Body(s, "M52 20 L57 28 L34 56 Q24 54 18 42 Z", p.base);
  }
}

void Bags(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  switch (s.random.Below(3)) {
    case 0:
      c.Path("M36 42 Q36 16 50 16 Q64 16 64 42").Stroke(p.dark, 3);
      Body(s, "M22 40 L78 40 L85 82 Q85 85 82 85 L18 85 Q15 85 15 82 Z", p.base);
      Part(s, "M22 40 L78 40 L80 50 L20 50 Z", p.dark);
      c.Box(46, 46, 8, 8, 1).Fill({0.93, 0.8, 0.52});
      break;
    case 1:
      c.Path("M42 22 Q42 13 50 13 Q58 13 58 22").Stroke(p.dark, 2.6);
      Body(s, "M26 44 Q26 20 50 20 Q74 20 74 44 L77 78 Q77 86 69 86 L31 86 Q23 86 23 78 Z", p.base);
      Part(s,
           "M31 58 L69 58 Q71 58 71 60 L71 78 Q71 81 68 81 L32 81 Q29 81 29 78 L29 60 Q29 58 31 58 "
           "Z",
           p.accent);
      c.Line(33, 65, 67, 65).Stroke(p.pale, 1.1);
      c.Path("M34 38 Q50 28 66 38").Stroke(p.pale.WithAlpha(0.9), 1.2);
      break;
    default:
      c.Path("M20 56 Q34 6 50 8 Q66 6 80 56").Stroke({0.93, 0.8, 0.52}, 1.6);
      Body(s, "M16 52 Q50 44 84 52 L86 76 Q84 82 78 82 L22 82 Q16 82 14 76 Z", p.base);
      Part(s, "M16 52 Q50 44 84 52 L76 64 Q50 72 24 64 Z", p.dark);
      c.Circle(50, 67, 3).Fill({0.93, 0.8, 0.52});
  }
}

void Chairs(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  const Colour wood{0.62, 0.43, 0.28};
  switch (s.random.Below(3)) {
    case 0:
      for (const double x : {26.0, 70.0}) c.Line(x + 2, 70, x, 88).Stroke(wood, 2.6);
      Body(s, "M28 22 Q50 14 72 22 L74 58 L26 58 Z", p.base);
      Body(s,
           "M16 42 Q24 38 26 46 L28 58 L72 58 L74 46 Q76 38 84 42 L82 72 Q82 75 79 75 L21 75 Q18 "
           "75 18 72 Z",
           Mix(p.base, p.dark, 0.35));
      break;
    case 1:
      for (const double x : {30.0, 66.0}) c.Line(x, 60, x - 2, 88).Stroke(wood, 2.4);
      for (const double x : {38.0, 72.0})
        c.Line(x, 60, x + 2, 84).Stroke(Mix(wood, p.deep, 0.3), 2.2);
      Body(s, "M34 14 Q52 10 70 14 L68 50 L34 50 Z", p.base);
      Body(s, "M28 52 L74 52 Q79 52 78 57 L75 62 L27 62 Q24 56 28 52 Z", Mix(p.base, p.dark, 0.3));
      c.Line(36, 50, 34, 56).Stroke(wood, 2);
      c.Line(67, 50, 69, 56).Stroke(wood, 2);
      break;
    default:
      c.Line(50, 62, 50, 82).Stroke(p.deep, 3);
      c.Line(28, 88, 50, 81).Stroke(p.deep, 2.5);
      c.Line(72, 88, 50, 81).Stroke(p.deep, 2.5);
      Body(s, "M30 20 Q50 8 70 20 Q78 42 72 60 Q50 70 28 60 Q22 42 30 20 Z", p.base);
      c.Ellipse(50, 56, 20, 7).Fill(Mix(p.dark, p.deep, 0.2));
      c.Ellipse(50, 54, 19, 6.5).Fill(p.accent);
  }
}

void Mugs(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  const int form = static_cast<int>(s.random.Below(3));
  for (int i = 0; i < 3; ++i) {
    const double x = 40 + 8 * i;
    cairo_new_path(c.cr());
    cairo_move_to(c.cr(), x, 30);
    cairo_curve_to(c.cr(), x - 6, 22, x + 6, 18, x, 8);
    c.Stroke({1, 1, 1, 0.45}, 2);
  }
  if (form != 2) c.Path("M68 46 Q86 44 86 56 Q86 70 66 70").Stroke(Mix(p.base, p.deep, 0.2), 5);
  if (form == 0) Body(s, "M26 36 L70 36 L69 80 Q69 86 62 86 L34 86 Q27 86 27 80 Z", p.base);
  if (form == 1) Body(s, "M22 38 L74 38 Q74 70 58 82 L38 82 Q22 70 22 38 Z", p.base);
  if (form == 2) Body(s, "M30 34 L70 34 L66 84 Q66 87 62 87 L38 87 Q34 87 34 84 Z", p.base);
  const double rx = form == 0 ? 22 : form == 1 ? 26 : 20;
  const double x = form == 2 ? 50 : 48;
  c.Ellipse(x,
            form == 1   ? 38
            : form == 0 ? 36
                        : 34,
            rx,
            4.5)
      .FillKeep(Mix(p.base, {1, 1, 1}, 0.4))
      .Stroke(p.dark, 0.5);
  c.Ellipse(x, form == 1 ? 38.6 : form == 0 ? 36.6 : 34.6, rx - 2.5, 3).Fill({0.34, 0.2, 0.12});
  if (form == 2) Part(s, "M32 50 L68 50 L66.6 66 L33.4 66 Z", p.accent);
  c.Star(x, 62, 5.5, 2.4, 5).Fill(p.pale.WithAlpha(0.85));
}

void Dresses(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  c.Path("M50 10 Q56 8 54 14 L50 17 L36 24").Stroke(p.deep, 1);
  c.Line(50, 17, 64, 24).Stroke(p.deep, 1);
  switch (s.random.Below(3)) {
    case 0:
      Body(s, "M38 22 Q50 32 62 22 L62 46 L82 86 Q50 94 18 86 L38 46 Z", p.base);
      break;
    case 1:
      Body(s,
           "M40 20 L44 28 Q50 32 56 28 L60 20 L63 44 Q66 66 64 88 Q50 92 36 88 Q34 66 37 44 Z",
           p.base);
      break;
    default:
      Body(s,
           "M36 22 Q50 30 64 22 L76 40 L68 44 L63 38 L63 50 L76 80 Q50 88 24 80 L37 50 L37 38 L32 "
           "44 L24 40 Z",
           p.base);
  }
  Part(s, "M38 45 L62 45 L63 50 L37 50 Z", s.random.Bernoulli(0.5) ? p.dark : p.spark);
}

void Watches(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  const bool round = s.random.Bernoulli(0.65);
  Body(s, "M39 4 L61 4 L63 34 L37 34 Z", p.base);
  Body(s, "M37 66 L63 66 L61 96 L39 96 Z", p.base);
  const Colour metal = s.random.Bernoulli(0.5) ? Colour{0.8, 0.82, 0.86} : Colour{0.9, 0.75, 0.48};
  const auto face = [&](double r) -> Canvas& {
    return round ? c.Circle(50, 50, r) : c.Box(50 - r, 50 - r, 2 * r, 2 * r, 6);
  };
  c.Box(73, 47, 5, 6, 1).Fill(Mix(metal, p.deep, 0.3));
  face(25).FillAcross(Mix(metal, {1, 1, 1}, 0.6), Mix(metal, p.deep, 0.45));
  face(21).FillAcross(Mix(p.base, p.deep, 0.35), p.deep);
  for (int i = 0; i < 12; ++i) {
    const double a = i * std::numbers::pi / 6;
    c.Line(
         50 + 17 * std::cos(a), 50 + 17 * std::sin(a), 50 + 19 * std::cos(a), 50 + 19 * std::sin(a))
        .Stroke(p.pale, 1);
  }
  const double hour = s.random.Uniform(0, 6.28);
  c.Line(50, 50, 50 + 9 * std::cos(hour), 50 + 9 * std::sin(hour)).Stroke(p.pale, 1.8);
  c.Line(50, 50, 50 + 15 * std::cos(hour * 12), 50 + 15 * std::sin(hour * 12)).Stroke(p.pale, 1.1);
  c.Line(50, 50, 50 + 16 * std::cos(hour + 2), 50 + 16 * std::sin(hour + 2)).Stroke(p.spark, 0.6);
  c.Circle(50, 50, 1.6).Fill(p.spark);
}

void Headphones(const Scene& s) {
  const auto& p = s.palette;
  auto& c = s.canvas;
  if (s.random.Bernoulli(0.3)) {  // a pair of buds in their case
    for (const double x : {38.0, 62.0}) {
      c.Box(x - 3, 26, 6, 30, 3).Fill(Mix(p.pale, {1, 1, 1}, 0.5));
      c.Circle(x, 26, 8).FillAcross(Mix(p.base, {1, 1, 1}, 0.3), p.dark);
    }
    Body(s,
         "M22 56 Q22 50 28 50 L72 50 Q78 50 78 56 L78 78 Q78 86 70 86 L30 86 Q22 86 22 78 Z",
         p.base);
    c.Circle(50, 66, 2).Fill(p.spark);
    return;
  }
  c.Path("M20 58 Q16 14 50 14 Q84 14 80 58").Stroke(Mix(p.dark, p.deep, 0.3), 6);
  c.Path("M22 50 Q20 17 50 16 Q80 17 78 50").Stroke(p.accent, 2);
  Body(s,
       "M14 52 Q14 46 22 46 L30 46 Q34 46 34 52 L34 78 Q34 84 28 84 L22 84 Q12 82 14 52 Z",
       p.base);
  Body(s,
       "M86 52 Q86 46 78 46 L70 46 Q66 46 66 52 L66 78 Q66 84 72 84 L78 84 Q88 82 86 52 Z",
       p.base);
  Part(s, "M32 50 L38 52 L38 78 L32 80 Z", p.deep);
  Part(s, "M68 50 L62 52 L62 78 L68 80 Z", p.deep);
}

}  // namespace

void DrawGoods(const Scene& scene) {
  static constexpr std::array kPainters = {
      &Shoes, &Lamps, &Bags, &Chairs, &Mugs, &Dresses, &Watches, &Headphones};
  DrawBackdrop(scene);
  DrawMoodLight(scene);
  auto& c = scene.canvas;
  const auto category = static_cast<std::size_t>(scene.item.category_in_kind());
  c.Save();
  c.Place(50, 88, 1, 0, 1);
  if (scene.item.category_in_kind() != 6) {
    c.Ellipse(0, 0, 46, 6).FillRound(0, 0, 46, {0, 0, 0, 0.42}, {0, 0, 0, 0});
  }
  c.Restore();
  c.Save();
  const double scale = scene.random.Uniform(0.78, 0.98);
  const double mirror = scene.random.Bernoulli(0.5) ? -1 : 1;
  c.Place(50, 88, scale, 0, mirror * scene.random.Uniform(0.92, 1.06));
  cairo_translate(c.cr(), -50, -86);
  kPainters[category](scene);
  c.Restore();
}

}  // namespace medley::simulation
