#include "medley/answers/hybrid_search.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/answers/cross_modal.h"
#include "medley/answers/search.h"
#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/fusion/fusion.h"
#include "medley/index/exact_index.h"
#include "medley/index/nearest_index.h"
#include "medley/index/quantised_index.h"
#include "medley/index/rank_fusion.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/top_k.h"
#include "medley/pipeline/attributes.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/text/lexical_index.h"
#include "medley/text/terms.h"
#include "medley/text/title_index.h"

namespace medley::answers {
namespace {

constexpr std::size_t kMostResults = 1000;
constexpr std::string_view kTitleTranslation = "title:";
constexpr std::string_view kByTitle = "title";
constexpr std::string_view kByWords = "words";

enum Field : std::uint8_t { kTitleField, kLabelField, kTextField };

const std::vector<text::LexicalField>& Fields() {
  static const std::vector<text::LexicalField> fields = {{.weight = 3, .length_penalty = 0.4F},
                                                         {.weight = 2, .length_penalty = 0.4F},
                                                         {.weight = 1, .length_penalty = 0.75F}};
  return fields;
}

void AppendLine(std::string& text, std::string_view line) {
  text += line;
  text += '\n';
}

void AppendTexts(std::string& text, const Json& value) {
  if (value.is_string()) AppendLine(text, value.get_ref<const std::string&>());
  if (value.is_array()) {
    for (const auto& element : value) AppendTexts(text, element);
  }
}

std::string FieldText(const data::Item& item, std::size_t field) {
  std::string text;
  switch (field) {
    case kTitleField:
      AppendLine(text, item.title);
      for (const auto& [name, other] : item.texts) {
        if (name.starts_with(kTitleTranslation)) AppendLine(text, other);
      }
      break;
    case kLabelField:
      AppendLine(text, item.kind);
      for (const auto& category : item.categories) AppendLine(text, category);
      for (const auto& tag : item.tags) AppendLine(text, tag);
      if (item.attributes.is_object()) {
        for (const auto& value : item.attributes) AppendTexts(text, value);
      }
      break;
    default:
      AppendLine(text, item.description);
      for (const auto& [name, other] : item.texts) {
        if (!name.starts_with(kTitleTranslation)) AppendLine(text, other);
      }
  }
  return text;
}

text::LexicalIndex IndexWords(const pipeline::Catalogue& catalogue) {
  return {catalogue.items.size(), Fields(), [&](std::size_t item, std::size_t field) {
            return FieldText(catalogue.items[item], field);
          }};
}

text::TitleIndex IndexTitles(const pipeline::Catalogue& catalogue) {
  std::vector<text::TitleEntry> entries;
  for (std::size_t i = 0; i < catalogue.items.size(); ++i) {
    const auto& item = catalogue.items[i];
    const auto index = static_cast<std::uint32_t>(i);
    entries.push_back({item.title, index});
    for (const auto& [name, other] : item.texts) {
      if (name.starts_with(kTitleTranslation)) entries.push_back({other, index});
    }
  }
  return text::TitleIndex(entries);
}

/// The space's owner keeps its vectors alive.
std::unique_ptr<index::NearestIndex> IndexVectors(const fusion::FeatureSpace& space,
                                                  std::optional<index::VectorCode> code) {
  if (!code) return std::make_unique<index::ExactIndex>(space.vectors, space.present);
  const auto whole = [rows = space.vectors](std::uint32_t row, std::span<float> out) {
    std::ranges::copy(rows.Row(row), out.begin());
  };
  return std::make_unique<index::QuantisedIndex>(
      space.vectors,
      index::QuantisedIndex::Options{.code = *code, .whole = whole, .present = space.present});
}

std::vector<ItemIndex> Items(const std::vector<linalg::IndexedScore>& scored) {
  std::vector<ItemIndex> items;
  items.reserve(scored.size());
  for (const auto& one : scored) items.push_back(one.index);
  return items;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\u3000") == std::string_view::npos;
}

}  // namespace

HybridSearch::HybridSearch(std::shared_ptr<const pipeline::Catalogue> catalogue,
                           std::optional<index::VectorCode> code,
                           std::shared_ptr<const alignment::WordSpace> words)
    : catalogue_(std::move(catalogue)),
      filter_(*catalogue_),
      words_(IndexWords(*catalogue_)),
      titles_(IndexTitles(*catalogue_)),
      across_(catalogue_, std::move(words)) {
  for (const auto& space : catalogue_->features.spaces)
    if (space.vectors.rows > 0) vectors_[space.name] = IndexVectors(space, code);
}

Status HybridSearch::Check(const SearchQuery& query) const {
  if (query.n < 1 || query.n > kMostResults) {
    return Fail(ErrorCode::kInvalidInput,
                "n is " + std::to_string(query.n) + "; it must be from 1 to " +
                    std::to_string(kMostResults));
  }
  if (IsBlank(query.text) && query.vectors.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "nothing to search for: give words, a picture or a sound");
  }
  for (const auto& vector : query.vectors) {
    if (std::ranges::find(pipeline::kSpaces, vector.space) == pipeline::kSpaces.end()) {
      return Fail(ErrorCode::kInvalidInput,
                  "there is no space '" + vector.space +
                      "'; there are text, image, audio, video and fused");
    }
    if (!linalg::AllFinite(vector.vector))
      return Fail(ErrorCode::kInvalidInput,
                  "the query's " + vector.space + " vector has values that are no numbers");
    const auto* space = catalogue_->features.Find(vector.space);
    if (space != nullptr && space->vectors.rows > 0 &&
        space->vectors.cols != vector.vector.size()) {
      return Fail(ErrorCode::kInvalidInput,
                  "the query's " + vector.space + " vector has " +
                      std::to_string(vector.vector.size()) + " dimensions, the catalogue's have " +
                      std::to_string(space->vectors.cols) +
                      "; encode the catalogue with the same encoder");
    }
  }
  return {};
}

