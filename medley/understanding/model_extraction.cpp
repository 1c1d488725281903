#include "medley/understanding/model_extraction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"
#include "medley/text/normalize.h"
#include "medley/text/utf8.h"

namespace medley::understanding {
namespace {

constexpr std::size_t kMostBytes = 2000;
constexpr std::size_t kMostTailBytes = 80;
constexpr float kConfidence = 0.7F;
constexpr int kMostTokens = 700;
/// What stands where a text would.
constexpr std::string_view kNoText = "…";

/// The longest beginning of `text` of at most kMostBytes that ends between characters.
std::string_view Cut(std::string_view text) {
  if (text.size() <= kMostBytes) return text;
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

bool IsChinese(std::string_view text) {
  std::size_t chinese = 0;
  std::size_t letters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = text::NextCharacter(text, at);
    chinese += character >= 0x4E00 && character <= 0x9FFF ? 1 : 0;
    letters += character < 0x80 ? 1 : 0;
  }
  return chinese * 2 > letters;
}

/// Where `quote` stands in `text`, whatever its ASCII case; npos: nowhere.
std::size_t FindQuote(std::string_view text, std::string_view quote) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto found =
      std::search(text.begin(), text.end(), quote.begin(), quote.end(), [&](char a, char b) {
        return lower(a) == lower(b);
      });
  return found == text.end() || quote.empty() ? std::string_view::npos
                                              : static_cast<std::size_t>(found - text.begin());
}

bool IsRelation(std::string_view relation) {
  constexpr std::array<std::string_view, 6> kRelations = {
      "set_in", "period", "character", "character_occupation", "theme", "based_on"};
  return std::ranges::find(kRelations, relation) != kRelations.end();
}

/// Names must stand in the text as they are; occupations and themes may be said in other words.
bool MustStand(std::string_view relation) {
  return relation == "set_in" || relation == "period" || relation == "character";
}

std::string TextField(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The list as far as it goes: an answer that was cut ends behind its last whole statement.
Json ReadList(std::string_view answer) {
  auto json = Json::parse(answer, nullptr, false);
  if (json.is_array()) return json;
  const auto last = answer.rfind('}');
  if (last == std::string_view::npos) return Json::array();
  json = Json::parse(std::string(answer.substr(0, last + 1)) + "]", nullptr, false);
  return json.is_array() ? json : Json::array();
}

void Count(const llm::Generation& answer, double seconds, ModelCost& cost) {
  ++cost.calls;
  cost.prompt_tokens += static_cast<std::uint64_t>(answer.prompt_tokens);
  cost.tokens += static_cast<std::uint64_t>(answer.tokens);
  cost.seconds += seconds;
}

}  // namespace

std::string_view ExtractionGrammar() {
  return R"GBNF(root ::= " "? "[" (item (", " item){0,19})? "]"
item ::= "{\"relation\": \"" relation "\", \"tail\": \"" char{1,60} "\", \"quote\": \"" char{1,120} "\"}"
relation ::= "set_in" | "period" | "character" | "character_occupation" | "theme" | "based_on"
char ::= [^"\\\x00-\x1F\x7F]
)GBNF";
}

std::vector<Found> GroundedStatements(std::string_view text,
                                      std::string_view answer,
                                      std::uint64_t& invented) {
  std::vector<Found> out;
  for (const Json& one : ReadList(answer)) {
    const std::string relation = TextField(one, "relation");
    std::string tail = TextField(one, "tail");
    const std::string quote = TextField(one, "quote");
    auto at = FindQuote(text, MustStand(relation) ? std::string_view(tail) : quote);
    const bool stands =
        at != std::string_view::npos && FindQuote(text, quote) != std::string_view::npos;
    if (!IsRelation(relation) || !stands || tail.empty() || tail.size() > kMostTailBytes) {
      ++invented;
      continue;
    }
    const auto length = MustStand(relation) ? tail.size() : quote.size();
    if (!MustStand(relation)) tail = text::Normalize(tail);
    Found found{relation,
                std::move(tail),
                static_cast<std::uint32_t>(at),
                static_cast<std::uint32_t>(at + length),
                kConfidence,
                "model"};
    const bool there = std::ranges::any_of(out, [&](const Found& other) {
      return other.relation == found.relation &&
             text::Normalize(other.tail) == text::Normalize(found.tail);
    });
    if (!there) out.push_back(std::move(found));
  }
  return out;
}

std::string ModelExtractor::version() const {
  std::string version(model_->version());
  version += "/" + Json(verify_above_).dump();
  for (const auto* const name : {"extract_en", "extract_zh", "verify_en", "verify_zh"}) {
    if (const auto prompt = llm::FindPrompt(name)) version += "/" + prompt->Version();
  }
  return version;
}

Result<std::vector<Found>> ModelExtractor::Extract(std::string_view text,
                                                   TextKind kind,
                                                   const llm::CallLimits& limits,
                                                   ModelCost& cost) {
  if (kind == TextKind::kGoods || text.empty()) return std::vector<Found>();
  const auto shown = Cut(text);
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt,
                          llm::FindPrompt(IsChinese(text) ? "extract_zh" : "extract_en"));
  MEDLEY_ASSIGN_OR_RETURN(const auto filled, prompt.Fill({{"text", std::string(shown)}}));
  llm::GenerateOptions options;
  options.grammar = std::string(ExtractionGrammar());
  options.max_tokens = kMostTokens;
  options.deadline = limits.deadline;
  options.cancel = limits.cancel;
  const Stopwatch watch;
  const auto answer = model_->Generate(filled, options);
  if (!answer) {
    ++cost.calls;
    cost.seconds += watch.Seconds();
    return tl::unexpected(answer.error());
  }
  Count(*answer, watch.Seconds(), cost);
  return GroundedStatements(text, answer->text, cost.invented);
}

