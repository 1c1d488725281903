#pragma once

#include <cstddef>
#include <string_view>

#include "medley/text/tokens.h"

namespace medley::text {

/// Whether a word of letters and digits can hold the character: Chinese, Japanese and the scripts
/// that are written without spaces are none.
bool IsWesternLetter(char32_t character);

/// Where the token of letters, digits and what may join them ends that begins at `at`, and its
/// kind; `at` itself where none begins there.
struct WesternWord {
  std::size_t end = 0;
  TokenKind kind = TokenKind::kWord;
};
WesternWord WesternWordAt(std::u32string_view text, std::size_t at);

/// Where the Penn Treebank cuts a contraction in two ("don't": 2, "we'll": 2); its size where it
/// doesn't.
std::size_t ContractionAt(std::u32string_view word);

}  // namespace medley::text
