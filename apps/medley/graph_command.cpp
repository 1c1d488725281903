#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/knowledge_json.h"
#include "medley/graph/paths.h"
#include "medley/graph/relation_names.h"
#include "medley/pipeline/knowledge.h"
#include "medley/pipeline/snapshot.h"
#include "medley/text/display.h"
#include "medley/text/terms.h"

namespace medley::apps {
namespace {

using graph::KnowledgeGraph;
using graph::NodeIndex;

struct GraphArguments {
  std::string name;
  std::string other;
  std::string head;
  std::string relation;
  std::string tail;
  std::size_t n = 20;
  bool json = false;
};

std::string Line(std::string_view text) {
  constexpr std::size_t kWidth = 100;
  return text::DisplayText(text, kWidth);
}

/// "Toy Story (1995) (film 1)".
std::string NodeLine(const KnowledgeGraph& knowledge, NodeIndex node) {
  const auto& id = knowledge.node(node).id;
  return Line(knowledge.Shown(node)) + " (" + Line(knowledge.TypeOf(node)) +
         (id.empty() ? "" : " " + Line(id)) + ")";
}

std::string RelationOf(const KnowledgeGraph& knowledge, const KnowledgeGraph::Edge& edge) {
  const std::string name = graph::ReadableRelation(knowledge.relations()[edge.relation].name);
  return edge.backward ? name + " of" : name;
}

void PrintJson(const Json& json) { std::printf("%s\n", DumpJson(json).c_str()); }

Result<std::vector<NodeIndex>> Resolve(const KnowledgeGraph& knowledge, const std::string& text) {
  auto nodes = graph::FindNodes(knowledge, text);
  if (!nodes.empty()) return nodes;
  std::string message = "the graph has nothing that is called '" + text + "'";
  const auto near = knowledge.names().Nearest(text::FoldTitle(text), 3);
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) {
    message += (i == 0 ? "; did you mean '" : ", '") + knowledge.Shown(near[i].entry->node) + "'";
  }
  return Fail(ErrorCode::kNotFound, message + (near.empty() ? "" : "?"));
}

Status Stats(const KnowledgeGraph& knowledge, const GraphArguments& arguments) {
  const Json stats = graph::StatsJson(knowledge);
  if (arguments.json) {
    PrintJson(stats);
    return {};
  }
  std::printf("%zu nodes (%zu items, %zu without a name), %zu statements\n",
              stats["nodes"].get<std::size_t>(),
              stats["items"].get<std::size_t>(),
              stats["unnamed"].get<std::size_t>(),
              stats["statements"].get<std::size_t>());
  std::printf("\n%-24s %9s  called\n", "relation", "statements");
  for (const auto& relation : stats["relations"]) {
    std::string called;
    for (const auto& name : relation["called"])
      called += (called.empty() ? "" : ", ") + name.get<std::string>();
    std::printf("%-24s %9zu   %s\n",
                Line(relation["name"].get<std::string>()).c_str(),
                relation["statements"].get<std::size_t>(),
                Line(called).c_str());
  }
  std::printf("\n%-24s %9s\n", "type", "nodes");
  for (const auto& [type, count] : stats["types"].items())
    std::printf("%-24s %9zu\n", Line(type).c_str(), count.get<std::size_t>());
  std::printf("\n%-24s %9s\n", "source", "statements");
  for (const auto& [source, count] : stats["sources"].items())
    std::printf("%-24s %9zu\n", Line(source).c_str(), count.get<std::size_t>());
  if (knowledge.n_left_out() > 0)
    std::printf("\n%zu triples name no visible item and were left out\n", knowledge.n_left_out());
  return {};
}

Status Show(const KnowledgeGraph& knowledge, const GraphArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto nodes, Resolve(knowledge, arguments.name));
  Json shown = Json::array();
  for (const NodeIndex node : nodes) {
    Json json = graph::NodeJson(knowledge, node);
    json["statements"] = Json::array();
    if (!arguments.json) std::printf("%s\n", NodeLine(knowledge, node).c_str());
    std::size_t of_relation = 0;
    const KnowledgeGraph::Edge* before = nullptr;
    for (const auto& edge : knowledge.Edges(node)) {
      const bool same = before != nullptr && before->relation == edge.relation &&
                        before->backward == edge.backward;
      of_relation = same ? of_relation + 1 : 0;
      before = &edge;
      if (arguments.json) {
        json["statements"].push_back(graph::StatementJson(knowledge, edge.statement));
      } else if (of_relation < arguments.n) {
        std::string sources;
        for (const auto& said : knowledge.ProvenanceOf(edge.statement))
          sources += (sources.empty() ? "" : ", ") + std::string(said.source);
        std::printf("  %-22s %s  [%s]\n",
                    RelationOf(knowledge, edge).c_str(),
                    NodeLine(knowledge, edge.to).c_str(),
                    Line(sources).c_str());
      } else if (of_relation == arguments.n) {
        std::printf("  %-22s ... -n shows more\n", RelationOf(knowledge, edge).c_str());
      }
    }
    shown.push_back(std::move(json));
  }
  if (arguments.json) PrintJson({{"nodes", std::move(shown)}});
  return {};
}

