#include "medley/pipeline/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/event_weights.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/pipeline/attributes.h"
#include "medley/pipeline/knowledge.h"
#include "medley/storage/embedding_quality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"
#include "medley/understanding/event_weights.h"

namespace medley::pipeline {
namespace {

ItemIndex IndexOf(storage::Key key) { return static_cast<ItemIndex>(key - 1); }

/// Items that can come before the catalogue has to be loaded anew.
constexpr std::size_t kRoom = 1024;

/// Reads one space's vectors of the items from `begin` on into rows that are there.
Status ReadVectors(const std::filesystem::path& file,
                   const std::string& space,
                   std::size_t begin,
                   Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto info, storage::InspectEmbeddingSpace(file));
  MEDLEY_ASSIGN_OR_RETURN(const auto stored,
                          storage::EmbeddingSpace::Open(file, info.dimension, info.fingerprint));
  const std::size_t n = catalogue.items.size();
  auto& vectors = catalogue.vectors[space];
  if (vectors == nullptr) vectors = std::make_shared<linalg::Matrix>(n + kRoom, info.dimension);
  auto& present = catalogue.present[space];
  present.resize(n, 0);
  for (std::size_t item = begin; item < n; ++item) {
    const auto vector = vectors->Row(item);
    present[item] = stored.Read(catalogue.keys[item], vector) ? 1 : 0;
    if (present[item] != 0) storage::DropQuality(stored, vector);
  }
  const linalg::ConstMatrixView view{vectors->data(), n, info.dimension, info.dimension};
  catalogue.features.spaces.push_back({space, view, present});
  return {};
}

Status ReadSpaces(const storage::Workspace& workspace, std::size_t begin, Catalogue& catalogue) {
  for (const std::string_view space : kSpaces) {
    const auto file = workspace.EmbeddingFile(space);
    if (!std::filesystem::exists(file)) continue;
    MEDLEY_RETURN_IF_ERROR(ReadVectors(file, std::string(space), begin, catalogue));
  }
  return {};
}

void AddItem(const storage::StoredItem& stored, Catalogue& catalogue) {
  // A deleted item leaves an invisible place behind, so that every index means the same item in
  // every model.
  while (catalogue.items.size() < IndexOf(stored.key)) {
    catalogue.keys.push_back(static_cast<storage::Key>(catalogue.items.size()) + 1);
    catalogue.items.emplace_back();
    catalogue.visible.push_back(0);
  }
  catalogue.indices.emplace(stored.item.id, IndexOf(stored.key));
  catalogue.keys.push_back(stored.key);
  catalogue.visible.push_back(stored.item.hidden ? 0 : 1);
  catalogue.items.push_back(stored.item);
}

void Describe(Catalogue& catalogue) {
  BuildAttributes(catalogue.items, catalogue.features);
  auto& created = catalogue.features.created;
  for (std::size_t item = created.size(); item < catalogue.items.size(); ++item)
    created.push_back(catalogue.items[item].created);
}

/// Whether the files are of the same vectors as those that `base` was read from.
bool SameSpaces(const storage::Workspace& workspace, const Catalogue& base) {
  return std::all_of(kSpaces.begin(), kSpaces.end(), [&](std::string_view space) {
    const auto known = base.vectors.find(std::string(space));
    const auto info = storage::InspectEmbeddingSpace(workspace.EmbeddingFile(space));
    if (known == base.vectors.end()) return !info.has_value();
    return info.has_value() && info->dimension == known->second->cols();
  });
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> LoadCatalogue(const storage::Workspace& workspace) {
  auto catalogue = std::make_shared<Catalogue>();
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachItem([&](const storage::StoredItem& stored) {
    AddItem(stored, *catalogue);
    return true;
  }));
  Describe(*catalogue);
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, workspace.store().Counts());
  if (counts.triples > 0) {
    MEDLEY_ASSIGN_OR_RETURN(catalogue->knowledge, LoadKnowledge(workspace, *catalogue));
    catalogue->features.graph = catalogue->knowledge.get();
  }
  MEDLEY_RETURN_IF_ERROR(ReadSpaces(workspace, 0, *catalogue));
  return catalogue;
}

