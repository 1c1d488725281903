#include "medley/explain/sentence_grammar.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"
#include "medley/llm/grammar.h"

namespace medley::explain {
namespace {

using llm::Rule;
using Texts = std::vector<std::string>;

constexpr std::string_view kThis = "this ";
constexpr std::string_view kAtThis = " this";
constexpr std::string_view kYou = "you ";
constexpr std::string_view kZhYou = "你";
constexpr std::string_view kZhIt = "它";

/// Those of `clauses` that begin with `beginning`, with `instead` in its place.
Texts Rebegun(const Texts& clauses, std::string_view beginning, std::string_view instead) {
  Texts texts;
  for (const auto& clause : clauses) {
    if (clause.starts_with(beginning))
      texts.push_back(std::string(instead) + clause.substr(beginning.size()));
  }
  return texts;
}

/// "which looks like …", "which 12 people chose": clauses about this as relative ones.
Texts Relative(const Texts& plain) {
  Texts texts = Rebegun(plain, kThis, ", which ");
  for (const auto& clause : plain) {
    if (!clause.ends_with(kAtThis) || clause.starts_with(kThis)) continue;
    texts.push_back(", which " + clause.substr(0, clause.size() - kAtThis.size()));
  }
  return texts;
}

/// Clauses about this as clauses about it, after the title.
Texts OfIt(const Texts& plain) {
  Texts texts;
  for (const auto& clause : plain) {
    if (clause.starts_with(kThis)) {
      texts.push_back("it " + clause.substr(kThis.size()));
    } else if (clause.ends_with(kAtThis)) {
      texts.push_back(clause.substr(0, clause.size() - kAtThis.size()) + " it");
    }
  }
  return texts;
}

/// The parts one after the other, where each list is a choice; added to `frames` unless a list is
/// empty.
void AddFrame(std::vector<Rule>& frames, const std::vector<Texts>& lists) {
  std::vector<Rule> parts;
  for (const auto& list : lists) {
    if (list.empty()) return;
    parts.push_back(Rule::OneOf(list));
  }
  frames.push_back(Rule::InOrder(std::move(parts)));
}

void AddEnglish(std::vector<Rule>& frames,
                const std::string& title,
                const Clauses& first,
                const Clauses* second) {
  const Texts end = {"."};
  const Texts after = second == nullptr ? end : Relative(second->plain);
  const Texts subject = Rebegun(first.alone, kThis, " ");
  if (second == nullptr) {
    AddFrame(frames, {{"Because "}, first.because, {", you may like " + title + "."}});
    AddFrame(frames, {Rebegun(first.because, kYou, "You "), {", so here is " + title + "."}});
    AddFrame(frames, {{title}, subject, end});
    AddFrame(frames, {{"Try " + title + ": "}, OfIt(first.plain), end});
    return;
  }
  AddFrame(frames, {{"Because "}, first.because, {", you may like " + title}, after, end});
  AddFrame(frames, {Rebegun(first.because, kYou, "You "), {", so here is " + title}, after, end});
  AddFrame(
      frames,
      {Rebegun(first.because, kYou, "You "), {". Try " + title + ": "}, OfIt(second->plain), end});
  AddFrame(frames, {{title}, subject, {", and "}, OfIt(second->plain), end});
  AddFrame(frames,
           {{"Try " + title + ": "}, OfIt(first.plain), {", and "}, OfIt(second->plain), end});
}

void AddChinese(std::vector<Rule>& frames,
                const std::string& title,
                const Clauses& first,
                const Clauses* second) {
  const Texts end = {"。"};
  const Texts you = Rebegun(first.because, kZhYou, kZhYou);
  const Texts subject = Rebegun(first.alone, kZhIt, "");
  if (second == nullptr) {
    AddFrame(frames, {you, {"，不妨了解一下" + title, "，" + title + "也许合你的口味"}, end});
    AddFrame(frames, {{title}, subject, end});
    AddFrame(frames, {{"推荐" + title + "："}, first.alone, end});
    return;
  }
  const Texts of_it = Rebegun(second->plain, kZhIt, kZhIt);
  Texts predicates = Rebegun(second->plain, kZhIt, "");
  std::erase_if(predicates, [](const std::string& text) { return text.starts_with("的"); });
  AddFrame(frames,
           {you,
            {"，不妨了解一下" + title, "，" + title + "也许合你的口味"},
            {"，"},
            second->plain,
            end});
  AddFrame(frames,
           {{title}, subject, {"，而且"}, predicates.empty() ? second->plain : predicates, end});
  AddFrame(frames,
           {{"推荐" + title + "："},
            first.plain,
            {"，而且"},
            of_it.empty() ? second->plain : of_it,
            end});
}

}  // namespace

Rule SentenceRule(std::string_view title, const std::vector<Fact>& facts, Language language) {
  std::vector<Rule> frames;
  for (const auto& sentence : Sentences(title, facts, language))
    frames.push_back(Rule::Text(sentence));
  const std::string quoted = Quoted(title, language);
  if (facts.empty() || quoted.empty()) return Rule::OneOf(std::move(frames));
  const Clauses first = ClausesOf(facts[0], nullptr, language);
  Clauses second;
  if (facts.size() > 1) second = ClausesOf(facts[1], &facts[0], language);
  const auto add = language == Language::kChinese ? &AddChinese : &AddEnglish;
  add(frames, quoted, first, facts.size() > 1 ? &second : nullptr);
  return Rule::OneOf(std::move(frames));
}

std::string ReasonsLine(const std::vector<Fact>& facts, Language language) {
  std::string line;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const Clauses clauses = ClausesOf(facts[i], nullptr, language);
    if (i > 0) line += language == Language::kChinese ? "；" : "; ";
    line += i == 0 ? clauses.because.front() : clauses.plain.front();
  }
  return line;
}

}  // namespace medley::explain