Status Path(const KnowledgeGraph& knowledge, const GraphArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto from, Resolve(knowledge, arguments.name));
  MEDLEY_ASSIGN_OR_RETURN(const auto to, Resolve(knowledge, arguments.other));
  const auto paths = graph::FindPaths(knowledge, from.front(), to.front(), arguments.n);
  Json shown = Json::array();
  for (const auto& path : paths) {
    Json steps = Json::array();
    std::string line = NodeLine(knowledge, from.front());
    for (const auto& edge : path.edges) {
      steps.push_back(graph::StatementJson(knowledge, edge.statement));
      line += " - " + RelationOf(knowledge, edge) + " - " + NodeLine(knowledge, edge.to);
    }
    shown.push_back({{"cost", path.cost}, {"statements", std::move(steps)}});
    if (!arguments.json) std::printf("%s\n", line.c_str());
  }
  if (arguments.json) {
    PrintJson({{"paths", std::move(shown)}});
  } else if (paths.empty()) {
    std::printf("Nothing joins them within four steps.\n");
  }
  return {};
}

bool Contains(const std::vector<NodeIndex>& nodes, NodeIndex node) {
  for (const NodeIndex one : nodes) {
    if (one == node) return true;
  }
  return false;
}

/// Every statement that fits what is given.
Status Query(const KnowledgeGraph& knowledge, const GraphArguments& arguments) {
  std::vector<NodeIndex> heads;
  std::vector<NodeIndex> tails;
  if (!arguments.head.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(heads, Resolve(knowledge, arguments.head));
  }
  if (!arguments.tail.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(tails, Resolve(knowledge, arguments.tail));
  }
  auto relation = kNoIndex;
  if (!arguments.relation.empty()) {
    relation = knowledge.FindRelation(graph::CanonicalRelation(arguments.relation).name);
    if (relation == kNoIndex)
      return Fail(ErrorCode::kNotFound,
                  "the graph has no relation '" + arguments.relation +
                      "'; medley graph stats lists those that it has");
  }
  std::size_t found = 0;
  Json shown = Json::array();
  for (std::uint32_t i = 0; i < knowledge.n_statements(); ++i) {
    const auto& statement = knowledge.statement(i);
    if (relation != kNoIndex && statement.relation != relation) continue;
    if (!heads.empty() && !Contains(heads, statement.head)) continue;
    if (!tails.empty() && !Contains(tails, statement.tail)) continue;
    if (++found > arguments.n) continue;
    if (arguments.json) {
      shown.push_back(graph::StatementJson(knowledge, i));
    } else {
      std::printf("%s - %s - %s\n",
                  NodeLine(knowledge, statement.head).c_str(),
                  graph::ReadableRelation(knowledge.relations()[statement.relation].name).c_str(),
                  NodeLine(knowledge, statement.tail).c_str());
    }
  }
  if (arguments.json) {
    PrintJson({{"statements", std::move(shown)}, {"total", found}});
  } else {
    std::printf("%zu statements%s\n", found, found > arguments.n ? "; -n shows more" : "");
  }
  return {};
}

using Action = Status (*)(const KnowledgeGraph&, const GraphArguments&);

void RunGraph(Context& context, const GraphArguments& arguments, Action action) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto catalogue = pipeline::LoadCatalogue(*workspace);
  if (!catalogue) return context.Fail(catalogue.error());
  const auto knowledge = pipeline::LoadKnowledge(*workspace, **catalogue);
  if (!knowledge) return context.Fail(knowledge.error());
  if (const auto done = action(**knowledge, arguments); !done) context.Fail(done.error());
}

}  // namespace

void AddGraph(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<GraphArguments>();
  auto* command = app.add_subcommand(
      "graph",
      "What is known of items, people and the rest: the catalogue's fields and imported triples");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* summary, Action action) {
    auto* sub = command->add_subcommand(name, summary);
    sub->add_flag("--json", arguments->json, "Everything as JSON, with who says so");
    sub->callback([&context, arguments, action] { RunGraph(context, *arguments, action); });
    return sub;
  };
  add("stats", "Counts of nodes by type and of statements by relation and source", &Stats);
  auto* show = add("show", "An item, person, genre... and all it is joined to", &Show);
  show->add_option("name", arguments->name, "A title, a name, or an id")->required();
  show->add_option("-n", arguments->n, "How many of each relation")->capture_default_str();
  auto* path = add("path", "How two things are connected, the most telling way first", &Path);
  path->add_option("from", arguments->name, "A title, a name, or an id")->required();
  path->add_option("to", arguments->other, "Another")->required();
  path->add_option("-n", arguments->n, "How many ways")->capture_default_str();
  auto* query = add("query", "Statements by what stands at their ends", &Query);
  query->add_option("--head", arguments->head, "Of this item: a title, a name, or an id");
  query->add_option("--relation", arguments->relation, "director, actor, genre...");
  query->add_option("--tail", arguments->tail, "With this at the other end");
  query->add_option("-n", arguments->n, "How many")->capture_default_str();
}

}  // namespace medley::apps
