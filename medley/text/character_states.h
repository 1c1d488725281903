#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::text {

/// Where a character stands in its word.
enum class Place : std::uint8_t { kBegin, kMiddle, kEnd, kSingle };
inline constexpr std::size_t kPlaces = 4;

/// Two hidden Markov models of Chinese characters: where words begin and end, and which part of
/// speech they are. In a mapped file; the form is described in tools/model_pack/words.py.
/// Threads: immutable. Source: Zhang, Yu, Xiong, Liu, HHMM-based Chinese lexical analyzer ICTCLAS,
/// 2003, for the idea of states by place and part of speech.
class CharacterStates {
 public:
  /// Errors: kNotFound, kIo; kCorrupt where the file isn't whole.
  static Result<CharacterStates> Open(const std::filesystem::path& path);

  /// Cuts a run of Chinese characters that the dictionary has no words for: the lengths of its
  /// words. The characters of `single` are words by themselves. Cost: linear.
  std::vector<std::size_t> Cut(std::u16string_view run, std::u16string_view single) const;

  std::size_t n_tags() const { return tags_.size(); }
  std::string_view tag(std::size_t tag) const { return tags_[tag]; }
  /// The tag of that name, n_tags() where there is none.
  std::size_t FindTag(std::string_view name) const;

  /// Calls take(tag, log probability) for the tags under which a word of this one character is
  /// known.
  template <typename Take>
  void ForEachSingle(char16_t unit, Take take) const {
    for (std::uint32_t e = first_[unit]; e < first_[unit + 1U]; ++e) {
      if (entries_[e].code % kPlaces == static_cast<std::size_t>(Place::kSingle))
        take(entries_[e].code / kPlaces, entries_[e].log_probability);
    }
  }
  /// How probable it is, as a logarithm, that a word of the tag is written like this, for each tag.
  void WriteLikelihoods(std::u16string_view word, std::span<float> out) const;
  /// The logarithm of the probability of a text beginning with `tag`, in a word of one character or
  /// of more.
  float Start(std::size_t tag, bool single) const { return tag_start_[tag * 2 + (single ? 1 : 0)]; }
  /// The same of `tag` after `before`.
  float Transition(std::size_t before, bool before_single, std::size_t tag, bool single) const {
    const std::size_t row = before * 2 + (before_single ? 1 : 0);
    return between_[(row * tags_.size() + tag) * 2 + (single ? 1 : 0)];
  }

 private:
  struct Entry {
    std::uint16_t code;  ///< tag x 4 + place
    std::uint16_t unused;
    float log_probability;
  };
  Status Read();

  MappedFile file_;
  std::vector<std::string> tags_;
  std::span<const float> start_;       ///< 4
  std::span<const float> step_;        ///< 4 x 4
  std::span<const float> characters_;  ///< 65,536 x 4
  std::span<const float> tag_start_;
  std::span<const float> within_;
  std::span<const float> between_;
  std::span<const std::uint32_t> first_;
  std::span<const Entry> entries_;
};

}  // namespace medley::text
