#include "medley/encoders/quality.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>

#include "medley/encoders/encoder.h"
#include "medley/media/quality.h"
#include "medley/text/utf8.h"

namespace medley::encoders {
namespace {

/// A short title: "Heat" says less than it could, "Toy Story" enough.
constexpr double kEnoughLetters = 8;

double QualityOfText(const std::string& text) {
  double letters = 0;
  for (std::size_t at = 0; at < text.size() && letters < kEnoughLetters;) {
    const auto c = static_cast<UChar32>(text::NextCharacter(text, at));
    if (u_isalnum(c) != 0) letters += u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) != 0 ? 3 : 1;
  }
  return std::clamp(letters / kEnoughLetters, media::kLeastQuality, 1.0);
}

}  // namespace

double QualityOf(const Input& input) {
  return std::visit(
      [](const auto& one) {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, std::string>) {
          return QualityOfText(one);
        } else {
          return media::QualityOf(one);
        }
      },
      input);
}

}  // namespace medley::encoders
