#include "medley/text/part_of_speech.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace medley::text {
namespace {

struct Names {
  std::string_view english;
  std::string_view chinese;
};
constexpr std::array<Names, 17> kNames = {{
    {"noun", "名词"},
    {"name", "专名"},
    {"verb", "动词"},
    {"adjective", "形容词"},
    {"adverb", "副词"},
    {"pronoun", "代词"},
    {"determiner", "限定词"},
    {"numeral", "数词"},
    {"measure", "量词"},
    {"preposition", "介词"},
    {"conjunction", "连词"},
    {"particle", "助词"},
    {"interjection", "叹词"},
    {"idiom", "习语"},
    {"punctuation", "标点"},
    {"symbol", "符号"},
    {"other", "其他"},
}};
static_assert(kNames.size() == static_cast<std::size_t>(PartOfSpeech::kOther) + 1);

struct TagClass {
  std::string_view beginning;
  PartOfSpeech part;
};

/// By the longest beginning: a row before those that it begins with.
constexpr std::array kChinese = {
    TagClass{"nr", PartOfSpeech::kName},        TagClass{"ns", PartOfSpeech::kName},
    TagClass{"nt", PartOfSpeech::kName},        TagClass{"nz", PartOfSpeech::kName},
    TagClass{"n", PartOfSpeech::kNoun},         TagClass{"vn", PartOfSpeech::kNoun},
    TagClass{"vd", PartOfSpeech::kAdverb},      TagClass{"v", PartOfSpeech::kVerb},
    TagClass{"an", PartOfSpeech::kNoun},        TagClass{"ad", PartOfSpeech::kAdverb},
    TagClass{"a", PartOfSpeech::kAdjective},    TagClass{"b", PartOfSpeech::kAdjective},
    TagClass{"zg", PartOfSpeech::kOther},       TagClass{"z", PartOfSpeech::kAdjective},
    TagClass{"d", PartOfSpeech::kAdverb},       TagClass{"r", PartOfSpeech::kPronoun},
    TagClass{"m", PartOfSpeech::kNumeral},      TagClass{"q", PartOfSpeech::kMeasure},
    TagClass{"p", PartOfSpeech::kPreposition},  TagClass{"c", PartOfSpeech::kConjunction},
    TagClass{"u", PartOfSpeech::kParticle},     TagClass{"y", PartOfSpeech::kParticle},
    TagClass{"h", PartOfSpeech::kParticle},     TagClass{"k", PartOfSpeech::kParticle},
    TagClass{"eng", PartOfSpeech::kNoun},       TagClass{"e", PartOfSpeech::kInterjection},
    TagClass{"o", PartOfSpeech::kInterjection}, TagClass{"i", PartOfSpeech::kIdiom},
    TagClass{"l", PartOfSpeech::kIdiom},        TagClass{"t", PartOfSpeech::kNoun},
    TagClass{"s", PartOfSpeech::kNoun},         TagClass{"f", PartOfSpeech::kNoun},
    TagClass{"j", PartOfSpeech::kNoun},         TagClass{"g", PartOfSpeech::kNoun},
    TagClass{"w", PartOfSpeech::kPunctuation},
};

constexpr std::array kPenn = {
    TagClass{"NNP", PartOfSpeech::kName},        TagClass{"NN", PartOfSpeech::kNoun},
    TagClass{"FW", PartOfSpeech::kNoun},         TagClass{"VB", PartOfSpeech::kVerb},
    TagClass{"MD", PartOfSpeech::kVerb},         TagClass{"JJ", PartOfSpeech::kAdjective},
    TagClass{"RP", PartOfSpeech::kParticle},     TagClass{"RB", PartOfSpeech::kAdverb},
    TagClass{"WRB", PartOfSpeech::kAdverb},      TagClass{"PRP$", PartOfSpeech::kDeterminer},
    TagClass{"PRP", PartOfSpeech::kPronoun},     TagClass{"WP$", PartOfSpeech::kDeterminer},
    TagClass{"WP", PartOfSpeech::kPronoun},      TagClass{"EX", PartOfSpeech::kPronoun},
    TagClass{"DT", PartOfSpeech::kDeterminer},   TagClass{"PDT", PartOfSpeech::kDeterminer},
    TagClass{"WDT", PartOfSpeech::kPronoun},     TagClass{"CD", PartOfSpeech::kNumeral},
    TagClass{"IN", PartOfSpeech::kPreposition},  TagClass{"TO", PartOfSpeech::kParticle},
    TagClass{"POS", PartOfSpeech::kParticle},    TagClass{"CC", PartOfSpeech::kConjunction},
    TagClass{"UH", PartOfSpeech::kInterjection}, TagClass{"SYM", PartOfSpeech::kSymbol},
    TagClass{"$", PartOfSpeech::kSymbol},        TagClass{"#", PartOfSpeech::kSymbol},
};

template <std::size_t n>
PartOfSpeech Look(const std::array<TagClass, n>& table, std::string_view tag, PartOfSpeech other) {
  const auto found = std::ranges::find_if(
      table, [tag](const TagClass& row) { return tag.starts_with(row.beginning); });
  return found == table.end() ? other : found->part;
}

}  // namespace

std::string_view PartOfSpeechName(PartOfSpeech part, std::string_view locale) {
  const auto& names = kNames[static_cast<std::size_t>(part)];
  return locale.starts_with("zh") ? names.chinese : names.english;
}

PartOfSpeech OfChineseTag(std::string_view tag) {
  return Look(kChinese, tag, PartOfSpeech::kOther);
}

PartOfSpeech OfPennTag(std::string_view tag) {
  const bool mark = !tag.empty() && (tag[0] < 'A' || tag[0] > 'Z');
  return Look(kPenn, tag, mark ? PartOfSpeech::kPunctuation : PartOfSpeech::kOther);
}

bool CarriesMeaning(PartOfSpeech part) {
  switch (part) {
    case PartOfSpeech::kNoun:
    case PartOfSpeech::kName:
    case PartOfSpeech::kVerb:
    case PartOfSpeech::kAdjective:
    case PartOfSpeech::kIdiom:
      return true;
    default:
      return false;
  }
}

}  // namespace medley::text
