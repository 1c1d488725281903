#pragma once

#include <unicode/unistr.h>

#include <cstdint>
#include <functional>

namespace medley::text {

/// Calls take(begin, end), in UTF-16 units, for each word that ICU's rules and dictionaries find in
/// `text`: what of it is letters, digits or ideographs, not what stands between. Threads: any.
void ForEachWordBreak(const icu::UnicodeString& text,
                      const std::function<void(std::int32_t, std::int32_t)>& take);

}  // namespace medley::text
