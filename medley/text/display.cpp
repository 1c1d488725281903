#include "medley/text/display.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/umachine.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>
#include <unicode/utypes.h>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "medley/text/utf8.h"

namespace medley::text {
namespace {

constexpr int kMaxMarks = 4;
constexpr UChar32 kZeroWidthNonJoiner = 0x200C;
constexpr UChar32 kZeroWidthJoiner = 0x200D;

bool IsDropped(UChar32 c) {
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
      return true;
    case U_FORMAT_CHAR:
      return c != kZeroWidthJoiner && c != kZeroWidthNonJoiner;
    default:
      return c == 0xFFFD;
  }
}

bool IsMark(UChar32 c) {
  const auto type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || c == kZeroWidthJoiner ||
         c == kZeroWidthNonJoiner;
}

/// A line that takes only what is harmless.
class Line {
 public:
  void Add(UChar32 character) {
    if (u_isUWhiteSpace(character) != 0) {
      space_due_ = !text_.empty();
      return;
    }
    if (IsDropped(character)) return;
    marks_ = IsMark(character) ? marks_ + 1 : 0;
    const bool nothing_to_mark = text_.empty() || space_due_;
    if (marks_ > kMaxMarks || (marks_ > 0 && nothing_to_mark)) return;
    if (std::exchange(space_due_, false)) text_ += ' ';
    AppendCharacter(text_, static_cast<char32_t>(character));
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
  bool space_due_ = false;
  int marks_ = 0;
};

std::string Clean(std::string_view text) {
  Line line;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = NextCharacter(text, at);
    if (character != kNoCharacter) line.Add(static_cast<UChar32>(character));
  }
  return line.Take();
}

/// Where in `text` the grapheme number `index` begins; npos where there are not as many.
std::size_t GraphemeOffset(const std::string& text, std::size_t index) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> graphemes(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
  UText view = UTEXT_INITIALIZER;
  utext_openUTF8(&view, text.data(), static_cast<std::int64_t>(text.size()), &status);
  std::size_t offset = std::string::npos;
  if (U_SUCCESS(status)) {
    graphemes->setText(&view, status);
    std::size_t seen = 0;
    for (auto at = graphemes->first(); at != icu::BreakIterator::DONE; at = graphemes->next()) {
      if (seen++ == index && static_cast<std::size_t>(at) < text.size()) {
        offset = static_cast<std::size_t>(at);
        break;
      }
    }
  }
  utext_close(&view);
  assert(U_SUCCESS(status));
  return offset;
}

}  // namespace

std::string DisplayText(std::string_view text, std::size_t max_graphemes) {
  assert(max_graphemes > 0);
  // A grapheme that readers meet is far below this; more need not be looked at to know where to
  // cut.
  constexpr std::size_t kMaxBytesPerGrapheme = 64;
  const std::size_t enough = (max_graphemes + 64) * kMaxBytesPerGrapheme;
  std::string line = Clean(text.substr(0, enough));
  const bool fits =
      line.size() <= max_graphemes || GraphemeOffset(line, max_graphemes) == std::string::npos;
  if (fits) return text.size() <= enough ? line : line + "…";
  line.resize(GraphemeOffset(line, max_graphemes - 1));
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line + "…";
}

bool HasRightToLeft(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = NextCharacter(text, at);
    if (character == kNoCharacter) continue;
    switch (u_charDirection(static_cast<UChar32>(character))) {
      case U_RIGHT_TO_LEFT:
      case U_RIGHT_TO_LEFT_ARABIC:
      case U_ARABIC_NUMBER:
        return true;
      default:
        break;
    }
  }
  return false;
}

std::string IsolateDirection(const std::string& text) {
  return HasRightToLeft(text) ? "\u2068" + text + "\u2069" : text;
}

}  // namespace medley::text
