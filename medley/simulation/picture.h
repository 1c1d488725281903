#pragma once

#include <string_view>

#include "medley/core/random.h"
#include "medley/simulation/canvas.h"
#include "medley/simulation/latents.h"

namespace medley::simulation {

/// The colours of one picture, all around the hue of the item's colour attribute; style sets how
/// rich they are, mood how light.
struct Palette {
  double hue = 0;
  Colour base;  ///< what catches the eye
  Colour light;
  Colour dark;
  Colour deep;    ///< nearly black
  Colour pale;    ///< nearly white
  Colour accent;  ///< a neighbour of the hue
  Colour spark;   ///< a small contrast
};
Palette MakePalette(const ItemLatents& item, Random& random);

/// What every painter gets. `title`: English, for what is lettered on covers and posters.
struct Scene {
  Canvas& canvas;
  const ItemLatents& item;
  const Palette& palette;
  std::string_view title;
  Random& random;
};

/// The item's picture: its product shot, cover, poster, press photo or snapshot.
/// Shapes: any size; made for a square.
void DrawPicture(Canvas& canvas, const ItemLatents& item, std::string_view title, Random random);

/// One frame of a film's clip. Units: `time` in seconds, 0 .. 3. The same random state gives the
/// same scene at every time.
void DrawFilmFrame(Canvas& canvas, const ItemLatents& item, double time, Random random);

// The parts, a file each.
void DrawGoods(const Scene& scene);
void DrawCover(const Scene& scene);
void DrawPoster(const Scene& scene);
void DrawPress(const Scene& scene);
void DrawSnapshot(const Scene& scene);
/// The moving part of a poster, without its lettering.
void DrawFilmScene(const Scene& scene, double time);

/// What stands behind a product or a cover, by style.
void DrawBackdrop(const Scene& scene);
/// Fills the current path with a pattern of the item's style over what is there.
void DrawPattern(const Scene& scene, const Colour& colour);
/// The edge of a picture that fills its whole square, by style.
void DrawFrame(const Scene& scene);
/// Lettering that fits `width` units and `lines` lines, centred about x or, where `left`, starting
/// there; y is the base line of the last line.
void DrawTitle(const Scene& scene,
               double x,
               double y,
               double width,
               double height,
               const Colour& colour,
               bool left);
/// Light over a finished picture, by mood.
void DrawMoodLight(const Scene& scene);

}  // namespace medley::simulation
