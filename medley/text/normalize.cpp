#include "medley/text/normalize.h"

#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/umachine.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

namespace medley::text {
namespace {

bool HasAccentFreeForm(UChar32 base) {
  UErrorCode status = U_ZERO_ERROR;
  const auto script = uscript_getScript(base, &status);
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

/// Letters with a stroke or joined ones, which do not decompose. nullptr: none of these.
const char16_t* PlainLetters(UChar32 c) {
  switch (c) {
    case u'æ':
      return u"ae";
    case u'œ':
      return u"oe";
    case u'ø':
      return u"o";
    case u'đ':
    case u'ð':
      return u"d";
    case u'ł':
      return u"l";
    case u'ı':
      return u"i";
    case u'þ':
      return u"th";
    default:
      return nullptr;
  }
}

icu::UnicodeString WithoutAccents(const icu::UnicodeString& decomposed) {
  icu::UnicodeString out;
  UChar32 base = 0;
  for (std::int32_t i = 0; i < decomposed.length();) {
    const UChar32 c = decomposed.char32At(i);
    i += U16_LENGTH(c);
    if (u_charType(c) == U_NON_SPACING_MARK) {
      if (!HasAccentFreeForm(base)) out.append(c);
      continue;
    }
    base = c;
    if (const char16_t* plain = PlainLetters(c)) {
      out.append(plain, -1);
    } else {
      out.append(c);
    }
  }
  return out;
}

}  // namespace

std::string Normalize(std::string_view text) {
  const bool ascii =
      std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; });
  if (ascii) {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
  }
  UErrorCode status = U_ZERO_ERROR;
  const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const auto* decompose = icu::Normalizer2::getNFDInstance(status);
  const auto* compose = icu::Normalizer2::getNFCInstance(status);
  assert(U_SUCCESS(status));
  const auto source = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const auto folded = fold->normalize(source, status);
  const auto plain = WithoutAccents(decompose->normalize(folded, status));
  std::string out;
  compose->normalize(plain, status).toUTF8String(out);
  assert(U_SUCCESS(status));
  return out;
}

}  // namespace medley::text
