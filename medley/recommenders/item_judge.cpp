#include "medley/recommenders/item_judge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"
#include "medley/recommenders/recommender.h"
#include "medley/text/display.h"

namespace medley::recommenders {
namespace {

constexpr std::string_view kPrompt = "interest";
constexpr std::string_view kCategory = "category=";
constexpr std::size_t kMostCategories = 3;
constexpr std::size_t kCategoryGraphemes = 30;

std::string CategoriesOf(const ItemFeatures& features, ItemIndex item) {
  if (item >= features.attributes.size()) return {};
  std::string out;
  std::size_t n = 0;
  for (const auto attribute : features.attributes[item]) {
    const std::string_view name = features.attribute_names[attribute];
    if (!name.starts_with(kCategory) || n == kMostCategories) continue;
    ++n;
    out += (out.empty() ? "" : ", ") +
           text::DisplayText(name.substr(kCategory.size()), kCategoryGraphemes);
  }
  return out;
}

}  // namespace

std::string ItemJudge::Words(const ItemFeatures& features, ItemIndex item) {
  if (features.graph == nullptr) return {};
  const auto node = features.graph->OfItem(item);
  if (node == kNoIndex || features.graph->node(node).name.empty()) return {};
  std::string words = llm::QuotedTitle(features.graph->node(node).name);
  if (const auto categories = CategoriesOf(features, item); !categories.empty())
    words += " (" + categories + ")";
  return words;
}

Result<std::vector<double>> ItemJudge::Ask(std::span<const data::Interaction> history,
                                           std::span<const ItemIndex> items) const {
  std::vector<std::string> said;
  for (std::size_t i = history.size(); i-- > 0 && said.size() < history_;) {
    const auto words = Words(*features_, history[i].item);
    if (!words.empty()) said.push_back(words + (history[i].weight > 0 ? ": yes" : ": no"));
  }
  std::vector<double> out(items.size());
  if (said.empty()) return out;
  std::string shown;
  for (std::size_t i = said.size(); i-- > 0;) shown += (shown.empty() ? "" : "; ") + said[i];
  const std::lock_guard lock(mutex_);
  if (model_ == nullptr) {
    MEDLEY_ASSIGN_OR_RETURN(model_, source_.load());
  }
  MEDLEY_ASSIGN_OR_RETURN(const double anyway, LogOdds(shown, llm::QuotedTitle("…")));
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto words = Words(*features_, items[i]);
    if (words.empty()) continue;
    MEDLEY_ASSIGN_OR_RETURN(const double odds, LogOdds(shown, words));
    out[i] = odds - anyway;
  }
  return out;
}

Result<double> ItemJudge::LogOdds(const std::string& history, const std::string& item) const {
  static const std::vector<std::string> kAnswers = {" yes", " no"};
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt(kPrompt));
  MEDLEY_ASSIGN_OR_RETURN(auto filled, prompt.Fill({{"history", history}, {"item", item}}));
  while (filled.ends_with('\n')) filled.pop_back();
  MEDLEY_ASSIGN_OR_RETURN(const auto odds, model_->LogLikelihood(filled, kAnswers, {}));
  return odds[0] - odds[1];
}

}  // namespace medley::recommenders
