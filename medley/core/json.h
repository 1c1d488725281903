#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley {

/// JSON to build and to hold; keys in alphabetical order, so that equal values print alike. Hot
/// paths read with simdjson instead.
using Json = nlohmann::json;

/// Errors: kInvalidInput with the byte where the text stops being JSON, or when it nests deeper
/// than 64.
Result<Json> ParseJson(std::string_view text);

/// One line; bytes that are no UTF-8 become U+FFFD.
std::string DumpJson(const Json& value);

}  // namespace medley