Result<std::shared_ptr<const Catalogue>> GrowCatalogue(const storage::Workspace& workspace,
                                                       const Catalogue& base,
                                                       std::span<const storage::StoredItem> items) {
  std::vector<const storage::StoredItem*> sorted;
  for (const auto& item : items) sorted.push_back(&item);
  std::ranges::sort(sorted, {}, &storage::StoredItem::key);
  const auto twice = std::ranges::unique(sorted, {}, &storage::StoredItem::key);
  sorted.erase(twice.begin(), twice.end());
  const std::size_t begin = base.items.size();
  if (sorted.empty() || IndexOf(sorted.front()->key) < begin || !SameSpaces(workspace, base))
    return nullptr;
  const bool fits = std::ranges::all_of(base.vectors, [&](const auto& space) {
    return IndexOf(sorted.back()->key) < space.second->rows();
  });
  if (!fits) return nullptr;
  auto grown = std::make_shared<Catalogue>(base);
  for (const auto* item : sorted) AddItem(*item, *grown);
  Describe(*grown);
  grown->features.spaces.clear();
  MEDLEY_RETURN_IF_ERROR(ReadSpaces(workspace, begin, *grown));
  return grown;
}

ItemIndex Catalogue::Find(std::string_view id) const {
  const auto found = indices.find(id);
  return found == indices.end() ? kNoIndex : found->second;
}

namespace {

/// Playing time of an item's sound or film in seconds; 0: not known.
double DurationOf(const data::Item& item) {
  double longest = 0;
  for (const auto& media : item.media) longest = std::max(longest, media.duration_s);
  return longest;
}

/// Turns the event log, user by user, into weighed rows.
class BehaviourBuilder {
 public:
  BehaviourBuilder(const data::EventWeights& weights, const Catalogue& catalogue)
      : weights_(weights), catalogue_(catalogue) {}

  void AddUser(const storage::StoredUser& stored) {
    const UserIndex index = users_.Intern(stored.user.id);
    if (stored.user.consent) index_of_key_.emplace(stored.key, index);
  }

  void AddEvent(const storage::EventRow& row) {
    latest_ = std::max(latest_, row.time);
    if (!of_user_.empty() && of_user_.front().user != row.user) Flush();
    if (row.item <= 0 || IndexOf(row.item) >= catalogue_.items.size()) return;
    of_user_.push_back(row);
    opinions_.push_back(weights_.OpinionOf(row.type, row.text));  // its words are gone after this
  }

  std::shared_ptr<const Behaviour> Build() {
    Flush();
    for (auto& row : rows_) row.interaction.weight *= weights_.Decay(row.interaction.time, latest_);
    auto behaviour = std::make_shared<Behaviour>();
    behaviour->interactions =
        data::Interactions(users_.size(), catalogue_.items.size(), std::move(rows_));
    behaviour->users = std::move(users_);
    return behaviour;
  }

 private:
  void Flush() {
    const auto user =
        of_user_.empty() ? index_of_key_.end() : index_of_key_.find(of_user_.front().user);
    if (user != index_of_key_.end()) {
      const double mean = MeanRating();
      for (std::size_t i = 0; i < of_user_.size(); ++i) {
        const auto& row = of_user_[i];
        const ItemIndex item = IndexOf(row.item);
        const float weight =
            weights_.Weigh(row.type, row.value, mean, DurationOf(catalogue_.items[item])) *
            opinions_[i];
        rows_.push_back({user->second, {item, weight, row.time}});
      }
    }
    of_user_.clear();
    opinions_.clear();
  }

  double MeanRating() const {
    double sum = 0;
    double count = 0;
    for (const auto& row : of_user_) {
      if (row.type != data::EventType::kRating) continue;
      sum += row.value;
      count += 1;
    }
    return count > 0 ? sum / count : 0;
  }

  const data::EventWeights& weights_;
  const Catalogue& catalogue_;
  IdMap users_;
  std::unordered_map<storage::Key, UserIndex> index_of_key_;
  std::vector<storage::EventRow> of_user_;
  std::vector<float> opinions_;  ///< of each
  std::vector<data::Interactions::Row> rows_;
  TimeMs latest_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Behaviour>> LoadBehaviour(const storage::Workspace& workspace,
                                                       const Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto weights,
                          understanding::EventWeightsOf(workspace.Section("events")));
  BehaviourBuilder builder(weights, catalogue);
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachUser([&](const storage::StoredUser& stored) {
    builder.AddUser(stored);
    return true;
  }));
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachEventRow([&](const storage::EventRow& row) {
    builder.AddEvent(row);
    return true;
  }));
  return builder.Build();
}

}  // namespace medley::pipeline
