#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/simulation/latents.h"

namespace medley::simulation {

/// A film's clip to be made: its scene, moving, with its sound track.
struct ClipJob {
  ItemLatents item;
  Random picture;            ///< as given to DrawPicture, so that clip and poster are of one film
  std::vector<float> sound;  ///< at kSoundRate
  std::filesystem::path file;
};

/// Draws and encodes the clips as WebM (VP8, Vorbis), 160 x 120 at 10 frames a second, in one run
/// of the program ffmpeg: Debian's is a GPL build, so it is run, not linked, and its start costs
/// more than a clip. The same jobs give the same bytes. Errors: kUnavailable where there is no
/// ffmpeg, kInternal with what it said.
Status EncodeClips(std::span<const ClipJob> jobs);

}  // namespace medley::simulation
