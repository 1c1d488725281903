#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/jobs/vector_measure.h"
#include "medley/pipeline/attributes.h"

namespace medley::apps {
namespace {

struct VectorsArguments {
  std::string space;
  std::size_t k = 20;
  std::size_t queries = 1000;
  std::size_t dimensions = 0;
  bool json = false;
};

void PrintJson(const jobs::VectorReport& report) {
  Json kept = Json::array();
  for (const auto& cost : report.costs) {
    kept.push_back({{"kept", cost.kept},
                    {"bytes", cost.bytes},
                    {"recall", cost.recall},
                    {"seconds_per_query", cost.seconds}});
  }
  std::printf("%s\n",
              DumpJson({{"vectors", report.vectors},
                        {"dimension", report.dimension},
                        {"queries", report.queries},
                        {"axes_keep", report.axes_keep},
                        {"costs", std::move(kept)}})
                  .c_str());
}

void RunVectors(Context& context, const VectorsArguments& arguments) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto report = jobs::MeasureVectors(
      *workspace, arguments.space, arguments.k, arguments.queries, arguments.dimensions);
  if (!report) return context.Fail(report.error());
  if (arguments.json) return PrintJson(*report);
  std::printf("%zu vectors of %zu numbers, %zu queries for the %zu nearest\n",
              report->vectors,
              report->dimension,
              report->queries,
              arguments.k);
  if (arguments.dimensions > 0)
    std::printf(
        "%zu axes keep %.4f of their squared length\n", arguments.dimensions, report->axes_keep);
  for (const auto& cost : report->costs) {
    std::printf("%-28s %10.1f kB  found %.4f  %8.1f us a query\n",
                cost.kept.c_str(),
                static_cast<double>(cost.bytes) / 1e3,
                cost.recall,
                cost.seconds * 1e6);
  }
}

}  // namespace

void AddVectors(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<VectorsArguments>();
  auto* command = app.add_subcommand(
      "vectors",
      "How vectors fare when they are kept smaller: size, what is still found, time; to choose "
      "[search] vectors by");
  command->add_option("space", arguments->space, "text, image, audio, video or fused")
      ->required()
      ->check(CLI::IsMember(
          std::vector<std::string>(pipeline::kSpaces.begin(), pipeline::kSpaces.end())));
  command->add_option("-k", arguments->k, "How many nearest are looked for")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--queries", arguments->queries, "How many of the vectors are searched by")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--dimensions",
                      arguments->dimensions,
                      "Also keep only so many numbers, along the principal axes (0: not)");
  command->add_flag("--json", arguments->json, "As one JSON object");
  command->callback([&context, arguments] { RunVectors(context, *arguments); });
}

}  // namespace medley::apps
