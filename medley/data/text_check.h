#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::data {

inline constexpr std::size_t kMaxIdBytes = 512;
/// Longest text of an item, a comment or a query.
inline constexpr std::size_t kMaxTextBytes = std::size_t{1} << 20;

/// Whether `id` can name a user, an item, an event: 1 to kMaxIdBytes bytes of UTF-8 without control
/// characters, and without blanks around it.
/// Errors: kInvalidInput naming `field`.
Status CheckId(std::string_view field, std::string_view id);
/// UTF-8 of at most kMaxTextBytes. Errors: kInvalidInput naming `field`.
Status CheckText(std::string_view field, std::string_view text);

/// `text` cut to at most `max_bytes` between characters.
std::string_view CutText(std::string_view text, std::size_t max_bytes);
/// Without the blanks, tabs and line ends around it.
std::string_view TrimText(std::string_view text);
/// Letters and digits only, ASCII in lower case: "Item_ID" and "item id" become "itemid". Other
/// characters stay.
std::string PlainName(std::string_view name);

}  // namespace medley::data
