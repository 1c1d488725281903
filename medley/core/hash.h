#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley {

/// XXH3, 64 bits: fast, stable on disk, not for adversaries.
std::uint64_t Hash64(std::string_view bytes, std::uint64_t seed = 0);

/// SHA-256 as 64 lower-case hex digits: content addresses, model checks.
std::string Sha256(std::string_view bytes);
Result<std::string> Sha256OfFile(const std::filesystem::path& path);

}  // namespace medley
