#include "medley/text/word_breaks.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/ubrk.h>
#include <unicode/unistr.h>
#include <unicode/utypes.h>

#include <cassert>
#include <cstdint>
#include <functional>
#include <memory>

namespace medley::text {
namespace {

icu::BreakIterator& WordBreaker() {
  thread_local const std::unique_ptr<icu::BreakIterator> breaker = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    assert(U_SUCCESS(status));
    return made;
  }();
  return *breaker;
}

}  // namespace

void ForEachWordBreak(const icu::UnicodeString& text,
                      const std::function<void(std::int32_t, std::int32_t)>& take) {
  icu::BreakIterator& breaker = WordBreaker();
  breaker.setText(text);
  std::int32_t begin = breaker.first();
  for (std::int32_t end = breaker.next(); end != icu::BreakIterator::DONE;
       begin = end, end = breaker.next()) {
    if (breaker.getRuleStatus() >= UBRK_WORD_NONE_LIMIT) take(begin, end);
  }
}

}  // namespace medley::text
