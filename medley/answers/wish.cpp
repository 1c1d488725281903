#include "medley/answers/wish.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/answerer.h"
#include "medley/answers/mentions.h"
#include "medley/answers/name_aliases.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/question_words.h"
#include "medley/core/result.h"
#include "medley/explain/phrases.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/index/rank_fusion.h"
#include "medley/text/terms.h"

namespace medley::answers {
namespace {

using graph::NodeIndex;

constexpr std::size_t kDepth = 50;
constexpr std::size_t kShown = 5;

struct Tastes {
  std::string wanted;
  std::string avoided;
};

/// Parts the words at "less", "not", "without".
Tastes PartWords(const std::string& rest) {
  constexpr std::array<std::string_view, 10> kAgainst = {
      "less", "not", "no", "without", "isn't", "不要", "别太", "没那么", "不太", "不那么"};
  std::size_t cut = std::string::npos;
  std::size_t length = 0;
  for (const auto word : kAgainst) {
    const bool ideographs = static_cast<signed char>(word.front()) < 0;
    const std::string padded = " " + rest + " ";
    const auto at = ideographs ? rest.find(word) : padded.find(" " + std::string(word) + " ");
    if (at != std::string::npos && at < cut) {
      cut = at;
      length = word.size();
    }
  }
  if (cut == std::string::npos) return {rest, ""};
  return {rest.substr(0, cut), cut + length < rest.size() ? rest.substr(cut + length) : ""};
}

/// The words of a wish that say something about what is wished for.
std::string Telling(const std::string& words) {
  constexpr std::string_view kNothing =
      " something like similar film films movie movies recommend suggest watch anything but more "
      "liked loved good what should tonight see could else 推 荐 部 点 好 像 类 似 电 影 片 但 跟 "
      "差 不 "
      "多 没 喜 欢 还 能 什 么 今 晚 们 ";
  std::string telling;
  for (const auto& word : QuestionWords(words)) {
    if (IsFiller(word.text) || kNothing.find(" " + word.text + " ") != std::string_view::npos)
      continue;
    if (!telling.empty() && !word.ideograph) telling += ' ';
    telling += word.text;
  }
  return telling;
}

class Granter {
 public:
  Granter(const ParsedQuestion& question,
          const graph::KnowledgeGraph& graph,
          const WishSources& sources)
      : question_(question), graph_(graph), sources_(sources) {}

  GrantedWish Grant() {
    const Tastes tastes = PartWords(question_.rest);
    const std::string wanted = Telling(tastes.wanted);
    bool told = !wanted.empty();
    for (const Slot& slot : question_.slots) {
      for (const auto node : slot.nodes) {
        if (slot.kind != SlotKind::kItem) continue;
        told = true;
        named_.push_back(node);
        Take(sources_.similar(graph_.node(node).id, kDepth), 1);
      }
    }
    if (!wanted.empty()) Take(sources_.search(wanted, kDepth), 1);
    // What one may like anyway decides where nothing else does.
    Take(sources_.recommend(kDepth), told ? 0.3 : 1);
    Require();
    std::string avoided = Telling(tastes.avoided);
    std::vector<NodeIndex> traits;
    for (const Slot& slot : question_.slots) {
      if (slot.role != "!") continue;
      traits.insert(traits.end(), slot.nodes.begin(), slot.nodes.end());
      avoided += (avoided.empty() ? "" : " ") + slot.said;
    }
    Avoid(avoided, std::move(traits));
    return Best();
  }

 private:
  void Take(const Result<WishSources::Ids>& ids, double weight) {
    if (!ids) return;
    for (std::size_t rank = 0; rank < ids->size(); ++rank) {
      const auto node = graph_.OfId((*ids)[rank]);
      if (node == kNoIndex || std::ranges::find(named_, node) != named_.end() || !MayOffer(node))
        continue;
      scores_[node] += weight * index::ReciprocalRank(static_cast<double>(rank));
    }
  }

  bool MayOffer(NodeIndex item) const {
    return !sources_.allows || sources_.allows(graph_.node(item).id);
  }

