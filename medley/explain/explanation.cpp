#include "medley/explain/explanation.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/hash.h"
#include "medley/explain/phrases.h"

namespace medley::explain {
namespace {

/// Changes with the wording, so that sentences cached before are written anew.
constexpr std::string_view kWordingVersion = "2";

/// Appends `field` so that no two lists of fields give the same text.
void AppendField(std::string& key, std::string_view field) {
  key += std::to_string(field.size());
  key += ':';
  key += field;
}

std::string EvidenceKey(std::string_view title,
                        const std::vector<Fact>& facts,
                        std::string_view locale) {
  std::string key;
  AppendField(key, kWordingVersion);
  AppendField(key, LanguageOf(locale) == Language::kChinese ? "zh" : "en");
  AppendField(key, title);
  for (const auto& fact : facts) {
    AppendField(key, std::to_string(static_cast<int>(fact.kind)));
    for (const auto& field :
         {fact.item_id, fact.item_title, fact.action, fact.space, fact.attribute, fact.value}) {
      AppendField(key, field);
    }
    AppendField(key, std::to_string(fact.count));
  }
  return key;
}

}  // namespace

std::string_view WhyName(WhyTemplate why) {
  switch (why) {
    case WhyTemplate::kNot:
      return "";
    case WhyTemplate::kOff:
      return "off";
    case WhyTemplate::kNoModel:
      return "no_model";
    case WhyTemplate::kPending:
      return "pending";
    case WhyTemplate::kRejected:
      return "rejected";
    case WhyTemplate::kUnavailable:
      return "unavailable";
    case WhyTemplate::kNothingToSay:
      return "nothing_to_say";
  }
  return "";
}

std::string TemplateSentence(std::string_view title,
                             const std::vector<Fact>& facts,
                             std::string_view locale) {
  const auto sentences = Sentences(title, SayableFacts(facts), LanguageOf(locale));
  return sentences[Hash64(EvidenceKey(title, facts, locale)) % sentences.size()];
}

std::string EvidenceHash(std::string_view title,
                         const std::vector<Fact>& facts,
                         std::string_view locale,
                         std::string_view model) {
  std::string key = EvidenceKey(title, facts, locale);
  AppendField(key, model);
  constexpr std::size_t kHexDigits = 32;
  return Sha256(key).substr(0, kHexDigits);
}

}  // namespace medley::explain
