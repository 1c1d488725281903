#pragma once

#include "medley/core/threads.h"

namespace medley::apps {

/// Set by the first SIGINT or SIGTERM, so that work ends in order; the next one ends the program as
/// it always did.
CancelToken& StopOnSignals();

}  // namespace medley::apps
