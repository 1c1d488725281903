#pragma once

#include <cstddef>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

/// Pictures and sounds as they might as well have been, so that what is trained on few of them
/// learns what does not matter. Pure: the same input and generator give the same bits. Shapes,
/// sample rates and ranges stay as they are, but for the length of a sound whose speed changes.
/// Missing: a picture without pixels or a sound without samples comes back as it is.
namespace medley::media {

/// A square cut out anywhere, its area from `least_area` to 1 of the picture's, brought back to the
/// picture's size, mirrored half of the time. Source: Szegedy et al., Going deeper with
/// convolutions (2015).
Image CropAnew(const Image& image, double least_area, Random random);
/// Brightness, contrast and saturation each by a factor in [1 - strength, 1 + strength].
Image ChangeColours(const Image& image, double strength, Random random);
/// A grey square anywhere with `area` of the picture's, cut off at its edges. Source: DeVries and
/// Taylor, Cutout (2017).
Image CutOut(const Image& image, double area, Random random);

/// Played at a speed in [1 - most, 1 + most]; pitch and length follow. Source: Ko et al., Audio
/// augmentation for speech recognition (2015).
Sound ChangeSpeed(const Sound& sound, double most, Random random);
/// White noise, `least_db` to `least_db` + 20 dB below the sound; of a silent sound, nothing.
Sound AddNoise(const Sound& sound, double least_db, Random random);

/// How much of a log-mel picture is hidden: up to `count` runs of each kind, each up to `share` of
/// the whole wide.
struct MaskSpec {
  std::size_t time_count = 1;
  double time_share = 0.15;
  std::size_t band_count = 1;
  double band_share = 0.15;
};
/// Runs of frames (rows) and of bands (columns) become 0, the mean of a standardised picture.
/// Source: Park et al., SpecAugment (2019).
void MaskRuns(const MaskSpec& spec, Random random, linalg::Matrix& mel);

}  // namespace medley::media
