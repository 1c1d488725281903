#pragma once

#include "medley/media/decoder.h"

/// How much there is to go by in what was decoded, as an encoder sees it: 1 for a clear picture or
/// sound, towards 0 for one that says little, whatever it shows. Rules, not learned: each part is 1
/// where nothing is wrong with it, and the worst part counts. Threads: any.
namespace medley::media {

/// Never less: something is there, and what has no length is no vector.
inline constexpr double kLeastQuality = 0.05;

/// Sharpness (the variance of the Laplacian of its grey, against kSharp) and exposure (the share of
/// pixels neither black nor white all through). Missing: kLeastQuality without pixels. Cost: 0.1 ms
/// for 224 x 224. Source: Pech-Pacheco et al., Diatom autofocusing (2000).
double QualityOf(const Image& image);
/// Length (against kLongEnough seconds), silence (the share of moments that can be heard) and
/// clipping (the share of samples at either end of the range). Missing: kLeastQuality without
/// samples.
double QualityOf(const Sound& sound);
/// The mean of its frames' and its sound track's, each where there is one.
double QualityOf(const Clip& clip);

}  // namespace medley::media
