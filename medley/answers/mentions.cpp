#include "medley/answers/mentions.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/name_aliases.h"
#include "medley/answers/question_words.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/name_index.h"
#include "medley/graph/relation_names.h"
#include "medley/text/fuzzy_dictionary.h"
#include "medley/text/terms.h"

namespace medley::answers {
namespace {

using graph::NameIndex;
using graph::NodeIndex;

constexpr std::size_t kMostSpanWords = 16;
/// Of each kind for a span; a name that more bear names nothing.
constexpr std::size_t kMostNodes = 24;
/// By NameIndex::Entry::looseness.
constexpr double kLooseQuality[] = {1, 0.95, 0.8, 0.7};
constexpr double kAliasQuality = 0.95;
constexpr double kOneSlip = 0.85;
constexpr double kTwoSlips = 0.7;
/// A word that questions are made of, in lower case, is hardly meant as a title.
constexpr double kCommonWord = 0.45;

class Finder {
 public:
  Finder(std::string_view question,
         const std::vector<QuestionWord>& words,
         const graph::KnowledgeGraph& graph,
         const std::function<bool(std::string_view)>& is_known_word)
      : question_(question), words_(words), graph_(graph), is_known_word_(is_known_word) {}

  std::vector<Mention> Find() {
    for (std::size_t first = 0; first < words_.size(); ++first) {
      const std::size_t last = std::min(words_.size(), first + kMostSpanWords);
      for (std::size_t end = first + 1; end <= last; ++end) {
        if (end > first + 1 && words_[end - 1].after_break) break;
        Look(first, end);
      }
    }
    return std::move(mentions_);
  }

 private:
  std::string_view Bytes(std::size_t first, std::size_t end) const {
    return question_.substr(words_[first].begin, words_[end - 1].end - words_[first].begin);
  }

  bool AllKnown(std::size_t first, std::size_t end) const {
    return std::all_of(words_.begin() + static_cast<std::ptrdiff_t>(first),
                       words_.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const QuestionWord& word) { return is_known_word_(word.stem); });
  }

  void Look(std::size_t first, std::size_t end) {
    // A lone mark of possession, or a name that ends with one: the name without is looked up too.
    if (words_[first].text == "'s" || (end - first == 1 && words_[first].text.empty())) return;
    const std::string folded = text::FoldTitle(Bytes(first, end));
    if (folded.empty()) return;
    const bool exact = Exact(first, end, folded);
    const bool aliased = Aliases(first, end, folded);
    if (!exact && !aliased) Misspelt(first, end, folded);
    Relation(first, end, folded);
  }

  void Add(std::size_t first,
           std::size_t end,
           const std::vector<std::pair<NodeIndex, double>>& found) {
    std::map<SlotKind, Mention> by_kind;
    for (const auto& [node, quality] : found) {
      const SlotKind kind = KindOf(graph_, node);
      Mention& mention = by_kind[kind];
      if (!mention.nodes.empty() && quality < mention.quality) continue;
      if (std::ranges::find(mention.nodes, node) != mention.nodes.end()) continue;
      mention.quality = quality;
      mention.nodes.push_back(node);
    }
    for (auto& [kind, mention] : by_kind) {
      if (mention.nodes.size() > kMostNodes) continue;
      mention.first = first;
      mention.end = end;
      mention.kind = kind;
      mentions_.push_back(std::move(mention));
    }
  }

  bool Exact(std::size_t first, std::size_t end, const std::string& folded) {
    const auto entries = graph_.names().Exact(folded);
    if (entries.empty()) return false;
    const bool marked = words_[first].quoted || (words_[first].capital && first > 0);
    const double doubt = !marked && AllKnown(first, end) ? kCommonWord : 1;
    std::vector<std::pair<NodeIndex, double>> found;
    for (const auto& entry : entries) {
      // "comedy" may be in lower case, "heat" hardly.
      const double certainty = KindOf(graph_, entry.node) == SlotKind::kTrait ? 1 : doubt;
      found.emplace_back(entry.node, kLooseQuality[entry.looseness] * certainty);
    }
    Add(first, end, found);
    return true;
  }

