#include "medley/answers/question_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/example_index.h"
#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_words.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/text/terms.h"

namespace medley::answers {
namespace {

using graph::NodeIndex;

/// Below this nearness a question is not understood.
constexpr double kNearEnough = 0.5;
constexpr double kPronoun = 0.9;
constexpr double kSilent = 0.8;
/// Of a name that the graph has not: worse than a name with two slips.
constexpr double kUnknownName = 0.6;
/// Of each word of a name that a reading leaves out; less than of a name that the graph has not.
constexpr double kLeftOver = 0.3;
constexpr std::size_t kBeam = 32;
constexpr std::size_t kMostMentions = 5;

std::vector<NodeIndex> Resolve(const std::vector<Conversation::Subject>& subjects,
                               SlotKind kind,
                               const graph::KnowledgeGraph& graph) {
  std::vector<NodeIndex> nodes;
  for (const auto& subject : subjects) {
    if (!subject.id.empty()) {
      const auto node = graph.OfId(subject.id);
      if (node != kNoIndex) nodes.push_back(node);
      continue;
    }
    for (const auto& entry : graph.names().Exact(text::FoldTitle(subject.name))) {
      if (entry.looseness == 0 && KindOf(graph, entry.node) == kind) nodes.push_back(entry.node);
    }
  }
  return nodes;
}

/// "film director" as its parts.
std::vector<std::string_view> Split(std::string_view roles) {
  std::vector<std::string_view> parts;
  while (!roles.empty()) {
    const auto blank = roles.find(' ');
    parts.push_back(roles.substr(0, blank));
    roles = blank == std::string_view::npos ? std::string_view() : roles.substr(blank + 1);
  }
  return parts;
}

/// The roles of an example's people, in order.
std::vector<std::string> PersonRoles(const QuestionExample& example) {
  const auto roles = Split(example.roles);
  std::vector<std::string> people;
  std::size_t slot = 0;
  for (auto open = example.text.find('{'); open != std::string_view::npos;
       open = example.text.find('{', open + 1)) {
    const auto place = example.text.substr(open, example.text.find('}', open) + 1 - open);
    if (place == Placeholder(SlotKind::kItem) || place == Placeholder(SlotKind::kRelation))
      continue;
    if (place == Placeholder(SlotKind::kPerson) && slot < roles.size())
      people.emplace_back(roles[slot]);
    ++slot;
  }
  return people;
}

/// One choice of mentions that do not overlap.
struct Reading {
  std::vector<std::size_t> mentions;
  double promise = 0;
};

class Parser {
 public:
  Parser(std::string_view question, const graph::KnowledgeGraph& graph, const Conversation& before)
      : question_(question),
        graph_(graph),
        words_(QuestionWords(question)),
        chinese_(IsChinese(words_)),
        examples_(chinese_ ? ExampleIndex::Chinese() : ExampleIndex::English()),
        items_before_(Resolve(before.items, SlotKind::kItem, graph)),
        people_before_(Resolve(before.people, SlotKind::kPerson, graph)) {}

  ParsedQuestion Parse() {
    parsed_.chinese = chinese_;
    if (words_.empty()) return parsed_;
    mentions_ = FindMentions(question_, words_, graph_, [this](std::string_view stem) {
      return examples_.Knows(stem) || (!chinese_ && IsFiller(stem));
    });
    for (std::size_t i = 0; i < words_.size(); ++i) any_proper_ = any_proper_ || Proper(i);
    AddPronouns();
    AddUnknownNames();
    for (const Reading& reading : Readings()) Try(reading);
    return Finish();
  }

 private:
  struct Best {
    double total = 0;
    double score = 0;
    Reading reading;
    const QuestionExample* example = nullptr;
    bool silent = false;
  };

  bool IsWord(std::size_t at, std::string_view list) const {
    return at < words_.size() && list.find(" " + words_[at].text + " ") != std::string_view::npos;
  }

  void AddPronoun(std::size_t first, std::size_t end, SlotKind kind) {
    Mention mention{first, end, kind, {}, kNoIndex, kPronoun};
    mention.nodes = kind == SlotKind::kItem ? items_before_ : people_before_;
    if (mention.nodes.empty()) {
      lacks_context_ = true;
      return;
    }
    mentions_.push_back(std::move(mention));
  }

  void AddPronouns() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (IsWord(i, " it its 它 该 ")) {
        const bool film = IsWord(i + 1, " 片 ");
        AddPronoun(i, film ? i + 2 : i + 1, SlotKind::kItem);
      }
      if (IsWord(i, " that this the same ") && IsWord(i + 1, " film movie one picture "))
        AddPronoun(i, i + 2, SlotKind::kItem);
      if (IsWord(i, " 这 那 ")) {
        std::size_t end = i + 1;
        while (IsWord(end, " 一 部 个 电 影 片 子 ")) ++end;
        if (end > i + 1) AddPronoun(i, end, SlotKind::kItem);
      }
      if (IsWord(i, " he she him her his they them 他 她 "))
        AddPronoun(i, i + 1, SlotKind::kPerson);
    }
  }

