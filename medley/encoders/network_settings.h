#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::encoders {

/// "input=1x512 state=2x1x128" as shapes by name; "?" for any size. Errors: kInvalidInput.
Result<std::map<std::string, std::vector<std::int64_t>>> ParseShapes(std::string_view text);

/// "127.5", or "123.7,116.3,103.5": three numbers. Errors: kInvalidInput naming the `setting`.
Result<std::array<float, 3>> ParseThree(std::string_view setting, std::string_view text);

}  // namespace medley::encoders
