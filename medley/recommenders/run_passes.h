#pragma once

#include <cstddef>

#include "medley/core/progress.h"

namespace medley::recommenders {

/// Calls training.Pass() so many times; what each returns, its mean loss, is seen in the progress.
template <typename Training>
void RunPasses(Training& training, std::size_t passes, Progress& progress) {
  for (std::size_t pass = 0; pass < passes; ++pass) {
    progress.Note("loss", training.Pass());
    progress.Advance(1);
  }
}

}  // namespace medley::recommenders
