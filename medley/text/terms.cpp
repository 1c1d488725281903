#include "medley/text/terms.h"

#include <unicode/stringpiece.h>
#include <unicode/umachine.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utypes.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/normalize.h"
#include "medley/text/stem.h"
#include "medley/text/word_breaks.h"

namespace medley::text {
namespace {

/// Longer than any word; what runs on without a break is data of another kind.
constexpr std::int32_t kMaxWordLength = 64;

bool IsIdeographic(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  const auto script = uscript_getScript(c, &status);
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ||
         c == 0x30FC;
}

std::string Utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString NormalizedUtf16(std::string_view text) {
  const std::string normalized = Normalize(text);
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(normalized.data(), static_cast<std::int32_t>(normalized.size())));
}

/// Calls take(begin, end) for each word of `text`.
template <typename Take>
void ForEachWord(const icu::UnicodeString& text, Take take) {
  ForEachWordBreak(text, [&take](std::int32_t begin, std::int32_t end) {
    if (end - begin <= kMaxWordLength) take(begin, end);
  });
}

/// "o'brien" is obrien.
std::string WithoutApostrophes(std::string word) {
  for (const std::string_view apostrophe : {"'", "’"}) {
    for (auto at = word.find(apostrophe); at != std::string::npos; at = word.find(apostrophe)) {
      word.erase(at, apostrophe.size());
    }
  }
  return word;
}

/// "dog's" is dog.
std::string WithoutPossessive(std::string word) {
  for (const std::string_view ending : {"'s", "’s"}) {
    if (word.ends_with(ending)) word.resize(word.size() - ending.size());
  }
  return WithoutApostrophes(std::move(word));
}

/// The terms of one run of ideographic characters.
void ForEachGram(const icu::UnicodeString& run,
                 TermUse use,
                 const std::function<void(std::string_view)>& take) {
  const std::int32_t characters = run.countChar32();
  std::int32_t at = 0;
  for (std::int32_t i = 0; i < characters; ++i) {
    const std::int32_t next = run.moveIndex32(at, 1);
    if (use == TermUse::kDocument || characters == 1)
      take(Utf8(run.tempSubStringBetween(at, next)));
    if (i + 1 < characters) take(Utf8(run.tempSubStringBetween(at, run.moveIndex32(next, 1))));
    at = next;
  }
}

void ForEachIdeographicTerm(const icu::UnicodeString& text,
                            TermUse use,
                            const std::function<void(std::string_view)>& take) {
  for (std::int32_t at = 0; at < text.length();) {
    std::int32_t end = at;
    while (end < text.length() && IsIdeographic(text.char32At(end))) end = text.moveIndex32(end, 1);
    if (end > at) ForEachGram(text.tempSubStringBetween(at, end), use, take);
    at = end > at ? end : text.moveIndex32(at, 1);
  }
}

}  // namespace

std::vector<std::string> Words(std::string_view text) {
  const auto normalized = NormalizedUtf16(text);
  std::vector<std::string> words;
  ForEachWord(normalized, [&](std::int32_t begin, std::int32_t end) {
    words.push_back(Utf8(normalized.tempSubStringBetween(begin, end)));
  });
  return words;
}

void ForEachTerm(std::string_view text,
                 TermUse use,
                 const std::function<void(std::string_view)>& take) {
  const auto normalized = NormalizedUtf16(text);
  bool has_ideographs = false;
  ForEachWord(normalized, [&](std::int32_t begin, std::int32_t end) {
    const auto word = normalized.tempSubStringBetween(begin, end);
    if (IsIdeographic(normalized.char32At(begin))) {
      has_ideographs = true;
      constexpr std::int32_t kBeyondGrams = 3;
      if (word.countChar32() >= kBeyondGrams) take(Utf8(word));
      return;
    }
    if (const auto stem = Stem(WithoutPossessive(Utf8(word))); !stem.empty()) take(stem);
  });
  if (has_ideographs) ForEachIdeographicTerm(normalized, use, take);
}

std::string FoldTitle(std::string_view title) {
  const auto normalized = NormalizedUtf16(title);
  std::string folded;
  bool after_ideograph = false;
  ForEachWord(normalized, [&](std::int32_t begin, std::int32_t end) {
    const auto word = WithoutApostrophes(Utf8(normalized.tempSubStringBetween(begin, end)));
    const bool ideograph = IsIdeographic(normalized.char32At(begin));
    if (!folded.empty() && !word.empty() && !(ideograph && after_ideograph)) folded += ' ';
    folded += word;
    after_ideograph = ideograph;
  });
  return folded.empty() ? Normalize(title) : folded;
}

}  // namespace medley::text
