#include "medley/serving/byte_range.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace medley::serving {
namespace {

/// Digits alone; numbers past 2^64 are as good as 2^64 - 1.
std::optional<std::uint64_t> Number(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::uint64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return result.ec == std::errc() ? value : UINT64_MAX;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

ByteRange ParseByteRange(std::string_view header, std::uint64_t size) {
  const ByteRange whole{ByteRange::Kind::kWhole, 0, size};
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return whole;
  const std::string_view spec = Trim(header.substr(kUnit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return whole;
  const std::string_view first_text = Trim(spec.substr(0, dash));
  const std::string_view last_text = Trim(spec.substr(dash + 1));
  const auto first = Number(first_text);
  const auto last = Number(last_text);
  if ((!first && !first_text.empty()) || (!last && !last_text.empty()) || (!first && !last))
    return whole;
  const ByteRange outside{ByteRange::Kind::kUnsatisfiable, 0, 0};
  if (!first) {  // the last so many bytes
    const std::uint64_t length = std::min(*last, size);
    return length == 0 ? outside : ByteRange{ByteRange::Kind::kPart, size - length, length};
  }
  if (last && *last < *first) return whole;
  if (*first >= size) return outside;
  const std::uint64_t end = std::min(last.value_or(size - 1), size - 1);
  return {ByteRange::Kind::kPart, *first, end - *first + 1};
}

}  // namespace medley::serving
