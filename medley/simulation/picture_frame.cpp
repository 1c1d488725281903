#include <algorithm>
#include <string>
#include <vector>

#include "medley/simulation/picture.h"

namespace medley::simulation {

void DrawFrame(const Scene& s) {
  auto& c = s.canvas;
  const auto& p = s.palette;
  const double w = c.width_units();
  switch (s.item.style) {
    case kMinimal:
      c.Box(0, 0, w, 100).Stroke(Mix(p.pale, {1, 1, 1}, 0.6), 7);
      break;
    case kVintage:
      c.Box(0, 0, w, 100).Fill({0.8, 0.55, 0.25, 0.1});
      c.Box(0, 0, w, 100).Stroke({0.95, 0.9, 0.78}, 9);
      c.Box(5.5, 5.5, w - 11, 89, 2).Stroke(p.dark.WithAlpha(0.5), 0.6);
      c.Vignette(0.25);
      break;
    case kPlayful:
      for (int i = 0; i < 22; ++i) {
        const bool side = i % 2 == 0;
        const double at = s.random.Uniform(0, 100);
        const double edge = s.random.Uniform(0, 9);
        const double x = side ? (i % 4 == 0 ? edge : w - edge) : at * w / 100;
        const double y = side ? at : (i % 4 == 1 ? edge : 100 - edge);
        const Colour colour = i % 3 == 0 ? p.pale : i % 3 == 1 ? p.accent : p.spark;
        if (i % 5 == 0) {
          c.Star(x, y, 4.5, 2, 5, at).Fill(colour);
        } else {
          c.Circle(x, y, 1 + edge / 4).Fill(colour);
        }
      }
      break;
    case kElegant:
      c.Box(4, 4, w - 8, 92).Stroke({0.95, 0.84, 0.58, 0.9}, 0.7);
      c.Box(5.6, 5.6, w - 11.2, 88.8).Stroke({0.95, 0.84, 0.58, 0.6}, 0.3);
      c.Vignette(0.45);
      break;
    case kBold:
      c.Path("M0 0 L22 0 L0 22 Z").Fill(p.spark);
      c.Box(0, 0, w, 100).Stroke(p.deep, 6);
      break;
    default:
      for (int i = 0; i < 8; ++i) {
        c.Save();
        c.Place(i < 4 ? -2 : w + 2,
                i < 4 ? 102 : -2,
                s.random.Uniform(0.5, 0.95),
                (i < 4 ? -85 : 95) + 26 * (i % 4));
        c.Path("M0 0 Q14 -10 32 0 Q14 10 0 0 Z").FillAcross(Mix(p.dark, p.deep, 0.2), p.base);
        c.Line(0, 0, 28, 0).Stroke(p.pale.WithAlpha(0.5), 0.5);
        c.Restore();
      }
      break;
  }
}

void DrawTitle(const Scene& s,
               double x,
               double y,
               double width,
               double height,
               const Colour& colour,
               bool left) {
  std::vector<std::string> lines(1);
  std::string word;
  const auto flush = [&] {
    const std::string longer = lines.back().empty() ? word : lines.back() + " " + word;
    if (lines.back().empty() || Canvas::LettersWidth(longer, height) <= width) {
      lines.back() = longer;
    } else {
      lines.push_back(word);
    }
    word.clear();
  };
  for (const char letter : s.title) {
    if (letter == ' ') {
      flush();
    } else {
      word += letter;
    }
  }
  flush();
  for (auto it = lines.rbegin(); it != lines.rend(); ++it) {
    const double natural = Canvas::LettersWidth(*it, height);
    const double fitted = natural > width ? height * width / natural : height;
    const double start = left ? x : x - std::min(natural, width) / 2;
    s.canvas.Letters(*it, start + 0.4, y + 0.5, fitted, s.palette.deep.WithAlpha(0.55), 0.17);
    s.canvas.Letters(*it, start, y, fitted, colour, 0.15);
    y -= fitted * 1.45;
  }
}

}  // namespace medley::simulation