  /// Whether the word is written as a part of a name: a capital inside a sentence, quotes, a
  /// number, western letters in a Chinese question.
  bool Proper(std::size_t at) const {
    const auto& word = words_[at];
    if (word.text == "'s" || word.text == "be" || (word.text == "i" && !word.quoted)) return false;
    if (word.quoted) return true;
    if (chinese_) return !word.ideograph && word.text.size() > 1;
    const bool number = word.text.find_first_not_of("0123456789") == std::string::npos;
    return number || (word.capital && at > 0 && !words_[at].after_break);
  }

  /// Whether it may be a part of a name that nothing here has: a proper one, else, where the
  /// question is all in lower case, one that no question is made of.
  bool Strange(std::size_t at) const {
    if (Proper(at)) return true;
    const auto& word = words_[at];
    return !any_proper_ && !chinese_ && word.text != "'s" && !examples_.Knows(word.stem) &&
           !IsFiller(word.text) && (word.capital || examples_.Corrected(word.text).empty());
  }

  /// Runs of such words, with little words between two of them, as mentions of nothing.
  void AddUnknownNames() {
    constexpr std::string_view kInside = " of the and in a an to de la le for with at on ";
    for (std::size_t first = 0; first < words_.size(); ++first) {
      if (!Strange(first)) continue;
      std::size_t end = first + 1;
      for (std::size_t next = end; next < words_.size() && !words_[next].after_break; ++next) {
        if (Strange(next)) {
          end = next + 1;
        } else if (!IsWord(next, kInside)) {
          break;
        }
      }
      const bool named = std::ranges::any_of(mentions_, [&](const Mention& mention) {
        return mention.first <= first && mention.end >= end && mention.quality >= kUnknownName &&
               mention.kind != SlotKind::kRelation;
      });
      if (!named) {
        for (const auto kind : {SlotKind::kItem, SlotKind::kPerson})
          mentions_.push_back({first, end, kind, {}, kNoIndex, kUnknownName});
      }
      first = end;
    }
  }

  std::vector<Reading> Readings() const {
    std::vector<std::vector<Reading>> at(words_.size() + 1);
    at[0].push_back({});
    for (std::size_t i = 0; i < words_.size(); ++i) {
      auto& here = at[i];
      if (here.size() > kBeam) {
        std::ranges::nth_element(here, here.begin() + kBeam, [](const auto& a, const auto& b) {
          return a.promise > b.promise;
        });
        here.resize(kBeam);
      }
      for (const Reading& reading : here) {
        Reading skipped = reading;
        skipped.promise += Strange(i) ? 0 : 0.5;
        at[i + 1].push_back(std::move(skipped));
        if (reading.mentions.size() == kMostMentions) continue;
        for (std::size_t m = 0; m < mentions_.size(); ++m) {
          if (mentions_[m].first != i) continue;
          Reading taken = reading;
          taken.mentions.push_back(m);
          taken.promise +=
              static_cast<double>(mentions_[m].end - mentions_[m].first) * mentions_[m].quality;
          at[mentions_[m].end].push_back(std::move(taken));
        }
      }
    }
    return at.back();
  }

  MaskedQuestion Mask(const Reading& reading, SlotCounts& slots) const {
    MaskedQuestion masked;
    std::size_t next = 0;
    for (std::size_t i = 0; i < words_.size();) {
      if (next < reading.mentions.size() && mentions_[reading.mentions[next]].first == i) {
        const Mention& mention = mentions_[reading.mentions[next++]];
        masked.emplace_back(Placeholder(mention.kind));
        ++slots.at(static_cast<std::size_t>(mention.kind));
        i = mention.end;
        continue;
      }
      AppendWord(words_[i], masked);
      if (!words_[i].ideograph && !examples_.Knows(words_[i].stem) && !IsFiller(words_[i].text)) {
        if (auto corrected = examples_.Corrected(words_[i].text); !corrected.empty()) {
          QuestionWord word = words_[i];
          word.stem = std::move(corrected);
          masked.pop_back();
          AppendWord(word, masked);
        }
      }
      ++i;
    }
    return masked;
  }

