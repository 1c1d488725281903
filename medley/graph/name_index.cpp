#include "medley/graph/name_index.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/text/fuzzy_dictionary.h"

namespace medley::graph {

NameIndex::NameIndex(std::vector<Entry> entries) : entries_(std::move(entries)) {
  const auto order = [](const Entry& entry) {
    return std::tie(entry.form, entry.looseness, entry.node);
  };
  std::ranges::sort(entries_, {}, order);
  std::vector<std::string> forms;
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    if (i > 0 && entries_[i].form == entries_[i - 1].form) continue;
    first_.push_back(i);
    forms.push_back(entries_[i].form);
    const auto blanks = std::ranges::count(entries_[i].form, ' ');
    longest_words_ = std::max(longest_words_, static_cast<std::size_t>(blanks) + 1);
  }
  fuzzy_ = text::FuzzyDictionary(forms);
}

std::span<const NameIndex::Entry> NameIndex::Exact(std::string_view folded) const {
  const auto range = std::ranges::equal_range(
      entries_, folded, {}, [](const Entry& entry) { return std::string_view(entry.form); });
  return {range.begin(), range.end()};
}

bool NameIndex::AnyBegins(std::string_view folded) const {
  const auto at = std::ranges::lower_bound(
      entries_, folded, {}, [](const Entry& entry) { return std::string_view(entry.form); });
  return at != entries_.end() && at->form.starts_with(folded);
}

std::vector<NameIndex::Near> NameIndex::Nearest(std::string_view folded, std::size_t limit) const {
  std::vector<Near> near;
  for (const auto& match : fuzzy_.Nearest(folded, limit + 1)) {
    if (match.distance == 0) continue;
    for (auto i = first_[match.entry];
         i < entries_.size() && entries_[i].form == entries_[first_[match.entry]].form;
         ++i)
      near.push_back({&entries_[i], match.distance});
  }
  return near;
}

}  // namespace medley::graph
