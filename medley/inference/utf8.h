#pragma once

#include <string>
#include <string_view>

namespace medley::inference {

/// `text` with every byte that is no part of a UTF-8 character replaced by U+FFFD: tokenizers
/// reject or misread such bytes.
std::string ReplaceBadUtf8(std::string_view text);

/// `text` without a last character that is cut off.
std::string_view WholeCharacters(std::string_view text);

}  // namespace medley::inference
