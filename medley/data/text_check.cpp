#include "medley/data/text_check.h"

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::data {

Status CheckId(std::string_view field, std::string_view id) {
  const auto fail = [&](const std::string& why) {
    return Fail(ErrorCode::kInvalidInput, "field '" + std::string(field) + "' " + why);
  };
  if (id.empty()) return fail("is missing or empty");
  if (id.size() > kMaxIdBytes)
    return fail("is longer than " + std::to_string(kMaxIdBytes) + " bytes");
  if (id.front() == ' ' || id.back() == ' ') return fail("begins or ends with a blank");
  bool ascii = true;
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return fail("has a control character");
    ascii = ascii && byte < 0x80;
  }
  if (!ascii && !simdjson::validate_utf8(id.data(), id.size())) return fail("is not valid UTF-8");
  return {};
}

Status CheckText(std::string_view field, std::string_view text) {
  const auto fail = [&](const std::string& why) {
    return Fail(ErrorCode::kInvalidInput, "field '" + std::string(field) + "' " + why);
  };
  if (text.size() > kMaxTextBytes)
    return fail("is longer than " + std::to_string(kMaxTextBytes) + " bytes");
  if (!simdjson::validate_utf8(text.data(), text.size())) return fail("is not valid UTF-8");
  return {};
}

std::string_view CutText(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end);
}

std::string_view TrimText(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string PlainName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    }
  }
  return out;
}

}  // namespace medley::data
