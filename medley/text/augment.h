#pragma once

#include <string>
#include <string_view>

#include "medley/core/random.h"

/// Texts as they might as well have been, so that what is trained on few of them doesn't cling to
/// single words. Pure: the same text and generator give the same bytes. A word is what stands
/// between spaces; of Chinese and Japanese, a character. A text with words keeps at least one.
namespace medley::text {

/// Without each word with the given probability. Source: Wei and Zou, EDA (2019).
std::string DropWords(std::string_view text, double probability, Random random);
/// A run of its words, from `least_share` of them to all.
std::string CropWords(std::string_view text, double least_share, Random random);

}  // namespace medley::text
