#pragma once

#include "medley/encoders/encoder.h"

namespace medley::encoders {

/// How much an input gives to go by, from media::kLeastQuality to 1: of pictures, sounds and films
/// as media/quality.h says; of a text, its letters and digits against kEnoughLetters (of Chinese
/// and Japanese, a character counts for three). Missing: kLeastQuality for a text without any.
double QualityOf(const Input& input);

}  // namespace medley::encoders
