#include "medley/core/json.h"

#include <string>
#include <string_view>

namespace medley {
namespace {

constexpr int kMaxDepth = 64;

/// The deepest nesting of brackets outside strings; cheap, and enough to keep the parser's
/// recursion bounded.
int Depth(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  if (Depth(text) > kMaxDepth)
    return Fail(ErrorCode::kInvalidInput, "the JSON nests deeper than 64 levels");
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Fail(ErrorCode::kInvalidInput, "not valid JSON at byte " + std::to_string(error.byte));
  }
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace medley
