#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// The catalogue as one moment saw it: items by dense index, their vectors and attribute tokens.
/// An item's index is its key in the store less one: it never changes, items deleted leave an
/// invisible place, new ones come at the end. A model trained earlier therefore agrees with every
/// later catalogue on all the items it knows. Threads: immutable; shared by everything that reads.
struct Catalogue {
  std::vector<data::Item> items;
  std::vector<storage::Key> keys;
  std::vector<std::uint8_t> visible;  ///< 0: hidden or deleted
  StringMap<ItemIndex> indices;       ///< by id
  recommenders::ItemFeatures features;

  /// What `features` views. The matrices have more rows than the catalogue has items: those that
  /// come are written there, and the catalogue grown by them shares the rest.
  std::map<std::string, std::shared_ptr<linalg::Matrix>> vectors;
  std::map<std::string, std::vector<std::uint8_t>> present;
  std::shared_ptr<const graph::KnowledgeGraph> knowledge;  ///< nullptr: no triples were imported

  /// kNoIndex where there is no such item.
  ItemIndex Find(std::string_view id) const;
};

/// Reads items and all embedding spaces. Errors: kIo, kCorrupt.
Result<std::shared_ptr<const Catalogue>> LoadCatalogue(const storage::Workspace& workspace);

/// `base` with the items that the store has put behind it, and their vectors. nullptr where it has
/// to be loaded anew: an item stands in `base` already, there is no room left, or a space came or
/// went. Of catalogues that share memory only the newest may grow. Errors: kIo, kCorrupt. Cost: a
/// look through the files of the vectors and a copy of the items, not of their vectors.
Result<std::shared_ptr<const Catalogue>> GrowCatalogue(const storage::Workspace& workspace,
                                                       const Catalogue& base,
                                                       std::span<const storage::StoredItem> items);

/// Everyone's behaviour on `catalogue`, weighed as the [events] section says.
struct Behaviour {
  IdMap users;
  data::Interactions interactions;
};
Result<std::shared_ptr<const Behaviour>> LoadBehaviour(const storage::Workspace& workspace,
                                                       const Catalogue& catalogue);

}  // namespace medley::pipeline
