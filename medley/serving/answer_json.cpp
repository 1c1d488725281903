#include "medley/serving/answer_json.h"

#include <string>
#include <string_view>
#include <utility>

#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/explain/explanation.h"
#include "medley/pipeline/engine.h"
#include "medley/recommenders/recommender.h"

namespace medley::serving {
namespace {

std::string_view KindName(recommenders::Evidence::Kind kind) {
  using Kind = recommenders::Evidence::Kind;
  switch (kind) {
    case Kind::kPastItem:
      return "past_item";
    case Kind::kSimilar:
      return "similar";
    case Kind::kAttribute:
      return "attribute";
    case Kind::kPopularity:
      return "popularity";
    case Kind::kNew:
      return "new";
  }
  return "popularity";
}

void AddText(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

Json FactJson(const explain::Fact& fact) {
  Json json = {{"kind", KindName(fact.kind)}, {"contribution", fact.contribution}};
  AddText(json, "item_id", fact.item_id);
  AddText(json, "item_title", fact.item_title);
  AddText(json, "action", fact.action);
  AddText(json, "space", fact.space);
  AddText(json, "attribute", fact.attribute);
  AddText(json, "value", fact.value);
  if (fact.count != 0) json["count"] = fact.count;
  return json;
}

}  // namespace

Json ToJson(const explain::Explanation& explanation) {
  Json facts = Json::array();
  for (const auto& fact : explanation.facts) facts.push_back(FactJson(fact));
  Json json = {{"sentence", explanation.sentence},
               {"locale", explanation.locale},
               {"author", explanation.author == explain::Author::kModel ? "model" : "template"},
               {"facts", std::move(facts)}};
  AddText(json, "model", explanation.model);
  AddText(json, "template_because", std::string(explain::WhyName(explanation.why)));
  return json;
}

Json ToJson(const pipeline::RecommendedItem& recommended, bool with_explanation) {
  Json json = {{"item", data::ToJson(recommended.item)},
               {"score", recommended.score},
               {"propensity", recommended.propensity}};
  if (!recommended.lifted_by.empty()) json["lifted_by"] = recommended.lifted_by;
  if (with_explanation) json["explanation"] = ToJson(recommended.explanation);
  return json;
}

Json ToJson(const pipeline::Recommendations& answer, bool with_explanation) {
  Json items = Json::array();
  for (const auto& item : answer.items) items.push_back(ToJson(item, with_explanation));
  Json json = {{"request", answer.request},
               {"user", answer.user},
               {"personal", answer.personal},
               {"versions", answer.versions},
               {"items", std::move(items)}};
  AddText(json, "ordered_by_model", answer.judged);
  return json;
}

}  // namespace medley::serving
