#include "medley/text/tokens.h"

#include <unicode/uchar.h>
#include <unicode/umachine.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/chinese_words.h"
#include "medley/text/utf8.h"
#include "medley/text/western_words.h"
#include "medley/text/word_breaks.h"

namespace medley::text {
namespace {

/// Text without a line's end is cut in stretches, past the first length where a cut harms nothing.
constexpr std::size_t kLongStretch = 4096;
constexpr std::size_t kLongestStretch = 8192;

bool IsHan(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return c >= 0x2E80 && uscript_getScript(static_cast<UChar32>(c), &status) == USCRIPT_HAN;
}

bool IsKana(char32_t c) { return c >= 0x3041 && c <= 0x30FF && u_isalpha(static_cast<UChar32>(c)); }

/// What no token holds and every token ends at.
bool IsGap(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return c == kNoCharacter || u_isUWhiteSpace(point) != 0 || u_iscntrl(point) != 0 ||
         u_charType(point) == U_UNASSIGNED || u_charType(point) == U_SURROGATE ||
         u_charType(point) == U_PRIVATE_USE_CHAR;
}

bool EndsSentence(std::u32string_view text, std::size_t at) {
  switch (text[at]) {
    case U'。':
    case U'！':
    case U'？':
    case U'!':
    case U'?':
    case U'…':
    case U'；':
    case U'\n':
    case U'\r':
    case U'\u2029':
      return true;
    case U'.':
      return at + 1 == text.size() || IsGap(text[at + 1]);
    default:
      return false;
  }
}

/// Cuts one stretch of text, of which it knows where each character begins.
class Cutter {
 public:
  Cutter(std::string_view text, const ChineseWords& chinese) : text_(text), chinese_(chinese) {}

  void Add(char32_t character, std::size_t begin) {
    characters_ += character;
    begins_.push_back(begin);
  }
  std::size_t size() const { return characters_.size(); }

  /// Hands over what was added up to byte `end`, and forgets it.
  void Finish(std::size_t end, const std::function<void(std::span<const Token>)>& take) {
    begins_.push_back(end);
    japanese_ = LooksJapanese();
    for (std::size_t at = 0; at < characters_.size();) at = Next(at, take);
    HandOver(take);
    characters_.clear();
    begins_.clear();
  }

 private:
  using Take = std::function<void(std::span<const Token>)>;

  void HandOver(const Take& take) {
    if (!tokens_.empty()) take(tokens_);
    tokens_.clear();
  }

  void Emit(std::size_t begin, std::size_t end, TokenKind kind, bool chinese = false) {
    tokens_.push_back({text_.substr(begins_[begin], begins_[end] - begins_[begin]), kind, chinese});
  }

  bool LooksJapanese() const {
    constexpr std::ptrdiff_t kRatio = 5;
    return std::ranges::count_if(characters_, IsKana) * kRatio >
           std::ranges::count_if(characters_, IsHan);
  }

  /// Whether ICU's dictionaries cut at this character.
  bool IsUnspaced(char32_t c) const {
    return u_isalpha(static_cast<UChar32>(c)) != 0 && !IsWesternLetter(c) &&
           (japanese_ || !IsHan(c));
  }

  std::size_t Next(std::size_t at, const Take& take) {
    const std::u32string_view text = characters_;
    if (IsGap(text[at])) {
      if (EndsSentence(text, at)) HandOver(take);
      return at + 1;
    }
    if (IsUnspaced(text[at])) return EmitUnspaced(at);
    if (const auto end = EmitRun(at); end > at) return end;
    const bool ends = EndsSentence(text, at);
    at = EmitMark(at);
    if (ends) HandOver(take);
    return at;
  }

  std::size_t EmitUnspaced(std::size_t at) {
    icu::UnicodeString run;
    std::vector<std::size_t> character_of;
    std::size_t end = at;
    for (; end < characters_.size() && IsUnspaced(characters_[end]); ++end) {
      run.append(static_cast<UChar32>(characters_[end]));
      character_of.resize(static_cast<std::size_t>(run.length()), end);
    }
    character_of.push_back(end);
    ForEachWordBreak(run, [&](std::int32_t b, std::int32_t e) {
      Emit(character_of[static_cast<std::size_t>(b)],
           character_of[static_cast<std::size_t>(e)],
           TokenKind::kWord,
           IsHan(characters_[character_of[static_cast<std::size_t>(b)]]));
    });
    return end;
  }

