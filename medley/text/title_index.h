#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/fuzzy_dictionary.h"

namespace medley::text {

/// A document's title; a document may have several.
struct TitleEntry {
  std::string_view title;
  std::uint32_t document = 0;
};

/// What people may type for a title, folded: as it is, without the brackets that it ends with
/// ("Alien (1979)"), what such a bracket holds where it can be another title ("Nikita (La Femme
/// Nikita) (1990)"), and each with an article that was put last in front ("Piano, The"). The title
/// itself first.
std::vector<std::string> TitleForms(std::string_view title);

/// Looks documents up by their titles: exactly, by a beginning, and with slips of the pen.
/// Threads: immutable once built.
class TitleIndex {
 public:
  TitleIndex() = default;
  explicit TitleIndex(std::span<const TitleEntry> entries);

  /// Which documents may be found; empty: all.
  using Allowed = std::function<bool(std::uint32_t)>;

  /// Documents one of whose forms is the folded `title`: those whose whole title it is first, then
  /// in order of document.
  std::vector<std::uint32_t> Exact(std::string_view title,
                                   std::size_t limit,
                                   const Allowed& allowed = {}) const;
  /// Documents with a form that begins with the folded `beginning`, in the order of the forms.
  std::vector<std::uint32_t> Prefix(std::string_view beginning,
                                    std::size_t limit,
                                    const Allowed& allowed = {}) const;
  /// Documents with a form within a slip or two, nearest first.
  std::vector<std::uint32_t> Similar(std::string_view title,
                                     std::size_t limit,
                                     const Allowed& allowed = {}) const;
  /// `text` with each word that no title has replaced by the nearest that one has; "" where none
  /// was replaced.
  std::string Corrected(std::string_view text) const;

 private:
  struct Form {
    std::string text;
    std::uint32_t document;
    bool shortened;
  };
  std::vector<Form> forms_;         ///< sorted
  std::vector<std::string> words_;  ///< sorted, each once
  FuzzyDictionary fuzzy_forms_;
  FuzzyDictionary fuzzy_words_;
};

}  // namespace medley::text
