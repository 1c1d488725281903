#include "medley/inference/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace medley::inference {
namespace {

struct Form {
  std::size_t length = 0;  ///< 0: no character begins with this byte
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xbf;
};

/// The forms of RFC 3629: no overlong ones, no surrogates, nothing past U+10FFFF.
Form FormOf(std::uint8_t first) {
  if (first < 0x80) return {1};
  if (first >= 0xc2 && first <= 0xdf) return {2};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

/// How many bytes of `text` begin a character as they should: form.length when it is whole.
std::size_t GoodBytes(std::string_view text, const Form& form) {
  if (form.length == 0) return 0;
  std::size_t good = 1;
  while (good < std::min(form.length, text.size())) {
    const auto byte = static_cast<std::uint8_t>(text[good]);
    const std::uint8_t low = good == 1 ? form.second_min : 0x80;
    const std::uint8_t high = good == 1 ? form.second_max : 0xbf;
    if (byte < low || byte > high) break;
    ++good;
  }
  return good;
}

}  // namespace

std::string ReplaceBadUtf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Form form = FormOf(static_cast<std::uint8_t>(text.front()));
    const std::size_t good = GoodBytes(text, form);
    if (good == form.length && good > 0) {
      clean.append(text.substr(0, good));
    } else {
      clean.append("\xef\xbf\xbd");
    }
    text.remove_prefix(std::max<std::size_t>(good, 1));
  }
  return clean;
}

std::string_view WholeCharacters(std::string_view text) {
  const std::size_t from = text.size() > 3 ? text.size() - 3 : 0;
  for (std::size_t i = text.size(); i-- > from;) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xc0) == 0x80)
      continue;  // inside a character: look further left for where it begins
    return FormOf(byte).length > text.size() - i ? text.substr(0, i) : text;
  }
  return text;
}

}  // namespace medley::inference