  bool Has(NodeIndex item, const std::vector<NodeIndex>& nodes) const {
    return std::ranges::any_of(graph_.Edges(item), [&](const auto& edge) {
      return !edge.backward && std::ranges::find(nodes, edge.to) != nodes.end();
    });
  }

  /// "A comedy": of the genre, all of them where the sources have none.
  void Require() {
    for (const Slot& slot : question_.slots) {
      if (slot.kind != SlotKind::kTrait || slot.role == "!") continue;
      auto left = scores_;
      std::erase_if(left, [&](const auto& entry) { return !Has(entry.first, slot.nodes); });
      if (left.empty()) {
        for (const auto node : slot.nodes) {
          for (const auto& edge : graph_.Edges(node)) {
            if (edge.backward && graph_.node(edge.to).item != kNoIndex && MayOffer(edge.to))
              left[edge.to] = 0;
          }
        }
      }
      scores_ = std::move(left);
    }
  }

  void Avoid(const std::string& words, std::vector<NodeIndex> traits) {
    if (words.empty()) return;
    constexpr double kAvoided = 1;
    for (const auto& word : QuestionWords(words)) {
      auto names = OtherNames(text::FoldTitle(word.text));
      names.push_back(word.text);
      for (const auto name : names) {
        for (const auto& entry : graph_.names().Exact(name)) {
          if (KindOf(graph_, entry.node) == SlotKind::kTrait) traits.push_back(entry.node);
        }
      }
    }
    for (auto& [item, score] : scores_) {
      if (Has(item, traits)) score -= kAvoided;
    }
    const auto found = sources_.search(words, kDepth);
    if (!found) return;
    for (const auto& id : *found) {
      const auto at = scores_.find(graph_.OfId(id));
      if (at != scores_.end()) at->second -= kAvoided;
    }
  }

  GrantedWish Best() const {
    std::vector<std::pair<NodeIndex, double>> ranked(scores_.begin(), scores_.end());
    std::ranges::sort(ranked, [](const auto& a, const auto& b) {
      return a.second > b.second || (a.second == b.second && a.first < b.first);
    });
    GrantedWish wish;
    const auto language =
        question_.chinese ? explain::Language::kChinese : explain::Language::kEnglish;
    std::string list;
    for (std::size_t i = 0; i < ranked.size() && i < kShown; ++i) {
      wish.items.push_back(ranked[i].first);
      list += (i == 0              ? ""
               : question_.chinese ? "、"
                                   : ", ") +
              explain::Quoted(graph_.Shown(ranked[i].first), language);
      CiteShared(ranked[i].first, wish);
    }
    wish.text = question_.chinese ? "可以试试：" + list + "。" : "You could try " + list + ".";
    return wish;
  }

  /// What the item has in common with those that the wish names, or of what it asks for.
  void CiteShared(NodeIndex item, GrantedWish& wish) const {
    constexpr std::size_t kMost = 4;
    std::size_t cited = 0;
    for (const auto& edge : graph_.Edges(item)) {
      if (edge.backward || cited == kMost) continue;
      const bool shared = std::ranges::any_of(
          named_, [&](NodeIndex named) { return graph_.Has(named, edge.relation, edge.to); });
      const bool asked = std::ranges::any_of(question_.slots, [&](const Slot& slot) {
        return std::ranges::find(slot.nodes, edge.to) != slot.nodes.end();
      });
      if (!shared && !asked) continue;
      wish.statements.push_back(edge.statement);
      ++cited;
    }
  }

  const ParsedQuestion& question_;
  const graph::KnowledgeGraph& graph_;
  const WishSources& sources_;
  std::vector<NodeIndex> named_;
  std::map<NodeIndex, double> scores_;
};

}  // namespace

GrantedWish FulfilWish(const ParsedQuestion& question,
                       const graph::KnowledgeGraph& graph,
                       const WishSources& sources) {
  return Granter(question, graph, sources).Grant();
}

}  // namespace medley::answers
