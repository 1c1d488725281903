#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "medley/data/catalogue.h"
#include "medley/data/triple.h"
#include "medley/graph/knowledge_builder.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/paths.h"
#include "medley/graph/relation_names.h"

namespace medley::graph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Kind = data::TripleEnd::Kind;

data::Item Film(const std::string& id, const std::string& title, Json attributes) {
  data::Item item;
  item.id = id;
  item.kind = "film";
  item.title = title;
  item.attributes = std::move(attributes);
  return item;
}

std::vector<data::Item> Films() {
  return {Film("1",
               "Big Blue, The (Grand bleu, Le) (1988)",
               {{"director", "Luc Besson"},
                {"actors", {"Jean Reno", "Rosanna Arquette"}},
                {"country", "France, USA"},
                {"year", 1988},
                {"price", 12}}),
          Film("2",
               "Nikita (La Femme Nikita) (1990)",
               {{"director", "LUC BESSON"}, {"writer", "Luc Besson"}, {"year", 1990}}),
          Film("3", "Heat (1995)", {{"director", "N/A"}, {"actors", {"Robert De Niro"}}})};
}

std::shared_ptr<const KnowledgeGraph> Build(const std::vector<data::Item>& items,
                                            const std::vector<data::Triple>& triples = {},
                                            std::vector<std::uint8_t> visible = {}) {
  if (visible.empty()) visible.assign(items.size(), 1);
  KnowledgeGraphBuilder builder(items, visible);
  for (const auto& triple : triples) builder.Add(triple);
  return std::move(builder).Build();
}

/// The names of what `node` is joined to by the relation.
std::vector<std::string> Tails(const KnowledgeGraph& graph,
                               NodeIndex node,
                               std::string_view relation,
                               bool backward = false) {
  std::vector<std::string> names;
  for (const auto& edge : graph.Edges(node, graph.FindRelation(relation), backward))
    names.push_back(graph.Shown(edge.to));
  return names;
}

TEST(RelationNames, ReadsFreebasePathsAndColumns) {
  EXPECT_EQ(CanonicalRelation("film.film.directed_by").name, "director");
  EXPECT_EQ(CanonicalRelation("Actors").name, "actor");
  EXPECT_EQ(CanonicalRelation("导演").name, "director");
  const auto swapped = CanonicalRelation("film.director.film");
  EXPECT_EQ(swapped.name, "director");
  EXPECT_TRUE(swapped.swapped);
  EXPECT_EQ(swapped.head_type, "film");
  EXPECT_EQ(swapped.tail_type, "person");
  const auto unknown = CanonicalRelation("music.album.release_label");
  EXPECT_EQ(unknown.name, "release_label");
  EXPECT_EQ(unknown.head_type, "album");
  EXPECT_TRUE(CanonicalRelation("film.film.prequel").swapped);
}

TEST(KnowledgeGraph, TakesTheCatalogueWithOneNodeForOneThing) {
  const auto graph = Build(Films());
  const auto blue = graph->OfItem(0);
  const auto nikita = graph->OfItem(1);
  EXPECT_THAT(Tails(*graph, blue, "actor"), ElementsAre("Jean Reno", "Rosanna Arquette"));
  EXPECT_THAT(Tails(*graph, blue, "country"), ElementsAre("France", "USA"));
  EXPECT_THAT(Tails(*graph, blue, "year"), ElementsAre("1988"));
  EXPECT_EQ(graph->FindRelation("price"), kNoIndex);
  // Director of both, in whatever case, and writer of one.
  const auto besson = graph->names().Exact("luc besson");
  ASSERT_EQ(besson.size(), 1U);
  EXPECT_EQ(graph->TypeOf(besson[0].node), "person");
  EXPECT_EQ(graph->Edges(besson[0].node).size(), 3U);
  EXPECT_TRUE(graph->Has(nikita, graph->FindRelation("writer"), besson[0].node));
  EXPECT_THAT(Tails(*graph, graph->OfItem(2), "director"), IsEmpty());
  EXPECT_EQ(graph->ProvenanceOf(graph->Edges(blue)[0].statement).at(0).source, "catalogue");
}