HybridSearch::Ranking HybridSearch::ByWords(std::string_view text, const Scope& scope) const {
  return {std::string(kByWords), Items(words_.Search(text, scope.depth, scope.allowed))};
}

/// Titles a slip or two away, titles that begin so, then what the corrected words find.
HybridSearch::Ranking HybridSearch::ByMisspeltTitle(std::string_view text,
                                                    const Scope& scope) const {
  Ranking ranking{std::string(kByWords), titles_.Similar(text, scope.depth, scope.allowed)};
  std::unordered_set<ItemIndex> seen(ranking.items.begin(), ranking.items.end());
  const auto append = [&](const std::vector<ItemIndex>& items) {
    for (const auto item : items) {
      if (seen.insert(item).second) ranking.items.push_back(item);
    }
  };
  append(titles_.Prefix(text, scope.depth, scope.allowed));
  if (const auto corrected = titles_.Corrected(text); !corrected.empty())
    append(ByWords(corrected, scope).items);
  return ranking;
}

HybridSearch::Ranking HybridSearch::ByVector(const SearchQuery::VectorQuery& query,
                                             const Scope& scope) const {
  const auto found = vectors_.find(query.space);
  if (found == vectors_.end()) return {query.space, {}};
  const auto best = found->second->Search(query.vector, scope.depth, scope.allowed);
  return {query.space, best ? Items(*best) : std::vector<ItemIndex>{}};
}

std::vector<HybridSearch::Ranking> HybridSearch::AcrossModalities(const SearchQuery& query,
                                                                  const Scope& scope) const {
  std::vector<Ranking> rankings;
  const auto take = [&rankings](std::vector<CrossModal::Found> found) {
    for (auto& one : found)
      rankings.push_back({std::move(one.space), std::move(one.items), one.others});
  };
  const bool in_words = !IsBlank(query.text);
  const SearchQuery::VectorQuery* words = nullptr;
  for (const auto& vector : query.vectors) {
    if (in_words && vector.space == pipeline::kSpaces.front()) {
      words = &vector;
    } else {
      take(across_.ByVector(vector, scope.depth, scope.allowed));
    }
  }
  if (in_words) take(across_.ByText(query.text, words, scope.depth, scope.allowed));
  return rankings;
}

std::vector<SearchHit> HybridSearch::Fuse(const std::vector<ItemIndex>& exact,
                                          const std::vector<Ranking>& rankings,
                                          std::size_t n) {
  constexpr double kAboveAllRanks = 1;  // more than the reciprocal ranks of every source together
  std::unordered_map<ItemIndex, SearchHit> hits;
  for (const auto item : exact) hits[item] = {item, kAboveAllRanks, {std::string(kByTitle)}};
  for (const auto& ranking : rankings) {
    for (std::size_t rank = 0; rank < ranking.items.size(); ++rank) {
      auto& hit = hits[ranking.items[rank]];
      hit.item = ranking.items[rank];
      hit.score += index::ReciprocalRank(ranking.pace * static_cast<double>(rank));
      if (std::ranges::find(hit.matched_by, ranking.name) == hit.matched_by.end())
        hit.matched_by.push_back(ranking.name);
    }
  }
  std::vector<SearchHit> found;
  found.reserve(hits.size());
  for (auto& [item, hit] : hits) found.push_back(std::move(hit));
  std::ranges::sort(found, [](const SearchHit& a, const SearchHit& b) {
    return a.score > b.score || (a.score == b.score && a.item < b.item);
  });
  if (found.size() > n) found.resize(n);
  return found;
}

Result<std::vector<SearchHit>> HybridSearch::Search(const SearchQuery& query) const {
  MEDLEY_RETURN_IF_ERROR(Check(query));
  constexpr std::size_t kDeepEnough = 200;
  const std::vector<std::uint8_t> allowed = filter_.Allowed(query.filter);
  const Scope scope{.allowed = [&allowed](std::uint32_t item) { return allowed[item] != 0; },
                    .depth = std::max(kDeepEnough, 2 * query.n)};
  std::vector<Ranking> rankings;
  std::vector<ItemIndex> exact;
  if (!IsBlank(query.text)) {
    exact = titles_.Exact(query.text, query.n, scope.allowed);
    rankings.push_back(ByWords(query.text, scope));
    const bool slip_likely =
        rankings.back().items.empty() || !titles_.Corrected(query.text).empty();
    if (exact.empty() && slip_likely) rankings.push_back(ByMisspeltTitle(query.text, scope));
  }
  for (const auto& vector : query.vectors) rankings.push_back(ByVector(vector, scope));
  for (auto& ranking : AcrossModalities(query, scope)) rankings.push_back(std::move(ranking));
  return Fuse(exact, rankings, query.n);
}

std::shared_ptr<const SearchIndex> SearchIndex::Build(
    std::shared_ptr<const pipeline::Catalogue> catalogue,
    std::optional<index::VectorCode> code,
    std::shared_ptr<const alignment::WordSpace> words) {
  return std::make_shared<const HybridSearch>(std::move(catalogue), code, std::move(words));
}

}  // namespace medley::answers
