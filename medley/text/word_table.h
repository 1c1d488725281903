#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::text {

/// A word of a table.
struct WordEntry {
  std::u16string word;
  float log_probability = 0;
  std::string tag;
};

/// Words with a probability and a part of speech each, in a file that is mapped, not read: nothing
/// is parsed, and only the pages that are looked at come into memory. The form is described in
/// tools/model_pack/words.py, which writes it.
/// Threads: immutable. Cost: opening checks the offsets, about 1 ms for 350,000 words; a look-up is
/// a binary search among the words with the same first character.
class WordTable {
 public:
  struct Word {
    float log_probability = 0;
    std::uint8_t tag = 0;
  };

  /// Errors: kNotFound, kIo; kCorrupt where an offset leads out of the file.
  static Result<WordTable> Open(const std::filesystem::path& path);
  /// A table of one's own words; the first of equal words counts.
  static Result<WordTable> Make(std::vector<WordEntry> entries);

  std::size_t size() const { return log_probabilities_.size(); }
  std::size_t n_tags() const { return tags_.size(); }
  std::string_view tag(std::uint8_t tag) const { return tags_[tag]; }

  std::optional<Word> Find(std::u16string_view word) const;
  /// How many words begin with `unit`.
  std::size_t CountFrom(char16_t unit) const { return first_[unit + 1U] - first_[unit]; }
  /// Calls take(length, word) for each word that `text` begins with, short ones first.
  template <typename Take>
  void ForEachPrefix(std::u16string_view text, Take take) const {
    if (text.empty()) return;
    std::size_t begin = first_[text[0]];
    std::size_t end = first_[text[0] + 1U];
    for (std::size_t length = 1; begin < end; ++length) {
      if (At(begin).size() == length) take(length, WordAt(begin));
      if (length == text.size()) return;
      Narrow(length, text[length], begin, end);
    }
  }

 private:
  Status Read(std::string_view bytes);
  std::u16string_view At(std::size_t index) const {
    return units_.substr(offsets_[index], offsets_[index + 1] - offsets_[index]);
  }
  Word WordAt(std::size_t index) const { return {log_probabilities_[index], word_tags_[index]}; }
  void Narrow(std::size_t at, char16_t unit, std::size_t& begin, std::size_t& end) const;

  MappedFile file_;
  std::string made_;  ///< in the file's place, where there is none
  std::vector<std::string> tags_;
  std::span<const std::uint32_t> first_;  ///< 65,537: where the words of each first unit begin
  std::span<const std::uint32_t> offsets_;
  std::span<const float> log_probabilities_;
  std::u16string_view units_;
  std::span<const std::uint8_t> word_tags_;
};

}  // namespace medley::text
