#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/data/triple.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::graph {

/// The source of what an item's own fields say.
inline constexpr std::string_view kCatalogueSource = "catalogue";

/// Makes a KnowledgeGraph of a catalogue's fields and of triples, in any order. Of an item it takes
/// categories, language, tags and attributes: texts of at most 80 bytes, lists of these, and a
/// year; several people, languages, countries in one text are split at commas. Missing: empty
/// values and "N/A" say nothing; triples about items that are not there or not visible are left
/// out. Threads: one. Cost: about 3 us a statement, and the names' index.
class KnowledgeGraphBuilder {
 public:
  /// Shapes: visible has one entry an item; items and visible are read here only.
  KnowledgeGraphBuilder(std::span<const data::Item> items, std::span<const std::uint8_t> visible);
  void Add(const data::Triple& triple);
  std::shared_ptr<const KnowledgeGraph> Build() &&;

 private:
  struct Raw {
    std::uint32_t head;
    RelationIndex relation;
    std::uint32_t tail;
    std::uint32_t source;
    std::uint32_t span;
    float confidence;
  };
  struct Mapped {
    RelationIndex relation;
    std::uint32_t head_type;
    std::uint32_t tail_type;
    bool swapped;
  };
  const Mapped& MapRelation(std::string_view source_name);
  std::uint32_t Named(std::string_view name, std::uint32_t type);
  std::uint32_t Entity(const std::string& id, std::uint32_t type);
  std::uint32_t ItemNode(std::string_view id) const;
  std::uint32_t End(const data::TripleEnd& end, std::uint32_t type);
  std::uint32_t NewNode(std::string name, std::string id, std::uint32_t type);
  void AddItem(ItemIndex index, const data::Item& item);
  void AddField(std::uint32_t node, std::string_view name, const Json& value);
  void AddText(std::uint32_t node, std::string_view name, std::string_view text);
  void AddNamed(std::uint32_t node, const Mapped& relation, std::string_view name);
  std::uint32_t Root(std::uint32_t node);
  void Join(std::uint32_t a, std::uint32_t b);
  void MergeNodes();
  void MergeStatements();

  std::shared_ptr<KnowledgeGraph> graph_;
  std::vector<std::uint32_t> parent_;  ///< of each node: another that is the same thing
  StringMap<std::uint32_t> by_name_;   ///< type, a line end, the folded name
  StringMap<std::uint32_t> by_spelling_;
  StringMap<std::uint32_t> by_entity_;
  StringMap<std::uint32_t> by_item_;
  StringMap<Mapped> mapped_;
  IdMap relation_names_;
  std::vector<Raw> raw_;
};

}  // namespace medley::graph
