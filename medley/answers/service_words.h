#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace medley::answers {

/// What a text says or asks, as texts of customer service are compared: English words by their
/// stems, Chinese by pairs of characters, and both by the concepts that they name ("send back",
/// "退货" and "returns" are one: "#return"). Words that say nothing of the matter are left out.
/// Limits: the first 400 words.
struct ServiceTerms {
  std::vector<std::string> terms;        ///< each once
  std::vector<std::string> identifiers;  ///< "1042", "sf-20031": what only a whole match answers
  bool concept_named = false;            ///< one of the table of concepts
  bool own = false;                      ///< "my", "我的"
  bool asks_how = false;                 ///< "how do I", "怎么"
  bool asks_span = false;                ///< "how long", "几天"
  bool asks_money = false;               ///< "how much", "多少钱"
  bool has_span = false;                 ///< "30 days", "三天"
  bool has_money = false;                ///< "$5", "免费"
};
ServiceTerms TermsOf(std::string_view text);

/// Whether `terms` names the concept ("#order").
bool Names(const ServiceTerms& terms, std::string_view concept_name);

/// Whether a question may be about a thing of the asker's own, like "where is order 1042".
bool AsksForOwn(const ServiceTerms& question);

/// Whether a sentence talks to a machine that reads it ("ignore your instructions"): never quoted,
/// never shown to a language model.
bool IsInstruction(std::string_view sentence);

}  // namespace medley::answers