Result<double> ModelExtractor::LogOdds(std::string_view text,
                                       const Found& found,
                                       const llm::CallLimits& limits,
                                       ModelCost& cost) {
  const bool chinese = IsChinese(text);
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt, llm::FindPrompt(chinese ? "verify_zh" : "verify_en"));
  const std::vector<std::string> answers =
      chinese ? std::vector<std::string>{"是", "否"} : std::vector<std::string>{" yes", " no"};
  const auto ask = [&](std::string_view shown) -> Result<double> {
    MEDLEY_ASSIGN_OR_RETURN(
        const auto filled,
        prompt.Fill({{"text", std::string(shown)}, {"statement", StatementOf(found, chinese)}}));
    const Stopwatch watch;
    const auto odds = model_->LogLikelihood(filled, answers, limits);
    ++cost.calls;
    cost.seconds += watch.Seconds();
    if (!odds) return tl::unexpected(odds.error());
    return (*odds)[0] - (*odds)[1];
  };
  MEDLEY_ASSIGN_OR_RETURN(const double asked, ask(Cut(text)));
  MEDLEY_ASSIGN_OR_RETURN(const double anyway, ask(kNoText));
  return asked - anyway;
}

Result<bool> ModelExtractor::Verify(std::string_view text,
                                    const Found& found,
                                    const llm::CallLimits& limits,
                                    ModelCost& cost) {
  MEDLEY_ASSIGN_OR_RETURN(const double odds, LogOdds(text, found, limits, cost));
  return odds > verify_above_;
}

std::string StatementOf(const Found& found, bool chinese) {
  struct Row {
    std::string_view relation;
    std::string_view english;
    std::string_view chinese;
  };
  constexpr Row kRows[] = {
      {"set_in", "It happens in ", "故事发生在"},
      {"place", "It is about something in ", "它说的事发生在"},
      {"period", "It happens in this time: ", "故事发生的时间是"},
      {"character", "Someone in it is called ", "其中有个人物叫"},
      {"character_occupation", "Someone in it is a ", "其中有个人物是"},
      {"theme", "It deals with ", "它涉及"},
      {"based_on", "It is based on a ", "它改编自"},
      {"based_on_writer", "It is based on a work of ", "它改编自这位作者的作品："},
  };
  for (const Row& row : kRows) {
    if (row.relation == found.relation)
      return std::string(chinese ? row.chinese : row.english) + found.tail + (chinese ? "。" : ".");
  }
  return found.relation + ": " + found.tail;
}

}  // namespace medley::understanding
