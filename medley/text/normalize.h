#pragma once

#include <string>
#include <string_view>

namespace medley::text {

/// `text` as it is compared: compatibility forms unified (full-width letters, ligatures), case
/// folded, and accents taken off Latin, Greek and Cyrillic letters ("Amélie" and "AMELIE" are
/// equal; the marks of other scripts carry meaning and stay). Ignorable characters are gone, bytes
/// that are no UTF-8 become U+FFFD.
/// Threads: any. Cost: about 20 ns a character, 1 ns where all is ASCII.
std::string Normalize(std::string_view text);

}  // namespace medley::text
