#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// The recommenders in use, all over one catalogue.
/// Threads: immutable; shared by everything that reads.
class ModelSet {
 public:
  struct Model {
    std::string name;
    std::string
        version;  ///< "untrained" for the popularity counted from the log before any training
    std::shared_ptr<const recommenders::Recommender> recommender;
    std::size_t trained_items = 0;               ///< items beyond came since it was trained
    std::shared_ptr<const Catalogue> catalogue;  ///< what it views
  };

  /// Loads what is published. A model that does not load is left out and logged: the rest serve on.
  static std::shared_ptr<const ModelSet> Load(const storage::Workspace& workspace,
                                              const std::shared_ptr<const Catalogue>& catalogue,
                                              const Behaviour& behaviour);
  /// The same models, those that look at content over `catalogue`, which has more items at the end.
  std::shared_ptr<const ModelSet> Grown(const std::shared_ptr<const Catalogue>& catalogue) const;

  /// nullptr where it isn't there.
  const Model* Find(std::string_view name) const;
  /// Who answers a user with a history: of the personal ones that rank, the one whose row serves
  /// first (RecommenderKind::serving). Popularity where there is none, and without a history.
  const Model& Best(bool has_history) const;
  Json Versions() const;

 private:
  std::vector<Model> models_;
  std::string_view personal_;  ///< a name of the table
};

}  // namespace medley::pipeline
