#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace medley::text {

/// What stands for bytes that are no UTF-8.
inline constexpr char32_t kNoCharacter = 0xFFFFFFFF;

/// The character of `text` at byte `at`, which moves behind it. Missing: kNoCharacter for bytes
/// that are no UTF-8; `at` moves behind those that can't be part of a character. Precondition: at <
/// text.size().
char32_t NextCharacter(std::string_view text, std::size_t& at);

void AppendCharacter(std::string& text, char32_t character);

}  // namespace medley::text
