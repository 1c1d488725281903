#include "medley/serving/target.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"

namespace medley::serving {
namespace {

constexpr std::size_t kMaxParameters = 64;
constexpr std::size_t kMaxSegments = 16;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// How many bytes the character at the front takes; 0: it is no well-formed UTF-8 (RFC 3629).
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  std::uint32_t point = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
    point = lead & 0x1fU;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    point = lead & 0x0fU;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    point = lead & 0x07U;
  } else {
    return 0;
  }
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
    point = (point << 6U) | (byte(i) & 0x3fU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return overlong || surrogate || point > 0x10ffff ? 0 : length;
}

Status CheckText(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = Utf8Length(text.substr(i));
    if (length == 0)
      return Fail(ErrorCode::kInvalidInput, "the address holds bytes that are no UTF-8");
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f)
      return Fail(ErrorCode::kInvalidInput, "the address holds a control character");
    i += length;
  }
  return {};
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::size_t end = 0;
  while (end < text.size() && end < kShown)
    end += std::max<std::size_t>(1, Utf8Length(text.substr(end)));
  return "'" + std::string(text.substr(0, end)) + (end < text.size() ? "...'" : "'");
}

}  // namespace

Result<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return Fail(ErrorCode::kInvalidInput,
                    "'%' in the address is not followed by two hex digits");
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  MEDLEY_RETURN_IF_ERROR(CheckText(decoded));
  return decoded;
}

Result<Query> Query::Parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    MEDLEY_ASSIGN_OR_RETURN(std::string name, PercentDecode(pair.substr(0, equals), true));
    MEDLEY_ASSIGN_OR_RETURN(std::string value,
                            PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true));
    if (query.Find(name) != nullptr)
      return Fail(ErrorCode::kInvalidInput, "parameter " + Quoted(name) + " is given twice");
    if (query.values_.size() == kMaxParameters)
      return Fail(ErrorCode::kInvalidInput, "too many parameters");
    query.values_.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

Status Query::CheckKnown(std::span<const std::string_view> known) const {
  for (const auto& [name, value] : values_) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string names;
    for (const auto candidate : known)
      names += (names.empty() ? "" : ", ") + std::string(candidate);
    return Fail(ErrorCode::kInvalidInput,
                "unknown parameter " + Quoted(name) +
                    (names.empty() ? "; this address takes none" : "; known: " + names));
  }
  return {};
}

const std::string* Query::Find(std::string_view name) const {
  for (const auto& [key, value] : values_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string Query::Text(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string() : *value;
}

Result<std::size_t> Query::Count(std::string_view name,
                                 std::size_t fallback,
                                 std::size_t min,
                                 std::size_t max) const {
  const std::string* text = Find(name);
  if (text == nullptr) return fallback;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < min || value > max) {
    return Fail(ErrorCode::kInvalidInput,
                "parameter '" + std::string(name) + "' must be a whole number from " +
                    std::to_string(min) + " to " + std::to_string(max) + ", not " + Quoted(*text));
  }
  return value;
}

Result<bool> Query::Flag(std::string_view name, bool fallback) const {
  const std::string* text = Find(name);
  if (text == nullptr) return fallback;
  if (*text == "true" || *text == "1") return true;
  if (*text == "false" || *text == "0") return false;
  return Fail(ErrorCode::kInvalidInput,
              "parameter '" + std::string(name) + "' must be true or false, not " + Quoted(*text));
}

Result<std::optional<double>> Query::Real(std::string_view name) const {
  const std::string* text = Find(name);
  if (text == nullptr) return std::optional<double>();
  double value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || !std::isfinite(value)) {
    return Fail(ErrorCode::kInvalidInput,
                "parameter '" + std::string(name) + "' must be a number, not " + Quoted(*text));
  }
  return std::optional<double>(value);
}

std::vector<std::string> Query::List(std::string_view name) const {
  std::vector<std::string> pieces;
  const std::string* found = Find(name);
  std::string_view text = found == nullptr ? std::string_view() : *found;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) pieces.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

Result<Target> Target::Parse(std::string_view text) {
  if (text.empty() || text.front() != '/')
    return Fail(ErrorCode::kInvalidInput, "the address must start with '/'");
  Target target;
  const std::size_t question = std::min(text.find('?'), text.size());
  target.path = text.substr(0, question);
  target.query = text.substr(std::min(question + 1, text.size()));
  std::string_view rest = target.path.substr(1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    auto segment = PercentDecode(rest.substr(0, end), false);
    if (!segment) return tl::unexpected(std::move(segment).error());
    if (*segment == "." || *segment == "..")
      return Fail(ErrorCode::kInvalidInput, "the address holds '.' or '..'");
    if (target.segments.size() == kMaxSegments)
      return Fail(ErrorCode::kInvalidInput, "the address has too many parts");
    target.segments.push_back(*std::move(segment));
    if (end + 1 == rest.size())
      target.segments.emplace_back();  // a slash at the end is a part of its own
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return target;
}

}  // namespace medley::serving
