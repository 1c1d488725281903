#pragma once

#include <filesystem>

#include "medley/core/result.h"

namespace medley::media {

/// Where the program medley-decode is: MEDLEY_DECODE, beside the running program, in ../bin or
/// ../libexec/medley from there, in bin/ of the build tree that the running program lies in, on
/// PATH; the first that can be run.
/// Errors: kNotFound saying where it was looked for.
Result<std::filesystem::path> FindDecodeProgram();

}  // namespace medley::media
