#include "medley/text/title_index.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/text/terms.h"

namespace medley::text {
namespace {

std::string_view TrimRight(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// A title that ends with a bracket, taken apart; `head` is empty where it does not.
struct Bracketed {
  std::string_view head;
  std::string_view inside;
};

Bracketed TakeBracket(std::string_view title) {
  title = TrimRight(title);
  if (!title.ends_with(')')) return {};
  const auto open = title.rfind('(');
  if (open == std::string_view::npos) return {};
  return {TrimRight(title.substr(0, open)), title.substr(open + 1, title.size() - open - 2)};
}

/// Whether what stands in brackets can be another title, not a year or a mark ("1995", "V").
bool CanBeTitle(std::string_view inside) {
  constexpr std::size_t kShortest = 3;
  return inside.size() >= kShortest &&
         inside.find_first_not_of("0123456789-/ ") != std::string_view::npos;
}

/// "The Piano" for "Piano, The"; "" where no article was put last.
std::string ArticleFirst(std::string_view title) {
  for (const std::string_view article : {", The",
                                         ", A",
                                         ", An",
                                         ", La",
                                         ", Le",
                                         ", Les",
                                         ", Il",
                                         ", El",
                                         ", Das",
                                         ", Der",
                                         ", Die"}) {
    if (!title.ends_with(article)) continue;
    return std::string(article.substr(2)) + " " +
           std::string(title.substr(0, title.size() - article.size()));
  }
  return {};
}

/// Takes documents, each once, as long as there is room.
class Selection {
 public:
  Selection(std::size_t limit, const TitleIndex::Allowed& allowed)
      : limit_(limit), allowed_(allowed) {}

  bool full() const { return documents_.size() >= limit_; }
  void Add(std::uint32_t document) {
    if (full() || (allowed_ && !allowed_(document))) return;
    if (seen_.insert(document).second) documents_.push_back(document);
  }
  std::vector<std::uint32_t> Take() { return std::move(documents_); }

 private:
  std::size_t limit_;
  const TitleIndex::Allowed& allowed_;
  std::vector<std::uint32_t> documents_;
  std::unordered_set<std::uint32_t> seen_;
};

}  // namespace

std::vector<std::string> TitleForms(std::string_view title) {
  std::vector<std::string> forms = {FoldTitle(title)};
  const auto add = [&forms](std::string_view form) {
    if (form.empty()) return;
    auto folded = FoldTitle(form);
    if (!folded.empty() && std::ranges::find(forms, folded) == forms.end())
      forms.push_back(std::move(folded));
  };
  std::vector<std::string_view> others;
  std::string_view rest = title;
  add(ArticleFirst(TrimRight(rest)));
  for (auto taken = TakeBracket(rest); !taken.head.empty(); taken = TakeBracket(rest)) {
    rest = taken.head;
    add(rest);
    add(ArticleFirst(rest));
    if (CanBeTitle(taken.inside)) others.push_back(taken.inside);
  }
  for (const auto other : others) {
    add(other);
    add(ArticleFirst(other));
  }
  if (forms[0].empty()) forms.clear();
  return forms;
}

TitleIndex::TitleIndex(std::span<const TitleEntry> entries) {
  for (const auto& entry : entries) {
    bool shortened = false;
    for (auto& form : TitleForms(entry.title)) {
      forms_.push_back({std::move(form), entry.document, shortened});
      shortened = true;
    }
    for (auto& word : Words(entry.title)) words_.push_back(std::move(word));
  }
  std::ranges::sort(forms_, {}, [](const Form& form) {
    return std::tie(form.text, form.shortened, form.document);
  });
  std::ranges::sort(words_);
  const auto repeated = std::ranges::unique(words_);
  words_.erase(repeated.begin(), repeated.end());
  std::vector<std::string> texts;
  texts.reserve(forms_.size());
  for (const auto& form : forms_) texts.push_back(form.text);
  fuzzy_forms_ = FuzzyDictionary(texts);
  fuzzy_words_ = FuzzyDictionary(words_);
}

std::vector<std::uint32_t> TitleIndex::Exact(std::string_view title,
                                             std::size_t limit,
                                             const Allowed& allowed) const {
  Selection selection(limit, allowed);
  const std::string folded = FoldTitle(title);
  const auto range = std::ranges::equal_range(forms_, folded, {}, &Form::text);
  for (const auto& form : range) selection.Add(form.document);
  return selection.Take();
}

std::vector<std::uint32_t> TitleIndex::Prefix(std::string_view beginning,
                                              std::size_t limit,
                                              const Allowed& allowed) const {
  Selection selection(limit, allowed);
  const std::string folded = FoldTitle(beginning);
  if (folded.empty()) return {};
  auto form = std::ranges::lower_bound(forms_, folded, {}, &Form::text);
  for (; form != forms_.end() && form->text.starts_with(folded) && !selection.full(); ++form)
    selection.Add(form->document);
  return selection.Take();
}

std::vector<std::uint32_t> TitleIndex::Similar(std::string_view title,
                                               std::size_t limit,
                                               const Allowed& allowed) const {
  Selection selection(limit, allowed);
  for (const auto& match : fuzzy_forms_.Nearest(FoldTitle(title), forms_.size())) {
    selection.Add(forms_[match.entry].document);
  }
  return selection.Take();
}

std::string TitleIndex::Corrected(std::string_view text) const {
  constexpr std::size_t kMostWords = 16;
  bool changed = false;
  std::string corrected;
  std::size_t looked_up = 0;
  for (const auto& word : Words(text)) {
    if (!corrected.empty()) corrected += ' ';
    const bool known = std::ranges::binary_search(words_, word);
    const auto nearest = known || ++looked_up > kMostWords ? std::vector<FuzzyDictionary::Match>()
                                                           : fuzzy_words_.Nearest(word, 1);
    if (nearest.empty()) {
      corrected += word;
    } else {
      corrected += words_[nearest[0].entry];
      changed = true;
    }
  }
  return changed ? corrected : std::string();
}

}  // namespace medley::text
