#include "medley/understanding/phrase_table.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "medley/text/normalize.h"

namespace medley::understanding {
namespace {

constexpr std::size_t kMostChineseWords = 4;

/// A Chinese word of three or more characters without its first; else nothing.
std::string_view WithoutFirst(std::string_view word) {
  constexpr std::size_t kCharacter = 3;
  return word.size() >= 3 * kCharacter ? word.substr(kCharacter) : std::string_view();
}

/// The parts of "a|b|c".
template <typename Take>
void ForEachForm(std::string_view forms, Take take) {
  while (!forms.empty()) {
    const auto bar = forms.find('|');
    take(forms.substr(0, bar));
    forms = bar == std::string_view::npos ? std::string_view() : forms.substr(bar + 1);
  }
}

}  // namespace

PhraseTable::PhraseTable(std::span<const ListedWord> words) {
  for (const ListedWord& word : words) {
    for (const auto forms : {word.english, word.chinese}) {
      const auto name = forms.substr(0, forms.find('|'));
      ForEachForm(forms, [&](std::string_view form) { Add(form, name); });
    }
  }
}

void PhraseTable::Add(std::string_view form, std::string_view name) {
  const std::string folded = text::Normalize(form);
  if (folded.empty() || !names_.try_emplace(folded, name).second) return;
  const auto n_words = 1 + static_cast<std::size_t>(std::ranges::count(folded, ' '));
  auto& most = most_words_[folded.substr(0, folded.find(' '))];
  most = std::max(most, n_words);
}

std::string_view PhraseTable::Find(std::string_view form) const {
  const auto found = names_.find(form);
  return found == names_.end() ? std::string_view() : std::string_view(found->second);
}

PhraseTable::Match PhraseTable::Longest(const SentenceView& sentence, std::size_t at) const {
  const bool chinese = sentence.Chinese(at);
  std::size_t most = 1;
  if (chinese) {
    most = kMostChineseWords;
  } else if (const auto found = most_words_.find(sentence.Lower(at)); found != most_words_.end()) {
    most = found->second;
  }
  Match best;
  std::string phrase;
  for (std::size_t n = 1; n <= most && at + n <= sentence.size(); ++n) {
    const std::size_t last = at + n - 1;
    if (chinese != sentence.Chinese(last)) break;
    if (n > 1 && !chinese) phrase += ' ';
    auto name = Find(phrase + std::string(sentence.Lower(last)));
    if (name.empty()) name = Find(phrase + std::string(sentence.Term(last)));
    // "女间谍" is a 间谍.
    if (name.empty() && chinese && n == 1) name = Find(WithoutFirst(sentence.Lower(last)));
    if (!name.empty()) best = {name, n};
    phrase += sentence.Lower(last);
  }
  return best;
}

}  // namespace medley::understanding
