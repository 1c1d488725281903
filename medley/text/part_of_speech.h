#pragma once

#include <cstdint>
#include <string_view>

namespace medley::text {

/// Classes of words that English and Chinese share; the tags of either are finer.
enum class PartOfSpeech : std::uint8_t {
  kNoun,
  kName,
  kVerb,
  kAdjective,
  kAdverb,
  kPronoun,
  kDeterminer,
  kNumeral,
  kMeasure,  ///< a Chinese measure word
  kPreposition,
  kConjunction,
  kParticle,
  kInterjection,
  kIdiom,
  kPunctuation,
  kSymbol,
  kOther,
};

/// "noun", or "名词" where `locale` is Chinese.
std::string_view PartOfSpeechName(PartOfSpeech part, std::string_view locale);

/// The class of a tag of the dictionary of Chinese words ("n", "nr", "v", ...; those of the
/// People's Daily corpus of Peking University).
PartOfSpeech OfChineseTag(std::string_view tag);

/// The class of a tag of the Penn Treebank ("NN", "VBD", ...).
PartOfSpeech OfPennTag(std::string_view tag);

/// Whether words of this class say what a text is about.
bool CarriesMeaning(PartOfSpeech part);

}  // namespace medley::text