TEST(KnowledgeGraph, JoinsLinkedEntitiesAndKeepsWhoSaysSo) {
  const std::vector<data::Triple> triples = {{.head = {Kind::kEntity, "m.1"},
                                              .relation = "film.film.actor",
                                              .tail = {Kind::kEntity, "m.9"},
                                              .source = "x.kg"},
                                             {.head = {Kind::kEntity, "m.9"},
                                              .relation = "film.actor.film",
                                              .tail = {Kind::kEntity, "m.1"},
                                              .source = "y.kg"},
                                             {.head = {Kind::kItem, "2"},
                                              .relation = "director",
                                              .tail = {Kind::kName, "Luc Besson"},
                                              .source = "text",
                                              .span = {"2", "description", 3, 13},
                                              .confidence = 0.5},
                                             {.head = {Kind::kItem, "1"},
                                              .relation = std::string(data::kSameAs),
                                              .tail = {Kind::kEntity, "m.1"},
                                              .source = "x.link"},
                                             {.head = {Kind::kItem, "unknown"},
                                              .relation = "director",
                                              .tail = {Kind::kName, "Nobody"},
                                              .source = "text"}};
  const auto graph = Build(Films(), triples);
  EXPECT_EQ(graph->OfId("m.1"), graph->OfItem(0));
  EXPECT_THAT(Tails(*graph, graph->OfItem(0), "actor"),
              ElementsAre("Jean Reno", "Rosanna Arquette", "m.9"));
  const auto unnamed = graph->OfId("m.9");
  EXPECT_EQ(graph->TypeOf(unnamed), "person");
  ASSERT_EQ(graph->Edges(unnamed).size(), 1U);
  EXPECT_EQ(graph->ProvenanceOf(graph->Edges(unnamed)[0].statement).size(), 2U);

  const auto director = graph->Edges(graph->OfItem(1), graph->FindRelation("director"), false);
  ASSERT_EQ(director.size(), 1U);
  const auto said = graph->ProvenanceOf(director[0].statement);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[1].source, "text");
  EXPECT_EQ(said[1].confidence, 0.5);
  ASSERT_NE(said[1].span, nullptr);
  EXPECT_EQ(said[1].span->end, 13U);
  EXPECT_EQ(graph->n_left_out(), 1U);
}

TEST(KnowledgeGraph, LeavesHiddenItemsOut) {
  const auto graph = Build(Films(), {}, {1, 0, 1});
  EXPECT_EQ(graph->OfItem(1), kNoIndex);
  EXPECT_THAT(graph->names().Exact("nikita"), IsEmpty());
  EXPECT_EQ(graph->Edges(graph->names().Exact("luc besson")[0].node).size(), 1U);
}

TEST(NameIndex, KnowsTitlesPeopleAndSlips) {
  const auto graph = Build(Films());
  const auto nodes = [&](std::string_view form) {
    std::set<NodeIndex> found;
    for (const auto& entry : graph->names().Exact(form)) found.insert(entry.node);
    return found;
  };
  const auto blue = graph->OfItem(0);
  for (const char* form : {"the big blue", "big blue", "le grand bleu", "big blue the"})
    EXPECT_THAT(nodes(form), UnorderedElementsAre(blue)) << form;
  EXPECT_THAT(nodes("robert niro"), testing::SizeIs(1));
  EXPECT_THAT(nodes("niro"), testing::SizeIs(1));
  EXPECT_GT(graph->names().Exact("niro")[0].looseness, 0);
  const auto near = graph->names().Nearest("rosana arquete", 3);
  ASSERT_FALSE(near.empty());
  EXPECT_EQ(graph->Shown(near[0].entry->node), "Rosanna Arquette");
  EXPECT_EQ(near[0].distance, 2U);
}

TEST(FindPaths, GoesThroughWhatFewShare) {
  auto items = Films();
  // Everything is from France, two films share a writer.
  for (auto& item : items) item.attributes["country"] = "France";
  for (int i = 0; i < 20; ++i)
    items.push_back(
        Film("x" + std::to_string(i), "X" + std::to_string(i), {{"country", "France"}}));
  const auto graph = Build(items);
  const auto paths = FindPaths(*graph, graph->OfItem(0), graph->OfItem(1), 5);
  ASSERT_GE(paths.size(), 2U);
  ASSERT_EQ(paths[0].edges.size(), 2U);
  EXPECT_EQ(graph->Shown(paths[0].edges[0].to), "Luc Besson");
  EXPECT_FALSE(paths[0].edges[0].backward);
  EXPECT_TRUE(paths[0].edges[1].backward);
  EXPECT_EQ(paths[0].edges[1].to, graph->OfItem(1));
  EXPECT_LT(paths[0].cost, paths[1].cost);
  for (const auto& path : paths) EXPECT_EQ(path.edges.back().to, graph->OfItem(1));
  EXPECT_THAT(FindPaths(*graph, 0, 0, 5), IsEmpty());

  const auto reno = graph->names().Exact("jean reno")[0].node;
  const auto direct = FindPaths(*graph, graph->OfItem(0), reno, 5);
  ASSERT_FALSE(direct.empty());
  EXPECT_EQ(direct[0].edges.size(), 1U);
  // Four edges: actor, film, country, film.
  EXPECT_FALSE(FindPaths(*graph, reno, graph->OfItem(2), 5).empty());
}

}  // namespace
}  // namespace medley::graph
