#include "medley/text/english_tagger.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/text/word_table.h"

namespace medley::text {
namespace {

/// What stands before the first and behind the last word, in the rules.
constexpr std::string_view kEdge = "STAART";

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), Lower);
  return lower;
}

std::vector<std::string> Fields(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(field);
  return fields;
}

struct Place {
  bool word;
  int first;
  int last;
};
struct Template {
  std::string_view name;
  std::vector<Place> places;  ///< of each argument
};

/// Brill's names of what a rule may look at.
const std::vector<Template>& Templates() {
  constexpr bool kTag = false;
  constexpr bool kWord = true;
  static const std::vector<Template> templates = {
      {"PREVTAG", {{kTag, -1, -1}}},
      {"PREV2TAG", {{kTag, -2, -2}}},
      {"PREV1OR2TAG", {{kTag, -2, -1}}},
      {"PREV1OR2OR3TAG", {{kTag, -3, -1}}},
      {"NEXTTAG", {{kTag, 1, 1}}},
      {"NEXT2TAG", {{kTag, 2, 2}}},
      {"NEXT1OR2TAG", {{kTag, 1, 2}}},
      {"NEXT1OR2OR3TAG", {{kTag, 1, 3}}},
      {"SURROUNDTAG", {{kTag, -1, -1}, {kTag, 1, 1}}},
      {"PREVBIGRAM", {{kTag, -2, -2}, {kTag, -1, -1}}},
      {"NEXTBIGRAM", {{kTag, 1, 1}, {kTag, 2, 2}}},
      {"CURWD", {{kWord, 0, 0}}},
      {"PREVWD", {{kWord, -1, -1}}},
      {"PREV1OR2WD", {{kWord, -2, -1}}},
      {"NEXTWD", {{kWord, 1, 1}}},
      {"NEXT1OR2WD", {{kWord, 1, 2}}},
      {"LBIGRAM", {{kWord, -1, -1}, {kWord, 0, 0}}},
      {"RBIGRAM", {{kWord, 0, 0}, {kWord, 1, 1}}},
      {"WDPREVTAG", {{kTag, -1, -1}, {kWord, 0, 0}}},
      {"WDNEXTTAG", {{kWord, 0, 0}, {kTag, 1, 1}}},
      {"WDAND2AFT", {{kWord, 0, 0}, {kWord, 2, 2}}},
      {"WDAND2TAGBFR", {{kTag, -2, -2}, {kWord, 0, 0}}},
      {"WDAND2TAGAFT", {{kWord, 0, 0}, {kTag, 2, 2}}},
  };
  return templates;
}

/// Calls read(line) for each line that isn't empty.
template <typename Read>
Status ReadRules(std::string_view text, Read read) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty() && !read(line))
      return Fail(ErrorCode::kCorrupt, "no rule of part of speech: '" + std::string(line) + "'");
  }
  return {};
}

}  // namespace

Result<EnglishTagger> EnglishTagger::Open(const std::filesystem::path& words,
                                          const std::filesystem::path& context_rules,
                                          const std::filesystem::path& ending_rules) {
  MEDLEY_ASSIGN_OR_RETURN(auto table, WordTable::Open(words));
  MEDLEY_ASSIGN_OR_RETURN(const auto context, ReadFile(context_rules));
  MEDLEY_ASSIGN_OR_RETURN(const auto endings, ReadFile(ending_rules));
  return Make(std::move(table), context, endings);
}

Result<EnglishTagger> EnglishTagger::Make(WordTable words,
                                          std::string_view context_rules,
                                          std::string_view ending_rules) {
  EnglishTagger tagger(std::move(words));
  tagger.NumberOf(kEdge);
  MEDLEY_RETURN_IF_ERROR(ReadRules(
      context_rules, [&tagger](std::string_view line) { return tagger.ReadContextRule(line); }));
  MEDLEY_RETURN_IF_ERROR(ReadRules(
      ending_rules, [&tagger](std::string_view line) { return tagger.ReadEndingRule(line); }));
  for (std::size_t tag = 0; tag < tagger.words_.n_tags(); ++tag)
    tagger.NumberOf(tagger.words_.tag(static_cast<std::uint8_t>(tag)));
  for (const auto& rule : tagger.endings_) tagger.NumberOf(rule.to);
  for (const char* guessed : {"CD", "NNP", "NN"}) tagger.NumberOf(guessed);
  return tagger;
}

int EnglishTagger::NumberOf(std::string_view name) {
  const auto found = numbers_.try_emplace(std::string(name), static_cast<int>(names_.size()));
  if (found.second) names_.emplace_back(name);
  return found.first->second;
}

/// "NN VB PREVTAG TO": from, to, template, arguments.
bool EnglishTagger::ReadContextRule(std::string_view line) {
  const auto fields = Fields(line);
  if (fields.size() < 4) return false;
  const auto found = std::ranges::find(Templates(), fields[2], &Template::name);
  if (found == Templates().end() || fields.size() != 3 + found->places.size()) return false;
  ContextRule rule{.from = NumberOf(fields[0]), .to = NumberOf(fields[1]), .conditions = {}};
  for (std::size_t i = 0; i < found->places.size(); ++i) {
    const auto [word, first, last] = found->places[i];
    rule.conditions.push_back({word, first, last, NumberOf(fields[3 + i])});
  }
  context_.push_back(std::move(rule));
  return true;
}

