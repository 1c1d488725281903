#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace medley::text {

/// `text` as one harmless line for a sentence or a list: what would break the line, hide characters
/// or turn the reading direction is gone (control characters, line separators, bidirectional
/// overrides and marks, invisible tags, characters that are none), runs of white space are one
/// space, bytes that are no UTF-8 are dropped, and no character carries more than four combining
/// marks. Joiners that emoji and Indic scripts need stay. Longer than `max_graphemes` characters as
/// readers count them: cut there, with an ellipsis as the last.
std::string DisplayText(std::string_view text, std::size_t max_graphemes);

/// Whether any character is written from right to left.
bool HasRightToLeft(std::string_view text);

/// The text between isolates (U+2068, U+2069) where it runs from right to left, so that it can't
/// reorder what stands around it; else as it is.
std::string IsolateDirection(const std::string& text);

}  // namespace medley::text
