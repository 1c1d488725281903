#pragma once

#include <functional>
#include <string>

#include "medley/answers/answerer.h"
#include "medley/answers/search.h"
#include "medley/core/result.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {

/// What wishes are fulfilled from: the engine, and a search, which is asked with the rules for the
/// user in its filter. `engine` must outlive the sources.
answers::WishSources AskSources(
    pipeline::Engine& engine,
    std::string user,
    std::function<Result<answers::WishSources::Ids>(const answers::SearchQuery&)> search);

}  // namespace medley::serving
