#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/recommenders/recommender.h"

namespace medley::explain {

/// One reason in terms of items as people know them: what the sentence may say, and all it may say.
struct Fact {
  recommenders::Evidence::Kind kind = recommenders::Evidence::Kind::kPopularity;
  std::string item_id;     ///< the past item (kPastItem, kSimilar; kAttribute: that shares it most)
  std::string item_title;  ///< in the reader's language where there is one
  std::string action;      ///< kPastItem, kSimilar: what the user did with it, as events call it
                       ///< ("listen", "rating"); empty: not known; "none": nothing, it is not of
                       ///< the past but what was asked about (likenesses of an item)
  std::string space;      ///< kSimilar: "text", "image", "audio", "video", "fused"
  std::string attribute;  ///< kAttribute: "category", "director"
  std::string value;      ///< kAttribute: "Comedy"
  double count = 0;
  double contribution = 0;
};

enum class Author { kTemplate, kModel };

/// Why a template worded a sentence and not the language model.
enum class WhyTemplate {
  kNot,           ///< the model did
  kOff,           ///< it is not asked: [explain] rewrite, or a command that doesn't wait for it
  kNoModel,       ///< there is none
  kPending,       ///< it is being written; a later request gets it
  kRejected,      ///< what it wrote is not covered by the facts
  kUnavailable,   ///< it failed, or it is out of reach for now
  kNothingToSay,  ///< there are no facts
};

/// "off", "no_model", "pending", "rejected", "unavailable", "nothing_to_say"; "" for kNot.
std::string_view WhyName(WhyTemplate why);

/// Why one item was recommended: facts as data and one sentence.
struct Explanation {
  std::vector<Fact> facts;  ///< strongest first
  std::string sentence;
  std::string locale;  ///< "en" or "zh"
  Author author = Author::kTemplate;
  WhyTemplate why = WhyTemplate::kOff;
  std::string model;  ///< of Author::kModel: its name and version
};

/// The sentence at once, from a template chosen by the strongest facts. `title`: the recommended
/// item's. Missing: with no facts, a sentence that claims nothing of the user.
std::string TemplateSentence(std::string_view title,
                             const std::vector<Fact>& facts,
                             std::string_view locale);

/// The same for equal title, facts (contributions aside), locale and `model`: the key a written
/// sentence is cached under.
std::string EvidenceHash(std::string_view title,
                         const std::vector<Fact>& facts,
                         std::string_view locale,
                         std::string_view model);

}  // namespace medley::explain
