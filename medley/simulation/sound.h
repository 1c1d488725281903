#pragma once

#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/simulation/latents.h"

namespace medley::simulation {

inline constexpr int kSoundRate = 16'000;
inline constexpr double kSoundSeconds = 3;

/// The item's sound: an advert's jingle, a song, a film's score, a news signature, or what a
/// telephone heard. Mood sets scale and chords, tempo the beat, brightness the timbre, category the
/// instruments. Units: samples in [-1, 1] at kSoundRate, kSoundSeconds long.
std::vector<float> ComposeSound(const ItemLatents& item, Random random);

/// FLAC of 16 bits, mono. The samples are rounded to coarser steps first, because the low bits of a
/// synthesised sound cost the most and are never heard. The same samples give the same bytes.
/// Errors: kInternal.
Result<std::string> EncodeFlac(const std::vector<float>& samples);

}  // namespace medley::simulation
