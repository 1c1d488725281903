#include "medley/text/western_words.h"

#include <unicode/uchar.h>
#include <unicode/umachine.h>
#include <unicode/uscript.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "medley/text/tokens.h"

namespace medley::text {
namespace {

bool IsLetter(char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; }
bool IsDigit(char32_t c) { return u_isdigit(static_cast<UChar32>(c)) != 0; }
bool IsUpper(char32_t c) { return u_isupper(static_cast<UChar32>(c)) != 0; }
bool IsApostrophe(char32_t c) { return c == U'\'' || c == U'’'; }
bool IsCurrency(char32_t c) { return u_charType(static_cast<UChar32>(c)) == U_CURRENCY_SYMBOL; }
bool IsMark(char32_t c) {
  constexpr auto kMarks = U_GC_M_MASK;
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & kMarks) != 0;
}

char32_t At(std::u32string_view text, std::size_t at) { return at < text.size() ? text[at] : 0; }

char32_t Lower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }

bool EqualsLowered(std::u32string_view word, std::u32string_view lower) {
  return std::ranges::equal(word, lower, {}, Lower);
}

/// Whether the dot at `dot` in a word that began at `begin` joins letters: of an abbreviation
/// ("U.S."), or of a name in the net.
bool DotJoinsLetters(std::u32string_view text, std::size_t begin, std::size_t dot) {
  if (dot - begin == 1 || (dot - begin > 2 && text[dot - 2] == U'.')) return true;
  constexpr std::array<std::u32string_view, 7> kEndings = {
      U"com", U"org", U"net", U"cn", U"io", U"js", U"edu"};
  return std::ranges::any_of(kEndings, [&](std::u32string_view ending) {
    return EqualsLowered(text.substr(dot + 1, ending.size()), ending) &&
           !IsWesternLetter(At(text, dot + 1 + ending.size()));
  });
}

/// Whether the mark at `at` is inside a word that began at `begin` and not at its end.
bool Joins(std::u32string_view text, std::size_t begin, std::size_t at) {
  const char32_t before = text[at - 1];
  const char32_t after = At(text, at + 1);
  const bool letters = IsLetter(before) && IsLetter(after) && IsWesternLetter(after);
  const bool digits = IsDigit(before) && IsDigit(after);
  constexpr char32_t kHyphen = 0x2010;
  constexpr char32_t kFirmHyphen = 0x2011;
  switch (text[at]) {
    case U'\'':
    case U'’':
      return letters;
    case U'-':
    case kHyphen:
    case kFirmHyphen:
      return IsWesternLetter(before) && IsWesternLetter(after);
    case U'.':
      return digits || (letters && DotJoinsLetters(text, begin, at));
    case U',':
      return digits && IsDigit(At(text, at + 2)) && IsDigit(At(text, at + 3)) &&
             !IsDigit(At(text, at + 4));
    case U':':
    case U'/':
      return digits;
    case U'&':
      return IsUpper(before) && IsUpper(after);
    default:
      return false;
  }
}

/// The end of a web address that begins at `at`; `at` where none does.
std::size_t AddressEnd(std::u32string_view text, std::size_t at) {
  constexpr std::array<std::u32string_view, 3> kBeginnings = {U"http://", U"https://", U"www."};
  const bool begins = std::ranges::any_of(kBeginnings, [&](std::u32string_view beginning) {
    return EqualsLowered(text.substr(at, beginning.size()), beginning);
  });
  if (!begins) return at;
  constexpr std::u32string_view kInside = U"-._~:/?#[]@!$&'()*+,;=%";
  std::size_t end = at;
  while (end < text.size() &&
         ((text[end] < 0x80 && u_isalnum(static_cast<UChar32>(text[end])) != 0) ||
          kInside.find(text[end]) != std::u32string_view::npos)) {
    ++end;
  }
  while (std::u32string_view(U".,;:!?)'").find(text[end - 1]) != std::u32string_view::npos) --end;
  return end;
}

/// What may stand directly behind a word and belongs to it.
std::size_t WithEnding(std::u32string_view text, std::size_t begin, std::size_t end) {
  const char32_t last = text[end - 1];
  const char32_t next = At(text, end);
  if (IsDigit(last) && (next == U'%' || next == U'‰' || next == U'°' || IsCurrency(next)))
    return end + 1;
  if (end - begin == 1 && IsLetter(last)) {  // C++, C#
    if (next == U'+' && At(text, end + 1) == U'+') return end + 2;
    if (next == U'#') return end + 1;
  }
  if (next != U'.') return end;
  const auto word = text.substr(begin, end - begin);
  constexpr std::array<std::u32string_view, 9> kShortened = {
      U"mr", U"mrs", U"ms", U"dr", U"st", U"vs", U"jr", U"prof", U"approx"};
  const bool shortened =
      word.find(U'.') != std::u32string_view::npos
          ? IsLetter(last) && end - begin > 2 && text[end - 2] == U'.'
          : std::ranges::any_of(kShortened, [&](auto s) { return EqualsLowered(word, s); });
  return shortened ? end + 1 : end;
}

TokenKind KindOf(std::u32string_view word) {
  const std::size_t first = IsCurrency(word[0]) ? 1 : 0;
  if (!IsDigit(At(word, first))) return TokenKind::kWord;
  constexpr std::ptrdiff_t kLongestUnit = 3;
  const bool plain = std::ranges::none_of(word, [](char32_t c) { return c == U'-'; });
  const auto letters = std::ranges::count_if(word, IsLetter);
  return plain && letters <= kLongestUnit ? TokenKind::kNumber : TokenKind::kWord;
}

}  // namespace

bool IsWesternLetter(char32_t character) {
  const auto c = static_cast<UChar32>(character);
  if (character < 0x80) return u_isalnum(c) != 0;
  if (u_isalnum(c) == 0 && !IsMark(character)) return false;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return false;
    default:
      return character != 0x30FC;  // the long-vowel mark of Katakana
  }
}

WesternWord WesternWordAt(std::u32string_view text, std::size_t at) {
  if (const auto end = AddressEnd(text, at); end > at) return {end, TokenKind::kAddress};
  std::size_t begin = at;
  if (IsCurrency(text[at]) && IsDigit(At(text, at + 1))) begin = at + 1;
  if (begin == at && (!IsWesternLetter(text[at]) || IsMark(text[at]))) return {at};
  std::size_t end = begin + 1;
  bool mail = false;
  while (end < text.size()) {
    if (IsWesternLetter(text[end]) || Joins(text, begin, end)) {
      ++end;
    } else if (text[end] == U'@' && !mail && IsWesternLetter(At(text, end + 1))) {
      mail = true;
      ++end;
    } else {
      break;
    }
  }
  if (mail) return {end, TokenKind::kAddress};
  end = WithEnding(text, begin, end);
  return {end, KindOf(text.substr(at, end - at))};
}

std::size_t ContractionAt(std::u32string_view word) {
  constexpr std::array<std::u32string_view, 6> kEndings = {
      U"'s", U"'re", U"'ve", U"'ll", U"'d", U"'m"};
  const auto plain = [](char32_t c) { return IsApostrophe(c) ? U'\'' : Lower(c); };
  const auto ends_with = [&](std::u32string_view ending) {
    return word.size() > ending.size() &&
           std::ranges::equal(word.substr(word.size() - ending.size()), ending, {}, plain);
  };
  if (ends_with(U"n't")) return word.size() - 3;
  for (const auto ending : kEndings) {
    if (ends_with(ending)) return word.size() - ending.size();
  }
  return word.size();
}

}  // namespace medley::text
