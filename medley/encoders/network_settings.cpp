#include "medley/encoders/network_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"

namespace medley::encoders {
namespace {

constexpr std::int64_t kMaxSize = 1 << 24;
constexpr std::size_t kMaxRank = 8;

/// `text` cut at `separator`; empty pieces too.
std::vector<std::string_view> Cut(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

template <typename Number>
std::optional<Number> WholeNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::vector<std::int64_t>> ParseShape(std::string_view text) {
  std::vector<std::int64_t> shape;
  for (const std::string_view piece : Cut(text, 'x')) {
    const auto size =
        piece == "?" ? std::optional<std::int64_t>(-1) : WholeNumber<std::int64_t>(piece);
    if (!size || (*size < 1 && *size != -1) || *size > kMaxSize || shape.size() == kMaxRank)
      return std::nullopt;
    shape.push_back(*size);
  }
  return shape;
}

}  // namespace

Result<std::map<std::string, std::vector<std::int64_t>>> ParseShapes(std::string_view text) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const std::string_view one : Cut(text, ' ')) {
    if (one.empty()) continue;
    const std::size_t equals = one.find('=');
    auto shape =
        equals == std::string_view::npos ? std::nullopt : ParseShape(one.substr(equals + 1));
    if (!shape || equals == 0) {
      return Fail(ErrorCode::kInvalidInput,
                  "shapes: '" + std::string(one) + "' is not like input=1x3x224x224");
    }
    shapes[std::string(one.substr(0, equals))] = *std::move(shape);
  }
  return shapes;
}

Result<std::array<float, 3>> ParseThree(std::string_view setting, std::string_view text) {
  std::array<float, 3> values{};
  const auto pieces = Cut(text, ',');
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string_view piece = pieces[pieces.size() == 1 ? 0 : std::min(i, pieces.size() - 1)];
    while (!piece.empty() && piece.front() == ' ') piece.remove_prefix(1);
    const auto value = WholeNumber<float>(piece);
    if (!value || !std::isfinite(*value) || (pieces.size() != 1 && pieces.size() != 3)) {
      return Fail(ErrorCode::kInvalidInput,
                  std::string(setting) + ": '" + std::string(text) +
                      "' is neither a number nor three with commas");
    }
    values[i] = *value;
  }
  return values;
}

}  // namespace medley::encoders