  bool Aliases(std::size_t first, std::size_t end, const std::string& folded) {
    std::vector<std::pair<NodeIndex, double>> found;
    for (const auto name : OtherNames(folded)) {
      for (const auto& entry : graph_.names().Exact(name)) {
        if (KindOf(graph_, entry.node) == SlotKind::kTrait)
          found.emplace_back(entry.node, kAliasQuality);
      }
    }
    Add(first, end, found);
    return !found.empty();
  }

  /// Whether each word of the one is near the word of the other: "Tom Hnaks" is "Tom Hanks", "Jon
  /// Smit" is not "Joe Smith".
  static bool WordsAreNear(std::string_view a, std::string_view b) {
    const auto next = [](std::string_view& rest) {
      const auto blank = rest.find(' ');
      const auto word = rest.substr(0, blank);
      rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
      return word;
    };
    while (!a.empty() && !b.empty()) {
      const auto x = next(a);
      const auto y = next(b);
      const std::u32string wide_x(x.begin(), x.end());
      const std::u32string wide_y(y.begin(), y.end());
      const std::size_t allowed = x.size() < 4 ? 0 : x.size() < 9 ? 1 : 2;
      if (text::EditDistance(wide_x, wide_y, 2) > allowed) return false;
    }
    return a.empty() && b.empty();
  }

  void Misspelt(std::size_t first, std::size_t end, const std::string& folded) {
    constexpr std::size_t kShortest = 4;
    constexpr std::size_t kLongEnoughForTwo = 9;
    constexpr std::size_t kCandidates = 6;
    if (folded.size() < kShortest || AllKnown(first, end)) return;
    if (end - first > graph_.names().longest_words() + 1) return;
    if (folded.find_first_not_of("0123456789 ") == std::string::npos) return;
    std::vector<std::pair<NodeIndex, double>> found;
    for (const auto& near : graph_.names().Nearest(folded, kCandidates)) {
      const auto& form = near.entry->form;
      if (near.entry->looseness > 1) continue;
      if (near.distance > (folded.size() < kLongEnoughForTwo ? 1U : 2U)) continue;
      if (!WordsAreNear(folded, form) && near.distance > 1) continue;
      // Numbers are not misspelt: "Rocky 3" is not "Rocky 2".
      if (Digits(folded) != Digits(form)) continue;
      const double quality = near.distance == 1 ? kOneSlip : kTwoSlips;
      found.emplace_back(near.entry->node, quality * kLooseQuality[near.entry->looseness]);
    }
    Add(first, end, found);
  }

  static std::string Digits(std::string_view text) {
    std::string digits;
    for (const char c : text) {
      if (c >= '0' && c <= '9') digits += c;
    }
    return digits;
  }

  void Relation(std::size_t first, std::size_t end, const std::string& folded) {
    constexpr std::size_t kMostRelationWords = 3;
    if (end - first > kMostRelationWords) return;
    const auto add = [&](std::string_view name) {
      const auto relation = graph_.FindRelation(graph::CanonicalRelation(name).name);
      if (relation == kNoIndex) return false;
      mentions_.push_back({first, end, SlotKind::kRelation, {}, relation, 1});
      return true;
    };
    if (add(folded)) return;
    if (folded.ends_with('s') && folded.size() > 3) add(folded.substr(0, folded.size() - 1));
  }

  std::string_view question_;
  const std::vector<QuestionWord>& words_;
  const graph::KnowledgeGraph& graph_;
  const std::function<bool(std::string_view)>& is_known_word_;
  std::vector<Mention> mentions_;
};

}  // namespace

SlotKind KindOf(const graph::KnowledgeGraph& graph, graph::NodeIndex node) {
  if (graph.node(node).item != kNoIndex) return SlotKind::kItem;
  return graph.TypeOf(node) == graph::kPerson ? SlotKind::kPerson : SlotKind::kTrait;
}

std::vector<Mention> FindMentions(std::string_view question,
                                  const std::vector<QuestionWord>& words,
                                  const graph::KnowledgeGraph& graph,
                                  const std::function<bool(std::string_view)>& is_known_word) {
  return Finder(question, words, graph, is_known_word).Find();
}

}  // namespace medley::answers
