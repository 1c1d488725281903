#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/explain/explanation.h"

namespace medley::explain {

/// Characters of a title or a value that a sentence shows.
inline constexpr std::size_t kTitleGraphemes = 60;

enum class Language { kEnglish, kChinese };

/// "zh", "zh-CN", "zh_Hans_SG": Chinese; everything else English.
Language LanguageOf(std::string_view locale);

/// A title or value as a sentence shows it: one harmless line (text::DisplayText) in “ ”, or 《 》
/// in Chinese. The quotes' own characters inside become single ones, so the closing one ends what
/// is quoted. Missing: "" for a title without a visible character.
std::string Quoted(std::string_view title, Language language);

/// What a fact can be said in. Every clause says the fact, the whole fact where a sentence leaves
/// room, and nothing else.
struct Clauses {
  std::vector<std::string> because;  ///< after "Because" / "因为"
  std::vector<std::string> plain;    ///< as a statement; also after "and" / "而且"
  std::vector<std::string> alone;    ///< as the only statement of a sentence
};

/// Which of `facts` a sentence says: the strongest and one more that adds something, fewer where
/// there are not as many. Facts that can't be said (no title, no positive count) are left out.
std::vector<Fact> SayableFacts(const std::vector<Fact>& facts, std::size_t limit = 2);

/// The clauses of `fact`, none of them empty. `before`: the fact said before it in the same
/// sentence, whose item it may then refer to by a pronoun; nullptr: none.
Clauses ClausesOf(const Fact& fact, const Fact* before, Language language);

/// Every whole sentence for `facts` (at most two, from SayableFacts), the plainest first.
std::vector<std::string> Sentences(std::string_view title,
                                   const std::vector<Fact>& facts,
                                   Language language);

}  // namespace medley::explain
