#include "medley/pipeline/knowledge.h"

#include <memory>
#include <utility>

#include "medley/core/result.h"
#include "medley/data/triple.h"
#include "medley/graph/knowledge_builder.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

Result<std::shared_ptr<const graph::KnowledgeGraph>> LoadKnowledge(
    const storage::Workspace& workspace, const Catalogue& catalogue) {
  // A catalogue that grew has the graph that it began with, without the new items.
  const auto& own = catalogue.knowledge;
  if (own != nullptr && own->n_items() == catalogue.items.size()) return own;
  graph::KnowledgeGraphBuilder builder(catalogue.items, catalogue.visible);
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachTriple([&](const data::Triple& triple) {
    builder.Add(triple);
    return true;
  }));
  return std::move(builder).Build();
}

}  // namespace medley::pipeline
