#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/triple.h"
#include "medley/graph/name_index.h"

namespace medley::graph {

using NodeIndex = std::uint32_t;
using RelationIndex = std::uint32_t;

/// What is known of items and of what they are joined to, as a graph: items, people, genres,
/// years... and typed relations between them, each statement once with all that say so. One node
/// for one thing: names are compared without case and accents within their type, an item and the
/// foreign entity that it is linked to are one. Made by KnowledgeGraphBuilder. Owns everything.
/// Threads: immutable.
class KnowledgeGraph {
 public:
  struct Node {
    std::string name;  ///< "": the source gives only an id
    std::string id;    ///< the item's, or that of the foreign graph; "": it goes by its name
    std::uint32_t type = 0;
    ItemIndex item = kNoIndex;  ///< its place in the catalogue
  };
  struct Relation {
    std::string name;                  ///< "director"
    std::vector<std::string> sources;  ///< what the sources call it
    std::size_t n_statements = 0;
  };
  /// `tail` is the `relation` of `head`.
  struct Statement {
    NodeIndex head = 0;
    RelationIndex relation = 0;
    NodeIndex tail = 0;
  };
  /// Who says so.
  struct Provenance {
    std::string_view source;  ///< "catalogue", or as in data::Triple
    double confidence = 1;
    const data::TripleSpan* span = nullptr;  ///< nullptr: from no text
  };
  /// A statement seen from one of its ends.
  struct Edge {
    RelationIndex relation = 0;
    bool backward = false;  ///< the node that it is an edge of is the tail
    NodeIndex to = 0;
    std::uint32_t statement = 0;
  };

  std::size_t n_nodes() const { return nodes_.size(); }
  std::size_t n_items() const { return of_item_.size(); }  ///< of the catalogue it was made for
  std::size_t n_statements() const { return statements_.size(); }
  const Node& node(NodeIndex node) const { return nodes_[node]; }
  const std::string& type_name(std::uint32_t type) const { return types_.IdOf(type); }
  const std::vector<std::string>& types() const { return types_.ids(); }
  const std::string& TypeOf(NodeIndex node) const { return types_.IdOf(nodes_[node].type); }
  std::span<const Relation> relations() const { return relations_; }
  const Statement& statement(std::uint32_t statement) const { return statements_[statement]; }
  std::vector<Provenance> ProvenanceOf(std::uint32_t statement) const;

  /// In the order of relation, direction, statement: as the source listed them.
  std::span<const Edge> Edges(NodeIndex node) const {
    return std::span(edges_).subspan(first_edge_[node], first_edge_[node + 1] - first_edge_[node]);
  }
  std::span<const Edge> Edges(NodeIndex node, RelationIndex relation, bool backward) const;
  bool Has(NodeIndex head, RelationIndex relation, NodeIndex tail) const;

  /// kNoIndex where there is none (all three).
  NodeIndex OfItem(ItemIndex item) const {
    return item < of_item_.size() ? of_item_[item] : kNoIndex;
  }
  NodeIndex OfId(std::string_view id) const;
  RelationIndex FindRelation(std::string_view name) const;
  const NameIndex& names() const { return names_; }
  /// The name; of what has none its id.
  const std::string& Shown(NodeIndex node) const {
    return nodes_[node].name.empty() ? nodes_[node].id : nodes_[node].name;
  }

  /// What a source said that names no visible item and could not be joined to one.
  std::size_t n_left_out() const { return left_out_; }

 private:
  friend class KnowledgeGraphBuilder;
  struct Said {
    std::uint32_t statement;
    std::uint32_t source;
    std::uint32_t span;  ///< kNoIndex: from no text
    float confidence;
  };
  void IndexEdges();
  void IndexNames();

  std::vector<Node> nodes_;
  IdMap types_;
  std::vector<Relation> relations_;
  std::vector<Statement> statements_;
  std::vector<std::size_t> first_edge_;
  std::vector<Edge> edges_;
  std::vector<NodeIndex> of_item_;
  StringMap<NodeIndex> of_id_;
  NameIndex names_;
  IdMap sources_;
  std::vector<data::TripleSpan> spans_;
  std::vector<Said> said_;  ///< by statement
  std::size_t left_out_ = 0;
};

}  // namespace medley::graph
