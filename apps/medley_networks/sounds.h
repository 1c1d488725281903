#pragma once

#include <memory>

#include "medley/core/result.h"
#include "medley/training/network.h"
#include "medley/training/sound_trainer.h"

namespace medley::networks {

/// Trains what training::CnnLstm computes at rest.
Result<std::unique_ptr<training::SoundTrainer>> MakeSounds(
    const training::SoundTrainerOptions& options, const training::Weights& start);

}  // namespace medley::networks
