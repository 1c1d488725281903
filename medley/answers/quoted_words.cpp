#include "medley/answers/quoted_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/text/normalize.h"

namespace medley::answers {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Numbers as they are compared: "1,204" is 1204, "4.50" is 4.5.
std::vector<std::string> Numbers(std::string_view text) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    std::string number;
    bool point = false;
    for (; i < text.size(); ++i) {
      const bool inside = i + 1 < text.size() && IsDigit(text[i + 1]);
      if (IsDigit(text[i])) {
        number += text[i];
      } else if (text[i] == '.' && inside && !point) {
        number += text[i];
        point = true;
      } else if (text[i] != ',' || !inside) {
        break;
      }
    }
    if (point) number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    numbers.push_back(std::move(number));
  }
  return numbers;
}

QuotedWords::Gap UncoveredQuote(std::string_view text, std::string_view evidence) {
  constexpr std::array kQuotes = {
      std::pair{"“", "”"}, std::pair{"《", "》"}, std::pair{"「", "」"}, std::pair{"\"", "\""}};
  for (const auto& [open, close] : kQuotes) {
    for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at + 1)) {
      const auto begin = at + std::string_view(open).size();
      const auto end = text.find(close, begin);
      if (end == std::string_view::npos) return {"an open quote", true};
      const auto quoted = text::Normalize(text.substr(begin, end - begin));
      if (evidence.find(quoted) == std::string_view::npos) return {"a name: " + quoted};
      at = end;
    }
  }
  return {};
}

std::size_t Negations(std::string_view text) {
  constexpr std::array<std::string_view, 14> kSpaced = {"not",
                                                        "no",
                                                        "never",
                                                        "cannot",
                                                        "can't",
                                                        "don't",
                                                        "doesn't",
                                                        "won't",
                                                        "isn't",
                                                        "aren't",
                                                        "without",
                                                        "nor",
                                                        "unable",
                                                        "except"};
  constexpr std::array<std::string_view, 8> kChinese = {
      "不", "没", "无法", "非", "未", "勿", "禁止", "除"};
  const std::string plain = " " + text::Normalize(text) + " ";
  std::size_t n = 0;
  for (const auto word : kSpaced) {
    for (auto at = plain.find(word); at != std::string::npos; at = plain.find(word, at + 1)) {
      const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; };
      n += !letter(plain[at - 1]) && !letter(plain[at + word.size()]) ? 1 : 0;
    }
  }
  for (const auto word : kChinese) {
    for (auto at = plain.find(word); at != std::string::npos; at = plain.find(word, at + 1)) ++n;
  }
  return n;
}

/// Words that only join, which an answer may have of its own.
bool IsJoining(std::string_view term) {
  constexpr std::string_view kJoining =
      " according document answer question accord mean inform base state note full within sure "
      "根据 据文 文档 回答 ";
  return kJoining.find(" " + std::string(term) + " ") != std::string_view::npos;
}

}  // namespace

QuotedWords::QuotedWords(const DocumentAnswer& answer) {
  for (const auto& cited : answer.cited) {
    text_ += cited.title + "\n" + cited.heading + "\n" + cited.quote + "\n";
    for (const auto sentence : SentencesOf(cited.quote))
      sentences_.push_back({TermsOf(sentence), Negations(sentence) > 0});
  }
  text_ = text::Normalize(text_);
  terms_ = TermsOf(text_);
  numbers_ = Numbers(text_);
}

QuotedWords::Gap QuotedWords::GapIn(std::string_view text) const {
  for (const auto& number : Numbers(text::Normalize(text))) {
    if (std::ranges::find(numbers_, number) == numbers_.end()) return {"a number: " + number};
  }
  if (auto gap = UncoveredQuote(text, text_); !gap.empty()) return gap;
  const auto said = TermsOf(text);
  bool anything = false;
  for (const auto& term : said.terms) {
    const bool known = Names(terms_, term);
    anything = anything || known;
    if (!known && !IsJoining(term) && (!IsDigit(term[0]) || Numbers(term).empty()))
      return {"a word: " + term};
  }
  return anything ? Gap{} : Gap{"nothing said", true};
}

QuotedWords::Gap QuotedWords::GapInWhole(std::string_view text) const {
  auto gap = GapIn(text);
  return gap.empty() ? WrongNegation(text) : gap;
}

QuotedWords::Gap QuotedWords::WrongNegation(std::string_view text) const {
  for (const auto sentence : SentencesOf(text)) {
    const auto said = TermsOf(sentence);
    const bool negated = Negations(sentence) > 0;
    std::size_t best = 0;
    bool same = true;
    for (const auto& known : sentences_) {
      const auto shared = static_cast<std::size_t>(std::ranges::count_if(
          said.terms, [&](const auto& term) { return Names(known.terms, term); }));
      if (shared < best || shared == 0) continue;
      const bool alike = negated == known.negated;
      same = shared > best ? alike : same || alike;
      best = shared;
    }
    if (!same) return {"a refusal or a promise: " + std::string(sentence)};
  }
  return {};
}

}  // namespace medley::answers
