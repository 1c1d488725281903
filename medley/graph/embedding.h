#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/progress.h"
#include "medley/graph/content.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/matrix.h"

namespace medley::graph {

struct EmbeddingSettings {
  std::size_t dimension = 64;
  std::size_t layers = 2;  ///< of propagation; 0: without the graph
  std::size_t epochs = 16;
  std::size_t batch = 512;   ///< users
  std::size_t history = 20;  ///< items of a history that a step looks at, drawn
  std::size_t candidates =
      20'000;  ///< items a step tells the right one from: all, or so many drawn
  double learning_rate = 0.003;
  double decay = 1e-5;
  double alignment = 0;      ///< weight of the contrastive loss
  double temperature = 0.2;  ///< of that
  std::uint64_t seed = 1;
};

/// Items as vectors, trained. An item's is the sum of what behaviour says, P E, and of what is
/// known of it, C = sum_m X_m W_m: F = P E + C. P = (I + S + .. + S^layers) / (layers + 1) carries
/// free vectors E over the graph, S = D_items^-1/2 W^T D_users^-1 W D_items^-1/2. With h the mean F
/// of a history,
///   score(j) = <F(j), A h> + b(j),
/// trained by cross-entropy over all items to tell one item of each user, drawn anew each epoch,
/// from the rest of their history; with `alignment`, P E and C of an item are brought together by a
/// symmetric InfoNCE besides. Adam; gradients by hand, for everything is linear up to the softmax.
/// Missing: items without behaviour have F = C. Deterministic for a seed, for any number of
/// threads. Source: propagation, LightGCN (He et al. 2020); content added, FREEDOM (Zhou and Shen
/// 2023) and MGCN (Yu et al. 2023); alignment, BM3 (Zhou et al. 2023); full softmax in place of
/// pairs is ours.
struct Embedding {
  /// F in parts, n_items x dimension each: behaviour first, then each content in order.
  std::vector<linalg::Matrix> parts;
  linalg::Matrix bilinear;  ///< A, to be read as <F(j), h A>
  std::vector<float> bias;
  std::vector<double> losses;  ///< cross-entropy of each epoch
};

/// Cost: an epoch, about 6 users x items x dimension + batches x (edges x layers x dimension)
/// multiply-adds. Errors: none; where no user has two items nothing is learned, and the vectors are
/// as they were drawn.
Embedding TrainEmbedding(const InteractionGraph& graph,
                         std::span<const Content> contents,
                         const EmbeddingSettings& settings,
                         Progress& progress);

}  // namespace medley::graph
