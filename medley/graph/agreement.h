#pragma once

#include "medley/graph/interaction_graph.h"

namespace medley::graph {

/// By how much two neighbours of a relation are liked by the same people more than two items drawn
/// at random: mean cosine of their audiences (a user of n items counting 1/n) over the edges, less
/// the same over as many edges between items drawn at random. Deterministic. Missing: 0 where it is
/// no more, or where nothing can be compared. Cost: the sum over edges of the shorter audience.
double Agreement(const InteractionGraph& graph, const InteractionGraph::Relation& relation);

}  // namespace medley::graph
