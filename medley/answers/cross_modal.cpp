#include "medley/answers/cross_modal.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/answers/search.h"
#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::answers {
namespace {

constexpr std::string_view kText = "text";
/// What a query can be made from.
constexpr std::array<std::string_view, 3> kAskedBy = {kText, "image", "audio"};

/// `space`: nullptr where nothing has it.
bool Lacks(const fusion::FeatureSpace* space, ItemIndex item) {
  return space == nullptr || item >= space->present.size() || space->present[item] == 0;
}

}  // namespace

Result<std::shared_ptr<const alignment::WordSpace>> LoadWords(
    const storage::Workspace& workspace, const pipeline::Catalogue& catalogue) {
  const auto model = workspace.models().Current(kWordsModel);
  if (!model) return nullptr;
  MEDLEY_ASSIGN_OR_RETURN(auto words, alignment::WordSpace::Load(model->directory));
  const Json learned = model->description().value("spaces", Json::object());
  for (const auto& space : words.spaces()) {
    const auto* now = catalogue.features.Find(space);
    const auto info = storage::InspectEmbeddingSpace(workspace.EmbeddingFile(space));
    if (now == nullptr || !info || learned.value(space, "") != info->fingerprint ||
        now->vectors.cols != words.DimensionOf(space))
      words.Forget(space);
  }
  return std::make_shared<const alignment::WordSpace>(std::move(words));
}

CrossModal::CrossModal(std::shared_ptr<const pipeline::Catalogue> catalogue,
                       std::shared_ptr<const alignment::WordSpace> words)
    : catalogue_(std::move(catalogue)), words_(std::move(words)) {
  if (words_ == nullptr) return;
  for (const auto& name : words_->spaces()) {
    const auto* space = catalogue_->features.Find(name);
    if (space == nullptr || space->vectors.rows == 0) continue;
    auto& own = answering_[name];
    std::vector<const fusion::FeatureSpace*> askable;
    for (const auto other : kAskedBy) {
      if (other == kText || words_->Has(other)) askable.push_back(catalogue_->features.Find(other));
    }
    for (ItemIndex item = 0; item < space->vectors.rows; ++item) {
      const bool lacks =
          std::ranges::any_of(askable, [&](const auto* other) { return Lacks(other, item); });
      if (space->present[item] != 0 && lacks) own.items.push_back(item);
    }
    linalg::Matrix rows(own.items.size(), space->vectors.cols);
    for (std::size_t i = 0; i < own.items.size(); ++i)
      std::ranges::copy(space->vectors.Row(own.items[i]), rows.Row(i).begin());
    own.readings.resize(own.items.size());
    words_->Read(name, rows.View(), own.readings);
  }
}

std::vector<CrossModal::Found> CrossModal::ByText(std::string_view text,
                                                  const SearchQuery::VectorQuery* vector,
                                                  std::size_t depth,
                                                  const Allowed& allowed) const {
  if (answering_.empty()) return {};
  const auto shares = words_->Ask(text);
  if (!shares.empty()) return ByShares(kText, shares, depth, allowed);
  if (vector == nullptr) return {};
  return ByVector(*vector, depth, allowed);
}

std::vector<CrossModal::Found> CrossModal::ByVector(const SearchQuery::VectorQuery& vector,
                                                    std::size_t depth,
                                                    const Allowed& allowed) const {
  if (answering_.empty() || !words_->Has(vector.space)) return {};
  return ByShares(vector.space, words_->Ask(vector.space, vector.vector), depth, allowed);
}

std::vector<CrossModal::Found> CrossModal::ByShares(std::string_view asked_by,
                                                    std::span<const float> shares,
                                                    std::size_t depth,
                                                    const Allowed& allowed) const {
  const auto* asked_space = catalogue_->features.Find(asked_by);
  std::size_t direct = 0;
  for (ItemIndex item = 0; item < catalogue_->items.size(); ++item)
    direct += !Lacks(asked_space, item) && allowed(item) ? 1 : 0;
  std::vector<Found> found;
  for (const auto& [name, own] : answering_) {
    if (name == asked_by) continue;
    const auto* space = catalogue_->features.Find(name);
    const auto question = words_->Pose(name, shares);
    std::vector<float> scores(own.items.size());
    std::vector<std::uint8_t> asked(own.items.size());
    std::size_t candidates = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const auto item = own.items[i];
      if (!Lacks(asked_space, item) || !allowed(item)) continue;
      const float dot = linalg::Dot(question.direction, space->vectors.Row(item));
      scores[i] = alignment::WordSpace::Answer(question, own.readings[i], dot);
      asked[i] = 1;
      ++candidates;
    }
    if (candidates == 0) continue;
    Found one{name, {}, 1};
    one.others = std::max(1.0, static_cast<double>(direct) / static_cast<double>(candidates));
    for (const auto& best :
         linalg::TopK(scores, depth, [&asked](std::uint32_t i) { return asked[i] != 0; }))
      one.items.push_back(own.items[best.index]);
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace medley::answers
