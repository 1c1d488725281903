#include "medley/pipeline/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/event_weights.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/pipeline/attributes.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

ItemIndex IndexOf(storage::Key key) { return static_cast<ItemIndex>(key - 1); }

/// Reads one space into a matrix with a row for every item of the catalogue.
Status LoadSpace(const std::filesystem::path& file, const std::string& space, Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto info, storage::InspectEmbeddingSpace(file));
  MEDLEY_ASSIGN_OR_RETURN(const auto stored, storage::EmbeddingSpace::Open(file, info.dimension, info.fingerprint));
  linalg::Matrix& vectors = catalogue.vectors[space];
  auto& present = catalogue.present[space];
  vectors = linalg::Matrix(catalogue.items.size(), info.dimension);
  present.assign(catalogue.items.size(), 0);
  for (std::size_t item = 0; item < catalogue.items.size(); ++item) {
    present[item] = stored.Read(catalogue.keys[item], vectors.Row(item)) ? 1 : 0;
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
    // A deleted item leaves an invisible place behind, so that every index means the same item in every model.
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
  MEDLEY_RETURN_IF_ERROR(LoadSpaces(workspace, *catalogue));
  return catalogue;
}

ItemIndex Catalogue::Find(std::string_view id) const {
  const auto found = indices.find(id);
  return found == indices.end() ? kNoIndex : found->second;
}

Result<std::shared_ptr<const Behaviour>> LoadBehaviour(const storage::Workspace& workspace, const Catalogue& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const auto weights, data::EventWeights::FromSettings(workspace.Section("events")));
  auto behaviour = std::make_shared<Behaviour>();
  std::map<storage::Key, UserIndex> index_of_key;
  std::vector<std::uint8_t> consents;
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachUser([&](const storage::StoredUser& stored) {
    const UserIndex index = behaviour->users.Intern(stored.user.id);
    index_of_key.emplace_hint(index_of_key.end(), stored.key, index);
    consents.push_back(stored.user.consent ? 1 : 0);
    return true;
  }));
  std::vector<data::Interactions::Row> rows;
  std::vector<storage::EventRow> of_user;
  const auto flush = [&] {
    if (of_user.empty()) return;
    const auto user = index_of_key.find(of_user.front().user);
    if (user != index_of_key.end() && consents[user->second] != 0) {
      for (const auto& weighed : weights.WeighUser(of_user)) {
        const ItemIndex item = IndexOf(weighed.item);
        if (item < catalogue.items.size()) rows.push_back({user->second, {item, weighed.weight, weighed.time}});
      }
    }
    of_user.clear();
  };
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachEventRow([&](const storage::EventRow& row) {
    if (!of_user.empty() && of_user.front().user != row.user) flush();
    if (row.item != 0) of_user.push_back(row);
    return true;
  }));
  flush();
  behaviour->interactions = data::Interactions(behaviour->users.size(), catalogue.items.size(), std::move(rows));
  return behaviour;
}

}  // namespace medley::pipeline
