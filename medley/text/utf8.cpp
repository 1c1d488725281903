#include "medley/text/utf8.h"

#include <unicode/utf8.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace medley::text {

// ICU's macros write to their index and branch a lot; only here.
// NOLINTBEGIN(bugprone-inc-dec-in-conditions)
char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::int32_t character = 0;
  U8_NEXT(bytes, at, text.size(), character);
  return character < 0 ? kNoCharacter : static_cast<char32_t>(character);
}
// NOLINTEND(bugprone-inc-dec-in-conditions)

void AppendCharacter(std::string& text, char32_t character) {
  std::array<std::uint8_t, U8_MAX_LENGTH> buffer{};
  std::size_t length = 0;
  U8_APPEND_UNSAFE(buffer, length, character);
  text.append(reinterpret_cast<const char*>(buffer.data()), length);
}

}  // namespace medley::text
