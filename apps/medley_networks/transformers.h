#pragma once

#include <memory>

#include "medley/core/result.h"
#include "medley/training/network.h"
#include "medley/training/transformer_trainer.h"

namespace medley::networks {

/// Trains what training::Transformer computes at rest.
Result<std::unique_ptr<training::TransformerTrainer>> MakeTransformers(
    const training::TransformerTrainerOptions& options, const training::Weights& start);

}  // namespace medley::networks
