#pragma once

#include <array>

#include "apps/medley/command.h"

namespace medley::apps {

void AddInit(CLI::App& app, Context& context);
void AddEncode(CLI::App& app, Context& context);
void AddRecommend(CLI::App& app, Context& context);
void AddServe(CLI::App& app, Context& context);

/// Every sub-command, in the order of --help. To add one: a file NAME_command.cpp that defines
/// AddName, and a row here.
inline constexpr std::array kCommands = {
    Command{"init", &AddInit},
    Command{"encode", &AddEncode},
    Command{"recommend", &AddRecommend},
    Command{"serve", &AddServe},
};

}  // namespace medley::apps
