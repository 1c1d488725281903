#pragma once

#include <cstddef>
#include <cstdio>

#include "medley/core/progress.h"

namespace medley::recommenders {

/// Calls training.Pass() so many times; what each returns, its mean loss, is seen in the progress.
template <typename Training>
void RunPasses(Training& training, std::size_t passes, Progress& progress) {
  for (std::size_t pass = 0; pass < passes; ++pass) {
    char text[32];
    std::snprintf(text, sizeof(text), "loss %.4f", training.Pass());
    progress.Note(text);
    progress.Advance(1);
  }
}

}  // namespace medley::recommenders
