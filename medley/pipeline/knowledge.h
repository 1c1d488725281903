#pragma once

#include <memory>

#include "medley/core/result.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// The knowledge graph of what is visible in `catalogue` and of the store's triples: the
/// catalogue's own where it covers all its items. Errors: kIo, kCorrupt. Cost: none for that one,
/// else graph/knowledge_builder.h; 0.4 s for 1,682 films and 91,631 triples.
Result<std::shared_ptr<const graph::KnowledgeGraph>> LoadKnowledge(
    const storage::Workspace& workspace, const Catalogue& catalogue);

}  // namespace medley::pipeline
