#include "medley/text/fuzzy_dictionary.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/utf8.h"

namespace medley::text {
namespace {

/// A longer title is looked up by its beginning.
constexpr std::size_t kMaxCharacters = 128;
constexpr std::size_t kGram = 3;
constexpr unsigned kCharacterBits = 21;

std::u32string Characters(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size() && out.size() < kMaxCharacters;) {
    const char32_t character = NextCharacter(text, at);
    out.push_back(character == kNoCharacter ? U'\uFFFD' : character);
  }
  return out;
}

/// The trigrams of the text with two blanks before and after it, sorted, each once.
std::vector<std::uint64_t> Trigrams(std::u32string_view text) {
  std::u32string padded(kGram - 1, U'\0');
  padded += text;
  padded.append(kGram - 1, U'\0');
  std::vector<std::uint64_t> grams;
  for (std::size_t i = 0; i + kGram <= padded.size(); ++i) {
    std::uint64_t gram = 0;
    for (std::size_t j = 0; j < kGram; ++j) gram = gram << kCharacterBits | padded[i + j];
    grams.push_back(gram);
  }
  std::ranges::sort(grams);
  const auto repeated = std::ranges::unique(grams);
  grams.erase(repeated.begin(), repeated.end());
  return grams;
}

}  // namespace

std::size_t EditDistance(std::u32string_view a, std::u32string_view b, std::size_t limit) {
  const std::size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > limit) return limit + 1;
  constexpr std::size_t kFar = std::numeric_limits<std::size_t>::max() / 2;
  std::vector<std::size_t> before_previous(b.size() + 1, kFar);
  std::vector<std::size_t> previous(b.size() + 1, kFar);
  std::vector<std::size_t> current(b.size() + 1, kFar);
  for (std::size_t j = 0; j <= std::min(b.size(), limit); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::ranges::fill(current, kFar);
    if (i <= limit) current[0] = i;
    const std::size_t begin = i > limit ? i - limit : 1;
    const std::size_t end = std::min(b.size(), i + limit);
    for (std::size_t j = std::max<std::size_t>(begin, 1); j <= end; ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      current[j] = std::min({previous[j - 1] + change, previous[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_previous[j - 2] + 1);
      }
    }
    std::swap(before_previous, previous);
    std::swap(previous, current);
  }
  return std::min(previous[b.size()], limit + 1);
}

std::size_t ForgivenEdits(std::size_t length) {
  constexpr std::size_t kOneFrom = 3;
  constexpr std::size_t kTwoFrom =
      7;  // two slips leave a trigram of a text that long, so that it is found
  return length < kOneFrom ? 0 : length < kTwoFrom ? 1 : 2;
}

FuzzyDictionary::FuzzyDictionary(const std::vector<std::string>& entries) {
  entries_.reserve(entries.size());
  for (const auto& entry : entries) {
    const auto id = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(Characters(entry));
    for (const auto gram : Trigrams(entries_.back())) postings_.push_back({gram, id});
  }
  std::ranges::sort(postings_);
}

std::vector<FuzzyDictionary::Match> FuzzyDictionary::Nearest(std::string_view text,
                                                             std::size_t limit) const {
  const std::u32string characters = Characters(text);
  const std::size_t edits = ForgivenEdits(characters.size());
  if (edits == 0) return {};
  const auto grams = Trigrams(characters);
  // One slip spoils three trigrams at most, a swap of neighbours four.
  constexpr std::size_t kSpoilt = kGram + 1;
  const std::size_t needed = grams.size() > kSpoilt * edits ? grams.size() - kSpoilt * edits : 1;
  std::vector<std::uint8_t> shared(entries_.size(), 0);
  std::vector<Match> matches;
  for (const auto gram : grams) {
    const auto [begin, end] = std::ranges::equal_range(postings_, gram, {}, &Posting::trigram);
    for (auto posting = begin; posting != end; ++posting) {
      if (++shared[posting->entry] != needed) continue;
      const std::size_t distance = EditDistance(characters, entries_[posting->entry], edits);
      if (distance <= edits) matches.push_back({posting->entry, distance});
    }
  }
  std::ranges::sort(
      matches, {}, [](const Match& match) { return std::pair(match.distance, match.entry); });
  if (matches.size() > limit) matches.resize(limit);
  return matches;
}

}  // namespace medley::text
