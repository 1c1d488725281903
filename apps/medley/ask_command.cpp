#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/answers/answerer.h"
#include "medley/answers/document_answer.h"
#include "medley/answers/document_index.h"
#include "medley/answers/passage_writer.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/search.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/graph/knowledge_json.h"
#include "medley/graph/relation_names.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/linalg/matrix.h"
#include "medley/pipeline/engine.h"
#include "medley/pipeline/knowledge.h"
#include "medley/serving/ask_sources.h"
#include "medley/storage/document_store.h"
#include "medley/storage/workspace.h"
#include "medley/text/display.h"

namespace medley::apps {
namespace {

struct AskArguments {
  std::vector<std::string> questions;
  std::string user;
  bool json = false;
};

std::string Line(const std::string& text) {
  constexpr std::size_t kWidth = 80;
  return text::DisplayText(text, kWidth);
}

/// What stands below the words, which were printed as they came; or everything.
void Print(const answers::Answer& answer, const graph::KnowledgeGraph& graph, bool json) {
  if (json) {
    std::printf("%s\n", DumpJson(answers::ToJson(answer, graph)).c_str());
    return;
  }
  std::printf("\n");
  for (const auto& cited : answer.documents.cited)
    std::printf("  [%s%s; %s]\n",
                Line(cited.title).c_str(),
                cited.heading.empty() ? "" : (" > " + Line(cited.heading)).c_str(),
                Line(cited.source).c_str());
  constexpr std::size_t kMostCited = 10;
  const auto& cited = answer.found.statements;
  for (std::size_t i = 0; i < cited.size() && i < kMostCited; ++i) {
    const auto& statement = graph.statement(cited[i]);
    std::printf("  [%s - %s - %s; %s]\n",
                Line(graph.Shown(statement.head)).c_str(),
                Line(graph::ReadableRelation(graph.relations()[statement.relation].name)).c_str(),
                Line(graph.Shown(statement.tail)).c_str(),
                Line(std::string(graph.ProvenanceOf(cited[i]).front().source)).c_str());
  }
}

Result<answers::DocumentSources> DocumentsFor(const storage::Workspace& workspace,
                                              const std::string& user,
                                              jobs::EncoderBench& bench) {
  answers::DocumentSources sources;
  sources.user = user;
  MEDLEY_ASSIGN_OR_RETURN(sources.index,
                          answers::DocumentIndex::Load(storage::DocumentStore(workspace)));
  sources.encode = [&bench](std::string_view question) -> std::vector<float> {
    const auto encoder = bench.Take(data::Modality::kText);
    if (!encoder) return {};
    linalg::Matrix vector(1, (*encoder)->dimension());
    const encoders::Input input{std::string(question)};
    if (!(*encoder)->Encode(std::span(&input, 1), encoders::TextRole::kQuery, vector.View()))
      return {};
    return {vector.Row(0).begin(), vector.Row(0).end()};
  };
  return sources;
}

void RunAsk(Context& context, const AskArguments& arguments) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto engine = pipeline::Engine::Open(*workspace, {.rewrite = false});
  if (!engine) return context.Fail(engine.error());
  const auto catalogue = (*engine)->catalogue();
  const auto graph = pipeline::LoadKnowledge(*workspace, *catalogue);
  if (!graph) return context.Fail(graph.error());
  const answers::Answerer answerer(*graph);
  std::shared_ptr<const answers::SearchIndex> index;
  const auto sources = serving::AskSources(
      **engine,
      arguments.user,
      [&](const answers::SearchQuery& query) -> Result<answers::WishSources::Ids> {
        if (index == nullptr) index = answers::SearchIndex::Build(catalogue);
        MEDLEY_ASSIGN_OR_RETURN(const auto hits, index->Search(query));
        answers::WishSources::Ids ids;
        for (const auto& hit : hits) ids.push_back(catalogue->items[hit.item].id);
        return ids;
      });
  jobs::EncoderBench bench(*workspace);
  const auto documents = DocumentsFor(*workspace, arguments.user, bench);
  if (!documents) return context.Fail(documents.error());
  const auto writer = answers::PassageWriter::Make(*workspace);
  if (!writer) return context.Fail(writer.error());
  auto document_sources = *documents;
  if (*writer != nullptr) {
    document_sources.word = [&](std::string_view question,
                                const answers::DocumentAnswer& answer,
                                const answers::Say& say) {
      return (*writer)->Write(question, answer, say);
    };
  }
  answers::Say say;
  if (!arguments.json) {
    say = [](std::string_view words) {
      std::fwrite(words.data(), 1, words.size(), stdout);
      return std::fflush(stdout) == 0;
    };
  }
  answers::Conversation conversation;
  for (const auto& question : arguments.questions) {
    const auto answer = answerer.Ask(question, conversation, sources, document_sources, say);
    if (!answer) return context.Fail(answer.error());
    Print(*answer, **graph, arguments.json);
  }
}

}  // namespace

void AddAsk(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<AskArguments>();
  auto* command = app.add_subcommand(
      "ask",
      "Answer questions about the catalogue and from documents, in English or Chinese, with what "
      "they rest on");
  command
      ->add_option("questions",
                   arguments->questions,
                   "One, or several of a conversation: \"who directed Heat?\" \"who wrote it?\"")
      ->required();
  command->add_option("--user", arguments->user, "Who asks: wishes are granted to their taste");
  command->add_flag("--json", arguments->json, "Everything as JSON: results, items, triples");
  command->callback([&context, arguments] { RunAsk(context, *arguments); });
}

}  // namespace medley::apps