  /// Words written as parts of names that the reading leaves out.
  std::size_t LeftOver(const Reading& reading) const {
    constexpr std::size_t kMost = 4;
    std::size_t left = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      while (next < reading.mentions.size() && mentions_[reading.mentions[next]].end <= i) ++next;
      const bool covered =
          next < reading.mentions.size() && mentions_[reading.mentions[next]].first <= i;
      if (!covered && Proper(i)) ++left;
    }
    return std::min(left, kMost);
  }

  void Try(const Reading& reading) {
    SlotCounts slots{};
    const MaskedQuestion masked = Mask(reading, slots);
    double quality = 1;
    for (const auto m : reading.mentions) quality *= mentions_[m].quality;
    quality *= std::pow(kLeftOver, static_cast<double>(LeftOver(reading)));
    Consider(reading, masked, slots, std::sqrt(quality), false);
    // "And the writer?": of what was spoken of.
    if (slots[static_cast<std::size_t>(SlotKind::kItem)] == 0 && !items_before_.empty() &&
        words_.size() <= 8) {
      MaskedQuestion with_item = masked;
      with_item.emplace_back(Placeholder(SlotKind::kItem));
      ++slots[static_cast<std::size_t>(SlotKind::kItem)];
      Consider(reading, with_item, slots, std::sqrt(quality * kSilent), true);
    }
  }

  void Consider(const Reading& reading,
                const MaskedQuestion& masked,
                const SlotCounts& slots,
                double quality,
                bool silent) {
    const auto match = examples_.Nearest(masked, slots);
    if (match.example == nullptr || match.score * quality <= best_.total) return;
    best_ = {match.score * quality, match.score, reading, match.example, silent};
  }

  std::string Said(const Mention& mention) const {
    const auto begin = words_[mention.first].begin;
    return std::string(question_.substr(begin, words_[mention.end - 1].end - begin));
  }

  ParsedQuestion Finish() {
    parsed_.score = best_.score;
    parsed_.lacks_context = lacks_context_;
    if (best_.example == nullptr || best_.score < kNearEnough) {
      NameTheUnknown();
      return parsed_;
    }
    const QuestionExample& example = *best_.example;
    parsed_.understood = true;
    parsed_.intent = example.intent;
    parsed_.relation = example.roles;
    if (parsed_.relation.starts_with('~')) {
      parsed_.backward = true;
      parsed_.relation.erase(0, 1);
    }
    FillSlots(PersonRoles(example));
    if (best_.silent) parsed_.slots.push_back({SlotKind::kItem, items_before_, "", ""});
    return parsed_;
  }

  void FillSlots(const std::vector<std::string>& roles) {
    std::size_t person = 0;
    std::size_t next_word = 0;
    for (const auto m : best_.reading.mentions) {
      const Mention& mention = mentions_[m];
      AppendRest(next_word, mention.first);
      next_word = mention.end;
      if (mention.kind == SlotKind::kRelation) {
        parsed_.relation = graph_.relations()[mention.relation].name;
        continue;
      }
      Slot slot{mention.kind, mention.nodes, "", Said(mention)};
      if (mention.kind == SlotKind::kTrait) slot.role = Unwanted(mention.first) ? "!" : "-";
      if (mention.kind == SlotKind::kPerson)
        slot.role = person < roles.size() ? roles[person++] : "-";
      if (mention.nodes.empty()) parsed_.unknown = slot.said;
      parsed_.slots.push_back(std::move(slot));
    }
    AppendRest(next_word, words_.size());
  }

  /// "Less frightening", "没那么恐怖": in a wish.
  bool Unwanted(std::size_t at) const {
    constexpr std::size_t kBefore = 3;
    if (parsed_.intent != Intent::kWish) return false;
    for (std::size_t i = at - std::min(at, kBefore); i < at; ++i) {
      if (IsWord(i, " less not no without never 不 没 别 ")) return true;
    }
    return false;
  }

  void AppendRest(std::size_t first, std::size_t end) {
    for (; first < end; ++first) {
      if (!parsed_.rest.empty() && !words_[first].ideograph) parsed_.rest += ' ';
      parsed_.rest += words_[first].text;
    }
  }

  void NameTheUnknown() {
    if (!any_proper_) return;
    for (const Mention& mention : mentions_) {
      if (mention.nodes.empty() && mention.kind == SlotKind::kItem) parsed_.unknown = Said(mention);
    }
  }

  std::string_view question_;
  const graph::KnowledgeGraph& graph_;
  std::vector<QuestionWord> words_;
  bool chinese_;
  const ExampleIndex& examples_;
  std::vector<NodeIndex> items_before_;
  std::vector<NodeIndex> people_before_;
  std::vector<Mention> mentions_;
  bool lacks_context_ = false;
  bool any_proper_ = false;
  Best best_;
  ParsedQuestion parsed_;
};

}  // namespace

ParsedQuestion ParseQuestion(std::string_view question,
                             const graph::KnowledgeGraph& graph,
                             const Conversation& before) {
  return Parser(question, graph, before).Parse();
}

}  // namespace medley::answers
