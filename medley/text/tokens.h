#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "medley/text/chinese_words.h"

namespace medley::text {

enum class TokenKind : std::uint8_t {
  kWord,
  kNumber,   ///< also a price, a time, a percentage, a number with its unit: "$1,299.00", "3.5mm"
  kAddress,  ///< a web or mail address
  kPunctuation,  ///< a mark, or several alike: "……"
  kSymbol,       ///< anything else that is seen: an emoji with all its parts is one
};

/// A piece of a text.
struct Token {
  std::string_view text;  ///< of the text that was cut: its bytes as they stand there
  TokenKind kind = TokenKind::kWord;
  bool chinese = false;  ///< a word with a Chinese character in it
};

/// Cuts a text into sentences and these into tokens: Chinese by `chinese`; English as the Penn
/// Treebank does ("don't" is "do" and "n't", "dog's" is "dog" and "'s"), but what a hyphen, a dot
/// or an ampersand joins stays one word ("iPhone-15", "Wi-Fi", "AT&T", "U.S."); Thai, Lao, Khmer,
/// Burmese and Japanese by ICU's dictionaries. White space, control characters and bytes that are
/// no UTF-8 are in no token, and end one. A sentence without an end is cut after 8,192 characters,
/// so that no text needs more memory. Threads: any. Source of the English rules: Unicode Standard
/// Annex 29, and Marcus et al., Building a large annotated corpus of English, 1993.
void ForEachSentence(std::string_view text,
                     const ChineseWords& chinese,
                     const std::function<void(std::span<const Token>)>& take);

}  // namespace medley::text
