#include "medley/text/analyser.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/text/chinese_words.h"
#include "medley/text/english_tagger.h"
#include "medley/text/normalize.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/tokens.h"
#include "medley/text/utf8.h"

namespace medley::text {
namespace {

/// One unit a character, as ChineseWords takes them.
std::u16string UnitsOf(std::string_view text) {
  constexpr char32_t kLast = 0xFFFF;
  std::u16string units;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCharacter(text, at);
    units += c <= kLast ? static_cast<char16_t>(c) : u'\uFFFD';
  }
  return units;
}

/// "batteries" is battery, "shoes" is shoe.
std::string Singular(std::string word) {
  const std::string_view view = word;
  if (view.size() > 4 && view.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  for (const std::string_view ending : {"sses", "shes", "ches", "xes"}) {
    if (view.ends_with(ending)) return word.substr(0, word.size() - 2);
  }
  if (view.size() > 3 && view.ends_with('s') && !view.ends_with("ss") && !view.ends_with("us"))
    word.pop_back();
  return word;
}

PartOfSpeech PartOf(const Word& word, bool chinese) {
  switch (word.token.kind) {
    case TokenKind::kPunctuation:
      return PartOfSpeech::kPunctuation;
    case TokenKind::kSymbol:
      return PartOfSpeech::kSymbol;
    case TokenKind::kNumber:
      return PartOfSpeech::kNumeral;
    case TokenKind::kAddress:
      return PartOfSpeech::kName;
    default:
      return chinese ? OfChineseTag(word.tag) : OfPennTag(word.tag);
  }
}

/// The tag of what is no Chinese word: the tagger's for words, one of its kind for the others.
std::string_view OtherTag(TokenKind kind, std::string_view tag) {
  switch (kind) {
    case TokenKind::kPunctuation:
      return "PUNCT";
    case TokenKind::kSymbol:
      return "SYM";
    case TokenKind::kNumber:
      return "CD";
    case TokenKind::kAddress:
      return "ADD";
    default:
      return tag;
  }
}

}  // namespace

Result<Analyser> Analyser::Open(const AnalyserFiles& files) {
  MEDLEY_ASSIGN_OR_RETURN(auto chinese,
                          ChineseWords::Open(files.chinese_words, files.chinese_states));
  MEDLEY_ASSIGN_OR_RETURN(
      auto english,
      EnglishTagger::Open(files.english_words, files.english_context, files.english_endings));
  return Analyser(std::move(chinese), std::move(english));
}

void Analyser::TagChinese(std::span<Word> words) const {
  std::vector<std::u16string> units;
  for (const Word& word : words) units.push_back(UnitsOf(word.token.text));
  const auto tags = chinese_.Tag(units);
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].tag = tags[i];
    words[i].part = PartOf(words[i], /*chinese=*/true);
    words[i].term = Normalize(words[i].token.text);
  }
}

void Analyser::TagOthers(std::span<Word> words) const {
  std::vector<std::string_view> tokens;
  for (const Word& word : words) tokens.push_back(word.token.text);
  const bool has_words = std::ranges::any_of(
      words, [](const Word& word) { return word.token.kind == TokenKind::kWord; });
  const auto tags = has_words ? english_.Tag(tokens) : std::vector<std::string_view>(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].tag = OtherTag(words[i].token.kind, tags[i]);
    words[i].part = PartOf(words[i], /*chinese=*/false);
    words[i].term = Normalize(words[i].token.text);
    if (tags[i] == "NNS" && words[i].token.kind == TokenKind::kWord)
      words[i].term = Singular(std::move(words[i].term));
  }
}

void Analyser::ForEachSentence(std::string_view text,
                               const std::function<void(std::span<const Word>)>& take) const {
  std::vector<Word> words;
  text::ForEachSentence(text, chinese_, [&](std::span<const Token> tokens) {
    words.clear();
    for (const Token& token : tokens) words.push_back({.token = token, .tag = {}, .term = {}});
    for (auto begin = words.begin(); begin != words.end();) {
      const bool chinese = begin->token.chinese;
      const auto end = std::find_if(
          begin, words.end(), [chinese](const Word& w) { return w.token.chinese != chinese; });
      chinese ? TagChinese({begin, end}) : TagOthers({begin, end});
      begin = end;
    }
    take(words);
  });
}

}  // namespace medley::text
