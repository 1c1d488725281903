#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/data/modality.h"
#include "medley/jobs/encode_job.h"
#include "medley/jobs/encode_measure.h"

namespace medley::apps {
namespace {

struct EncodeArguments {
  std::vector<std::string> modalities;
  bool again = false;
  bool measure = false;
};

Json ToJson(const jobs::EncodeReport& report) {
  Json spaces = Json::object();
  for (const auto& [name, space] : report.spaces) {
    spaces[name] = {{"encoded", space.encoded},
                    {"unchanged", space.unchanged},
                    {"removed", space.removed},
                    {"failed", space.failed},
                    {"seconds", space.seconds},
                    {"model_seconds", space.model_seconds}};
  }
  return {{"spaces", spaces}, {"seconds", report.seconds}};
}

void RunEncode(Context& context, const EncodeArguments& arguments) {
  auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  jobs::EncodeOptions options{.modalities = {}, .again = arguments.again};
  for (const auto& name : arguments.modalities)
    options.modalities.push_back(*data::ParseModality(name));
  const auto progress = MakeProgress(stderr);
  const auto report = jobs::EncodeCatalogue(*workspace, options, *progress, StopOnSignals());
  if (!report) return context.Fail(report.error());
  for (const auto& failure : report->failures) {
    std::fprintf(stderr,
                 "medley: item '%s': %s left out: %s\n",
                 failure.item.c_str(),
                 failure.source.c_str(),
                 failure.reason.c_str());
  }
  Json out = ToJson(*report);
  if (arguments.measure) {
    const auto measured = jobs::MeasureEncoding(*workspace, options.modalities);
    if (!measured) return context.Fail(measured.error());
    for (const auto& [name, cost] : *measured) {
      out["bare"][name] = {
          {"decode_s", cost.decode_s}, {"model_s", cost.model_s}, {"units", cost.units}};
    }
  }
  std::printf("%s\n", DumpJson(out).c_str());
  if (!report->failures.empty()) context.exit_status = 1;
}

}  // namespace

void AddEncode(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<EncodeArguments>();
  auto* command = app.add_subcommand("encode",
                                     "Make the vectors of every text, picture, sound and film that "
                                     "is new or changed; goes on where it was stopped");
  command
      ->add_option("--modality",
                   arguments->modalities,
                   "Only these: text, image, audio, video (may be repeated)")
      ->check(CLI::IsMember({"text", "image", "audio", "video"}));
  command->add_flag("--again", arguments->again, "Also what has not changed");
  command->add_flag("--measure",
                    arguments->measure,
                    "Afterwards also time the decoder and the models alone, on the same files");
  command->callback([&context, arguments] { RunEncode(context, *arguments); });
}

}  // namespace medley::apps