/// "NN s fhassuf 1 NNS x" or "ly hassuf 2 RB x": from (where the kind begins with f), letters,
/// kind, their number, to, a mark.
bool EnglishTagger::ReadEndingRule(std::string_view line) {
  const auto fields = Fields(line);
  if (fields.size() < 4) return false;
  constexpr std::array<std::string_view, 9> kKinds = {"hassuf",
                                                      "haspref",
                                                      "addsuf",
                                                      "addpref",
                                                      "deletesuf",
                                                      "deletepref",
                                                      "char",
                                                      "goodleft",
                                                      "goodright"};
  for (std::size_t i = 1; i + 2 < fields.size(); ++i) {
    const bool with_from = i == 2 && fields[i].starts_with('f');
    const auto kind = fields[i].substr(with_from ? 1 : 0);
    if (std::ranges::find(kKinds, kind) == kKinds.end()) continue;
    endings_.push_back({.from = with_from ? fields[0] : "",
                        .kind = kind,
                        .letters = fields[i - 1],
                        .to = fields[fields.size() - 2]});
    return true;
  }
  return false;
}

std::string_view EnglishTagger::KnownTag(std::string_view word) const {
  std::u16string units;
  for (const char c : word) units += static_cast<char16_t>(static_cast<unsigned char>(c));
  const auto found = words_.Find(units);
  return found ? words_.tag(found->tag) : std::string_view();
}

bool EnglishTagger::Knows(std::string_view word) const { return !KnownTag(word).empty(); }

bool EnglishTagger::Fits(const EndingRule& rule,
                         std::string_view word,
                         std::string_view tag) const {
  const std::string_view letters = rule.letters;
  if (!rule.from.empty() && rule.from != tag) return false;
  if (rule.kind == "hassuf") return word.ends_with(letters);
  if (rule.kind == "haspref") return word.starts_with(letters);
  if (rule.kind == "addsuf") return Knows(std::string(word) + rule.letters);
  if (rule.kind == "addpref") return Knows(rule.letters + std::string(word));
  if (rule.kind == "deletesuf")
    return word.ends_with(letters) && Knows(word.substr(0, word.size() - letters.size()));
  if (rule.kind == "deletepref")
    return word.starts_with(letters) && Knows(word.substr(letters.size()));
  // Of what stood beside the word where the rules were learnt, nothing is known here.
  return rule.kind == "char" && word.find(letters) != std::string_view::npos;
}

std::string_view EnglishTagger::GuessedTag(std::string_view word) const {
  if (word.starts_with('$')) return "CD";
  if (std::ranges::count_if(word, IsDigit) * 2 > static_cast<std::ptrdiff_t>(word.size()))
    return "CD";
  if (std::ranges::any_of(word, IsUpper) && std::ranges::any_of(word, IsDigit))
    return "NNP";  // "iPhone-15"
  std::string_view tag = IsUpper(word[0]) ? "NNP" : "NN";
  for (const auto& rule : endings_) {
    if (Fits(rule, word, tag)) tag = rule.to;
  }
  return tag;
}

std::string_view EnglishTagger::UsualTag(std::string_view word, bool first) const {
  const bool capital = IsUpper(word[0]);
  const bool shouted = word.size() > 1 && std::ranges::all_of(word, IsUpper);
  // At the beginning of a sentence and in shouted words capitals say nothing.
  if (capital && (first || shouted)) {
    if (const auto tag = KnownTag(Lowered(word)); !tag.empty()) return tag;
  }
  if (const auto tag = KnownTag(word); !tag.empty()) return tag;
  return GuessedTag(word);
}

std::vector<std::string_view> EnglishTagger::Tag(std::span<const std::string_view> tokens) const {
  constexpr int kUnnamed = -1;
  const int edge = numbers_.find(kEdge)->second;
  const auto number_of = [this](std::string_view name) {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? kUnnamed : found->second;
  };
  std::vector<int> words;
  std::vector<int> tags;
  for (const auto token : tokens) {
    tags.push_back(number_of(UsualTag(token, tags.empty())));
    words.push_back(number_of(token));
  }
  const auto fits = [&](const Condition& condition, std::ptrdiff_t at) {
    const auto& values = condition.word ? words : tags;
    for (std::ptrdiff_t i = at + condition.first; i <= at + condition.last; ++i) {
      const bool inside = i >= 0 && i < std::ssize(values);
      if ((inside ? values[static_cast<std::size_t>(i)] : edge) == condition.value) return true;
    }
    return false;
  };
  for (const auto& rule : context_) {
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (tags[i] != rule.from) continue;
      const auto at = static_cast<std::ptrdiff_t>(i);
      const bool all = std::ranges::all_of(
          rule.conditions, [&](const Condition& condition) { return fits(condition, at); });
      if (all) tags[i] = rule.to;
    }
  }
  std::vector<std::string_view> names;
  names.reserve(tags.size());
  for (const int tag : tags) names.emplace_back(names_[static_cast<std::size_t>(tag)]);
  return names;
}

}  // namespace medley::text
