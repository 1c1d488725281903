#include "medley/understanding/sentence_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "medley/text/normalize.h"

namespace medley::understanding {

SentenceView::SentenceView(std::string_view text, std::span<const text::Word> words)
    : text_(text), words_(words) {
  lower_.reserve(words.size());
  for (const auto& word : words) lower_.push_back(text::Normalize(word.token.text));
}

bool SentenceView::Capital(std::size_t i) const {
  const auto text = Text(i);
  return !text.empty() && text.front() >= 'A' && text.front() <= 'Z';
}

bool SentenceView::Is(std::size_t i, std::initializer_list<std::string_view> lower) const {
  return i < words_.size() && std::ranges::find(lower, Lower(i)) != lower.end();
}

bool SentenceView::TagIs(std::size_t i, std::initializer_list<std::string_view> tags) const {
  return i < words_.size() && std::ranges::find(tags, Tag(i)) != tags.end();
}

bool SentenceView::AnyBefore(std::size_t i,
                             std::size_t before,
                             std::initializer_list<std::string_view> lower) const {
  for (std::size_t k = 1; k <= before && k <= i; ++k) {
    if (Is(i - k, {",", ";", ":", ".", "，", "；"})) return false;
    if (Is(i - k, lower)) return true;
  }
  return false;
}

bool SentenceView::AfterInitial(std::size_t i) const {
  if (i >= words_.size() || Begin(i) < 3) return false;
  const auto before = text_.substr(Begin(i) - 3, 3);
  return before[0] >= 'A' && before[0] <= 'Z' && before[1] == '.' && before[2] == ' ';
}

std::uint32_t SentenceView::Begin(std::size_t first) const {
  return static_cast<std::uint32_t>(words_[first].token.text.data() - text_.data());
}

std::uint32_t SentenceView::End(std::size_t last) const {
  return Begin(last - 1) + static_cast<std::uint32_t>(words_[last - 1].token.text.size());
}

std::string_view SentenceView::Piece(std::size_t first, std::size_t last) const {
  return text_.substr(Begin(first), End(last) - Begin(first));
}

}  // namespace medley::understanding
