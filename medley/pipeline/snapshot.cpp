#include "medley/pipeline/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
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
#include "medley/storage/embedding_quality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

ItemIndex IndexOf(storage::Key key) { return static_cast<ItemIndex>(key - 1); }

/// Reads one space into a matrix with a row for every item of the catalogue.
Status LoadSpace(const std::filesystem::path& file,
                 const std::string& space,
                 Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto info, storage::InspectEmbeddingSpace(file));
  MEDLEY_ASSIGN_OR_RETURN(const auto stored,
                          storage::EmbeddingSpace::Open(file, info.dimension, info.fingerprint));
  linalg::Matrix& vectors = catalogue.vectors[space];
  auto& present = catalogue.present[space];
  vectors = linalg::Matrix(catalogue.items.size(), info.dimension);
  present.assign(catalogue.items.size(), 0);
  for (std::size_t item = 0; item < catalogue.items.size(); ++item) {
    const auto vector = vectors.Row(item);
    present[item] = stored.Read(catalogue.keys[item], vector) ? 1 : 0;
    if (present[item] != 0) storage::DropQuality(stored, vector);
  }
  catalogue.features.spaces.push_back({space, vectors.View(), present});
  return {};
}

Status LoadSpaces(const storage::Workspace& workspace, Catalogue& catalogue) {
  for (const std::string_view space : kSpaces) {
    const auto file = workspace.EmbeddingFile(space);
    if (!std::filesystem::exists(file)) continue;
    MEDLEY_RETURN_IF_ERROR(LoadSpace(file, std::string(space), catalogue));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> LoadCatalogue(const storage::Workspace& workspace) {
  auto catalogue = std::make_shared<Catalogue>();
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachItem([&](const storage::StoredItem& stored) {
    // A deleted item leaves an invisible place behind, so that every index means the same item in
    // every model.
    while (catalogue->items.size() < IndexOf(stored.key)) {
      catalogue->keys.push_back(static_cast<storage::Key>(catalogue->items.size()) + 1);
      catalogue->items.emplace_back();
      catalogue->visible.push_back(0);
    }
    catalogue->indices.emplace(stored.item.id, IndexOf(stored.key));
    catalogue->keys.push_back(stored.key);
    catalogue->visible.push_back(stored.item.hidden ? 0 : 1);
    catalogue->items.push_back(stored.item);
    return true;
  }));
  BuildAttributes(catalogue->items, catalogue->features);
  for (const auto& item : catalogue->items) catalogue->features.created.push_back(item.created);
  MEDLEY_RETURN_IF_ERROR(LoadSpaces(workspace, *catalogue));
  return catalogue;
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
    if (row.item > 0 && IndexOf(row.item) < catalogue_.items.size()) of_user_.push_back(row);
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
      for (const auto& row : of_user_) {
        const ItemIndex item = IndexOf(row.item);
        const float weight =
            weights_.Weigh(row.type, row.value, mean, DurationOf(catalogue_.items[item]));
        rows_.push_back({user->second, {item, weight, row.time}});
      }
    }
    of_user_.clear();
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
  std::vector<data::Interactions::Row> rows_;
  TimeMs latest_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Behaviour>> LoadBehaviour(const storage::Workspace& workspace,
                                                       const Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto weights,
                          data::EventWeights::FromSettings(workspace.Section("events")));
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
