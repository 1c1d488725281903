#include "medley/text/augment.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/text/utf8.h"

namespace medley::text {
namespace {

/// The words in order, each with the spaces that stand before it.
std::vector<std::string_view> WordsWithSpaces(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const char32_t c = NextCharacter(text, at);
    const auto point = static_cast<UChar32>(c == kNoCharacter ? 0xFFFD : c);
    const bool space = u_isUWhiteSpace(point) != 0;
    const bool alone = u_hasBinaryProperty(point, UCHAR_IDEOGRAPHIC) != 0;
    if (in_word && (space || alone)) {
      words.push_back(text.substr(begin, here - begin));
      begin = here;
      in_word = false;
    }
    if (alone) {
      words.push_back(text.substr(begin, at - begin));
      begin = at;
    } else if (!space) {
      in_word = true;
    }
  }
  if (in_word) words.push_back(text.substr(begin));
  return words;
}

std::string Join(std::span<const std::string_view> words) {
  std::string out;
  for (const auto word : words) out += word;
  // The first word's spaces separated it from what is gone.
  std::size_t begin = 0;
  for (std::size_t at = 0; at < out.size(); begin = at) {
    if (u_isUWhiteSpace(static_cast<UChar32>(NextCharacter(out, at))) == 0) break;
  }
  return out.substr(begin);
}

}  // namespace

std::string DropWords(std::string_view text, double probability, Random random) {
  const auto words = WordsWithSpaces(text);
  if (words.empty()) return std::string(text);
  std::vector<std::string_view> kept;
  for (const auto word : words)
    if (!random.Bernoulli(probability)) kept.push_back(word);
  if (kept.empty()) kept.push_back(words[random.Below(words.size())]);
  return Join(kept);
}

std::string CropWords(std::string_view text, double least_share, Random random) {
  const auto words = WordsWithSpaces(text);
  if (words.empty()) return std::string(text);
  const double share = random.Uniform(std::clamp(least_share, 0.0, 1.0), 1);
  const auto count = std::max<std::size_t>(
      1, static_cast<std::size_t>(std::lround(share * static_cast<double>(words.size()))));
  const std::size_t begin = random.Below(words.size() - count + 1);
  return Join(std::span(words).subspan(begin, count));
}

}  // namespace medley::text
