#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/analyser.h"

namespace medley::understanding {

/// One sentence as the rules of extraction look at it. Places outside it (also i - 1 of the first)
/// are empty words, so that rules need no bounds. Owns nothing of the text.
class SentenceView {
 public:
  /// Both must outlive it; the words point into `text`.
  SentenceView(std::string_view text, std::span<const text::Word> words);

  std::size_t size() const { return words_.size(); }
  std::span<const text::Word> words() const { return words_; }
  std::string_view Text(std::size_t i) const {
    return i < words_.size() ? words_[i].token.text : std::string_view();
  }
  std::string_view Lower(std::size_t i) const {
    return i < words_.size() ? std::string_view(lower_[i]) : std::string_view();
  }
  std::string_view Term(std::size_t i) const {
    return i < words_.size() ? std::string_view(words_[i].term) : std::string_view();
  }
  std::string_view Tag(std::size_t i) const {
    return i < words_.size() ? words_[i].tag : std::string_view();
  }
  bool Chinese(std::size_t i) const { return i < words_.size() && words_[i].token.chinese; }
  bool Capital(std::size_t i) const;
  bool Is(std::size_t i, std::initializer_list<std::string_view> lower) const;
  bool TagIs(std::size_t i, std::initializer_list<std::string_view> tags) const;
  /// Whether any of the `before` words in front of i, within its clause, is one of these.
  bool AnyBefore(std::size_t i,
                 std::size_t before,
                 std::initializer_list<std::string_view> lower) const;
  /// A common noun: not a name.
  bool Noun(std::size_t i) const { return TagIs(i, {"NN", "NNS"}) && !Capital(i); }

  /// Whether "J. " stands before word i, where a sentence may have been cut in a name.
  bool AfterInitial(std::size_t i) const;

  /// Where in the text words [first, last) stand, in bytes.
  std::uint32_t Begin(std::size_t first) const;
  std::uint32_t End(std::size_t last) const;
  /// The text of words [first, last) as it stands.
  std::string_view Piece(std::size_t first, std::size_t last) const;

 private:
  std::string_view text_;
  std::span<const text::Word> words_;
  std::vector<std::string> lower_;
};

}  // namespace medley::understanding