  /// Chinese characters and words of other scripts without a gap between them; `at` where there are
  /// none.
  std::size_t EmitRun(std::size_t at) {
    std::vector<ChineseWords::Character> run;
    std::vector<WesternWord> foreign;  // as many as there are characters; end 0: Chinese
    bool chinese = false;
    std::size_t end = at;
    while (end < characters_.size()) {
      if (IsHan(characters_[end]) && !japanese_) {
        const char32_t c = characters_[end++];
        run.push_back({.unit = c <= 0xFFFF ? static_cast<char16_t>(c) : u'\uFFFD'});
        foreign.emplace_back();
        chinese = true;
        continue;
      }
      const auto word = WesternWordAt(characters_, end);
      if (word.end == end) break;
      for (std::size_t i = end; i < word.end; ++i) {
        const char32_t c = characters_[i];
        run.push_back({.unit = c <= 0xFFFF ? static_cast<char16_t>(c) : u'\uFFFD',
                       .foreign = true,
                       .inner = i > end});
        foreign.push_back(word);
      }
      end = word.end;
    }
    if (run.empty()) return at;
    if (!chinese) {
      for (std::size_t i = 0; i < foreign.size(); i = foreign[i].end - at)
        EmitForeign(at + i, foreign[i]);
      return end;
    }
    std::size_t begin = at;
    for (const std::size_t length : chinese_.Cut(run)) {
      const auto& word = foreign[begin - at];
      const bool whole = word.end == begin + length;
      if (run[begin - at].foreign && whole)
        EmitForeign(begin, word);
      else
        Emit(begin, begin + length, TokenKind::kWord, /*chinese=*/true);
      begin += length;
    }
    return end;
  }

  void EmitForeign(std::size_t begin, const WesternWord& word) {
    const auto letters = std::u32string_view(characters_).substr(begin, word.end - begin);
    const std::size_t cut =
        word.kind == TokenKind::kWord ? begin + ContractionAt(letters) : word.end;
    Emit(begin, cut, word.kind);
    if (cut < word.end) Emit(cut, word.end, TokenKind::kWord);
  }

  /// A punctuation mark and those like it that follow, or a symbol with what modifies it.
  std::size_t EmitMark(std::size_t at) {
    const char32_t first = characters_[at];
    std::size_t end = at + 1;
    if (u_ispunct(static_cast<UChar32>(first)) != 0) {
      while (end < characters_.size() && characters_[end] == first) ++end;
      Emit(at, end, TokenKind::kPunctuation);
      return end;
    }
    constexpr char32_t kJoiner = 0x200D;
    const auto modifies = [](char32_t c) {
      const auto point = static_cast<UChar32>(c);
      return u_hasBinaryProperty(point, UCHAR_EMOJI_MODIFIER) != 0 ||
             u_hasBinaryProperty(point, UCHAR_GRAPHEME_EXTEND) != 0;
    };
    const auto regional = [](char32_t c) {
      return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_REGIONAL_INDICATOR) != 0;
    };
    if (end < characters_.size() && regional(first) && regional(characters_[end])) ++end;
    while (end < characters_.size() &&
           (modifies(characters_[end]) || characters_[end] == kJoiner ||
            (characters_[end - 1] == kJoiner && !IsGap(characters_[end])))) {
      ++end;
    }
    // A character that only shapes its neighbours and has none is not seen.
    const bool seen =
        u_hasBinaryProperty(static_cast<UChar32>(first), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
    if (seen) Emit(at, end, TokenKind::kSymbol);
    return end;
  }

  std::string_view text_;
  const ChineseWords& chinese_;
  std::u32string characters_;
  std::vector<std::size_t> begins_;  ///< of each character, in bytes
  std::vector<Token> tokens_;
  bool japanese_ = false;
};

}  // namespace

void ForEachSentence(std::string_view text,
                     const ChineseWords& chinese,
                     const std::function<void(std::span<const Token>)>& take) {
  Cutter cutter(text, chinese);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = NextCharacter(text, at);
    cutter.Add(character, begin);
    const bool long_enough = cutter.size() >= (IsGap(character) ? kLongStretch : kLongestStretch);
    if (character == U'\n' || long_enough) cutter.Finish(at, take);
  }
  cutter.Finish(text.size(), take);
}

}  // namespace medley::text
