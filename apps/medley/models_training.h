#pragma once

#include <CLI/CLI.hpp>

#include "apps/medley/command.h"

namespace medley::apps {

/// `medley models train` and `medley models classify`.
void AddModelTraining(CLI::App& models, Context& context);

}  // namespace medley::apps
