#include "medley/explain/phrases.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/explain/clauses.h"
#include "medley/text/display.h"
#include "medley/text/utf8.h"

namespace medley::explain {
namespace {

using Kind = recommenders::Evidence::Kind;

void ReplaceAll(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

bool IsSayable(const Fact& fact) {
  switch (fact.kind) {
    case Kind::kPastItem:
      if (fact.action == kAskedAbout) return false;
      [[fallthrough]];
    case Kind::kSimilar:
      return !DisplayName(fact.item_title).empty();
    case Kind::kAttribute:
      return !DisplayName(fact.value).empty() && !DisplayName(fact.attribute).empty();
    case Kind::kPopularity:
      return WholeCount(fact.count) > 0;
    case Kind::kNew:
      return true;
  }
  return false;
}

/// Whether `second` says nothing beside `first`.
bool Repeats(const Fact& first, const Fact& second) {
  if (first.kind != second.kind) return false;
  if (first.kind == Kind::kAttribute)
    return first.attribute == second.attribute && first.value == second.value;
  return first.kind == Kind::kPopularity || first.kind == Kind::kNew ||
         (first.item_title == second.item_title && first.space == second.space);
}

bool SameItem(const Fact& first, const Fact& second) {
  return first.kind == Kind::kPastItem && second.kind == Kind::kSimilar &&
         first.item_id == second.item_id && first.item_title == second.item_title;
}

std::string Sentence(std::string words) {
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return words + ".";
}

/// `first` and `last` in one sentence; what they share at their beginnings is said once.
std::string JoinEnglish(const std::string& first, std::string_view last) {
  const bool of_this = first.starts_with("this ") || first.starts_with("it ");
  for (const std::string_view shared : {"this ", "you chose "}) {
    const bool shares = shared == "this " ? of_this : first.starts_with(shared);
    if (shares && last.starts_with(shared)) last.remove_prefix(shared.size());
  }
  std::string joined(last);
  constexpr std::string_view kAtThis = " this";
  const bool named = of_this || first.ends_with(kAtThis);
  if (named && joined.ends_with(kAtThis))
    joined.replace(joined.size() - kAtThis.size(), kAtThis.size(), " it");
  return first + ", and " + joined;
}

std::vector<std::string> EnglishSentences(const Clauses& first, const Clauses* second) {
  std::vector<std::string> sentences;
  if (second == nullptr) {
    for (const auto& clause : first.because) sentences.push_back("Because " + clause + ".");
    for (const auto& clause : first.alone) sentences.push_back(Sentence(clause));
    return sentences;
  }
  for (const auto& last : second->plain) {
    for (const auto& clause : first.because)
      sentences.push_back("Because " + JoinEnglish(clause, last) + ".");
  }
  for (const auto& last : second->plain) {
    for (const auto& clause : first.plain) sentences.push_back(Sentence(JoinEnglish(clause, last)));
  }
  return sentences;
}

std::string JoinChinese(const std::string& first, std::string_view last) {
  constexpr std::string_view kIt = "它";
  constexpr std::string_view kOf = "的";
  if (first.starts_with(kIt) && last.starts_with(kIt)) {
    last.remove_prefix(kIt.size());
    if (last.starts_with(kOf)) last.remove_prefix(kOf.size());
  }
  return first + "，而且" + std::string(last);
}

std::vector<std::string> ChineseSentences(const Clauses& first, const Clauses* second) {
  std::vector<std::string> sentences;
  if (second == nullptr) {
    for (const auto& clause : first.because) {
      sentences.push_back("因为" + clause + "。");
      sentences.push_back("因为" + clause + "，所以推荐给你。");
    }
    for (const auto& clause : first.alone) sentences.push_back(clause + "。");
    return sentences;
  }
  for (const auto& last : second->plain) {
    for (const auto& clause : first.because)
      sentences.push_back("因为" + JoinChinese(clause, last) + "。");
  }
  for (const auto& last : second->plain) {
    for (const auto& clause : first.plain) sentences.push_back(JoinChinese(clause, last) + "。");
  }
  return sentences;
}

std::vector<std::string> WithoutFacts(const std::string& title, Language language) {
  if (language == Language::kChinese) {
    if (title.empty()) return {"不妨了解一下。"};
    return {"不妨了解一下" + title + "。", "也许可以看看" + title + "。", title + "或许值得一看。"};
  }
  if (title.empty()) return {"This may be worth a look."};
  return {title + " may be worth a look.",
          "Have a look at " + title + ".",
          "Here is one to explore: " + title + "."};
}

}  // namespace

Language LanguageOf(std::string_view locale) {
  return LowerAscii(locale.substr(0, 2)) == "zh" &&
                 (locale.size() == 2 || locale[2] == '-' || locale[2] == '_')
             ? Language::kChinese
             : Language::kEnglish;
}

std::string Quoted(std::string_view title, Language language) {
  std::string line = text::DisplayText(title, kTitleGraphemes);
  if (line.empty()) return line;
  const bool chinese = language == Language::kChinese;
  ReplaceAll(line, chinese ? "《" : "“", chinese ? "〈" : "‘");
  ReplaceAll(line, chinese ? "》" : "”", chinese ? "〉" : "’");
  return (chinese ? "《" : "“") + text::IsolateDirection(line) + (chinese ? "》" : "”");
}

std::string QuotedValue(std::string_view value) { return Quoted(value, Language::kEnglish); }

std::string DisplayName(std::string_view text) { return text::DisplayText(text, kTitleGraphemes); }

bool LooksLikeName(std::string_view value) {
  constexpr int kMaxWords = 4;
  const std::string line = DisplayName(value);
  int words = 1;
  bool at_start = true;
  for (std::size_t at = 0; at < line.size();) {
    const auto character = static_cast<UChar32>(text::NextCharacter(line, at));
    if (character == ' ') {
      ++words;
      at_start = true;
      continue;
    }
    const bool letter = u_isalpha(character) != 0 || u_isdigit(character) != 0;
    if (at_start && (!letter || u_islower(character) != 0)) return false;
    if (!letter && character != '-' && character != '\'') return false;
    at_start = false;
  }
  return !line.empty() && words <= kMaxWords && !text::HasRightToLeft(line);
}

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::uint64_t WholeCount(double count) {
  constexpr double kMost = 1e15;
  if (!(count >= 1)) return 0;
  return static_cast<std::uint64_t>(std::floor(std::min(count, kMost)));
}

std::vector<Fact> SayableFacts(const std::vector<Fact>& facts, std::size_t limit) {
  std::vector<Fact> said;
  for (const auto& fact : facts) {
    if (said.size() >= limit) break;
    bool adds = IsSayable(fact);
    for (const auto& earlier : said) adds = adds && !Repeats(earlier, fact);
    if (adds) said.push_back(fact);
  }
  return said;
}

Clauses ClausesOf(const Fact& fact, const Fact* before, Language language) {
  const bool same_item = before != nullptr && SameItem(*before, fact);
  return language == Language::kChinese ? ChineseClauses(fact, same_item)
                                        : EnglishClauses(fact, same_item);
}

std::vector<std::string> Sentences(std::string_view title,
                                   const std::vector<Fact>& facts,
                                   Language language) {
  if (facts.empty()) return WithoutFacts(Quoted(title, language), language);
  const Clauses first = ClausesOf(facts[0], nullptr, language);
  Clauses second;
  if (facts.size() > 1) second = ClausesOf(facts[1], &facts[0], language);
  const Clauses* last = facts.size() > 1 ? &second : nullptr;
  return language == Language::kChinese ? ChineseSentences(first, last)
                                        : EnglishSentences(first, last);
}

}  // namespace medley::explain
