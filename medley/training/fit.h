#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/trainer.h"

namespace medley::training {

struct Trained {
  Weights weights;
  std::size_t best_epoch = 0;  ///< whose weights they are, from 1; 0: no epoch was good
};

struct FitOptions {
  std::string name;  ///< whose training it is, for progress and errors
  TrainerOptions trainer;
  std::size_t epochs = 50;
  std::size_t patience = 8;  ///< epochs without a better validation before it stops; 0: never
  double rate = 1e-3;
  std::size_t warm_up = 100;  ///< steps, at most those of an epoch
  bool cosine = false;
  std::size_t batch = 384;  ///< targets a step; fewer where an epoch would have less than 32 steps
  std::size_t validation_users = 10'000;
  bool refit = false;
  /// Called after each epoch that was the best so far, with its weights: what a long training can
  /// be taken up from by hand when it is cut off. Empty: nobody.
  std::function<void(const Trained& so_far)> checkpoint;
};

/// Trains a network to tell what comes next in each sequence. The last item of each sequence of
/// three at least (of `validation_users` of them, drawn by the seed) is held out; after each epoch
/// NDCG@10 of it among all items not in the sequence is taken, and the weights of the best epoch
/// are kept; with `refit`, a training on everything for as many epochs follows. Sequences longer
/// than max_length + 1 are cut into pieces of that length from their end. Shapes: `content` n_items
/// x content_dimension or 0 x 0. Deterministic for a seed, whatever the number of threads. Errors:
/// kInvalidInput where no sequence has two items, or where the loss stops being a number;
/// kUnavailable as MakeTrainer says; kCancelled.
Result<Trained> FitNetwork(std::span<const std::vector<ItemIndex>> sequences,
                           linalg::ConstMatrixView content,
                           const FitOptions& options,
                           Progress& progress,
                           const CancelToken* cancel = nullptr);

}  // namespace medley::training
