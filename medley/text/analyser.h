#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/result.h"
#include "medley/text/chinese_words.h"
#include "medley/text/english_tagger.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/tokens.h"

namespace medley::text {

/// A token and what it is.
struct Word {
  Token token;
  PartOfSpeech part = PartOfSpeech::kOther;
  std::string_view tag;  ///< "NNS", "vn": the finer class of its language
  std::string term;      ///< what it is counted as: normalised, English nouns in the singular
};

/// The files of the model pack that an analyser reads.
struct AnalyserFiles {
  std::filesystem::path chinese_words;
  std::filesystem::path chinese_states;
  std::filesystem::path english_words;
  std::filesystem::path english_context;
  std::filesystem::path english_endings;
};

/// Sentences, words and parts of speech of English and Chinese text, also mixed. Words of other
/// languages are cut, and tagged as unknown English ones.
/// Missing: an empty text has no sentences. Threads: immutable, any. Cost: opening takes
/// milliseconds; about 1 million words a second.
class Analyser {
 public:
  /// Errors: those of ChineseWords and EnglishTagger.
  static Result<Analyser> Open(const AnalyserFiles& files);
  Analyser(ChineseWords chinese, EnglishTagger english)
      : chinese_(std::move(chinese)), english_(std::move(english)) {}

  /// The tokens point into `text`.
  void ForEachSentence(std::string_view text,
                       const std::function<void(std::span<const Word>)>& take) const;

 private:
  void TagChinese(std::span<Word> words) const;
  void TagOthers(std::span<Word> words) const;

  ChineseWords chinese_;
  EnglishTagger english_;
};

}  // namespace medley::text
