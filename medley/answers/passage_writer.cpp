#include "medley/answers/passage_writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/document_answer.h"
#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/data/text_check.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"
#include "medley/text/display.h"
#include "medley/text/normalize.h"

namespace medley::answers {
namespace {

constexpr std::chrono::milliseconds kLimit{6'000};
constexpr int kMaxTokens = 160;
constexpr std::size_t kMostShown = 1200;

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

/// The evidence in one text, as it is compared.
std::string Evidence(const DocumentAnswer& answer) {
  std::string evidence;
  for (const auto& cited : answer.cited)
    evidence += cited.title + "\n" + cited.heading + "\n" + cited.quote + "\n";
  return text::Normalize(evidence);
}

std::string UncoveredQuote(std::string_view text, std::string_view evidence) {
  constexpr std::array kQuotes = {
      std::pair{"“", "”"}, std::pair{"《", "》"}, std::pair{"「", "」"}, std::pair{"\"", "\""}};
  for (const auto& [open, close] : kQuotes) {
    for (auto at = text.find(open); at != std::string_view::npos; at = text.find(open, at + 1)) {
      const auto begin = at + std::string_view(open).size();
      const auto end = text.find(close, begin);
      if (end == std::string_view::npos) return "an open quote";
      const auto quoted = text::Normalize(text.substr(begin, end - begin));
      if (evidence.find(quoted) == std::string_view::npos) return "a name: " + quoted;
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

/// Each sentence that refuses what the evidence grants, or the other way round.
std::string WrongNegation(std::string_view text, const DocumentAnswer& answer) {
  for (const auto sentence : SentencesOf(text)) {
    const auto said = TermsOf(sentence);
    std::size_t best = 0;
    bool same = true;
    for (const auto& cited : answer.cited) {
      for (const auto one : SentencesOf(cited.quote)) {
        const auto known = TermsOf(one);
        const auto shared = static_cast<std::size_t>(std::ranges::count_if(
            said.terms, [&](const auto& term) { return Names(known, term); }));
        if (shared < best || shared == 0) continue;
        const bool alike = (Negations(sentence) > 0) == (Negations(one) > 0);
        same = shared > best ? alike : same || alike;
        best = shared;
      }
    }
    if (!same) return "a refusal or a promise: " + std::string(sentence);
  }
  return {};
}

}  // namespace

std::string Uncovered(std::string_view text, const DocumentAnswer& answer) {
  const std::string evidence = Evidence(answer);
  const auto known_numbers = Numbers(evidence);
  for (const auto& number : Numbers(text::Normalize(text))) {
    if (std::ranges::find(known_numbers, number) == known_numbers.end())
      return "a number: " + number;
  }
  if (auto quoted = UncoveredQuote(text, evidence); !quoted.empty()) return quoted;
  const auto known = TermsOf(evidence);
  const auto said = TermsOf(text);
  bool anything = false;
  for (const auto& term : said.terms) {
    anything = anything || Names(known, term);
    if (!Names(known, term) && !IsJoining(term) &&
        (IsDigit(term[0]) ? Numbers(term).empty() : true))
      return "a word: " + term;
  }
  if (!anything) return "nothing said";
  return WrongNegation(text, answer);
}

std::unique_ptr<PassageWriter> PassageWriter::Make(
    const std::map<std::string, std::string>& settings) {
  const auto backend = settings.find("backend");
  if (backend == settings.end() || backend->second != "endpoint") return nullptr;
  auto source = llm::FindLanguageModel(settings);
  if (!source) {
    spdlog::warn("answers stay quotations: {}", source.error().message);
    return nullptr;
  }
  return std::make_unique<PassageWriter>(*std::move(source), kLimit);
}

std::string PassageWriter::Write(std::string_view question, const DocumentAnswer& answer) {
  auto text = Generate(question, answer);
  if (!text) return {};
  std::string shown = text::DisplayText(data::TrimText(*text), kMostShown);
  return shown.empty() || IsInstruction(shown) || !Uncovered(shown, answer).empty() ? std::string()
                                                                                    : shown;
}

Result<std::string> PassageWriter::Generate(std::string_view question,
                                            const DocumentAnswer& answer) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return Fail(ErrorCode::kUnavailable, "another answer is being written");
  if (model_ == nullptr) {
    MEDLEY_ASSIGN_OR_RETURN(model_, source_.load());
  }
  std::string passages;
  for (const auto& cited : answer.cited)
    passages += cited.title + (cited.heading.empty() ? "" : " > " + cited.heading) + ": " +
                cited.quote + " ";
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt("answer"));
  MEDLEY_ASSIGN_OR_RETURN(
      auto filled, prompt.Fill({{"question", std::string(question)}, {"passages", passages}}));
  while (filled.ends_with('\n')) filled.pop_back();
  llm::GenerateOptions options;
  options.max_tokens = kMaxTokens;
  options.stops = {"\n"};
  options.deadline = std::chrono::steady_clock::now() + limit_;
  MEDLEY_ASSIGN_OR_RETURN(auto generation, model_->Generate(filled, options));
  if (!generation.complete) return Fail(ErrorCode::kLimitExceeded, "the answer was not finished");
  return std::move(generation.text);
}

}  // namespace medley::answers
