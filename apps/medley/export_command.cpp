#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/result.h"
#include "medley/jobs/export_job.h"

namespace medley::apps {
namespace {

struct Options {
  std::string what;
  std::string format = "jsonl";
  std::string space = "fused";
  std::string out;
};

Result<std::uint64_t> ExportTo(const storage::Workspace& workspace,
                               const Options& options,
                               std::FILE* out) {
  if (options.what == "vectors") return jobs::ExportVectors(workspace, options.space, out);
  const auto kind = options.what == "items"    ? jobs::ExportKind::kItems
                    : options.what == "users"  ? jobs::ExportKind::kUsers
                    : options.what == "events" ? jobs::ExportKind::kEvents
                                               : jobs::ExportKind::kRecommendations;
  return jobs::RunExport(
      workspace.store(),
      kind,
      options.format == "csv" ? jobs::ExportFormat::kCsv : jobs::ExportFormat::kJsonl,
      out);
}

/// The file appears whole or not at all.
Result<std::uint64_t> ExportToFile(const storage::Workspace& workspace, const Options& options) {
  const std::string unfinished = options.out + ".unfinished";
  std::FILE* file = std::fopen(unfinished.c_str(), "we");
  if (file == nullptr) return Fail(ErrorCode::kIo, "cannot create '" + unfinished + "'");
  auto rows = ExportTo(workspace, options, file);
  const bool closed = std::fclose(file) == 0;
  std::error_code error;
  if (rows && closed) std::filesystem::rename(unfinished, options.out, error);
  if (rows && closed && !error) return rows;
  std::filesystem::remove(unfinished, error);
  if (rows) return Fail(ErrorCode::kIo, "cannot write '" + options.out + "'");
  return rows;
}

void Run(const Options& options, Context& context) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto rows = options.out.empty() ? ExportTo(*workspace, options, stdout)
                                        : ExportToFile(*workspace, options);
  if (!rows) return context.Fail(rows.error());
  if (!options.out.empty())
    std::printf("%llu %s written to %s\n",
                static_cast<unsigned long long>(*rows),
                options.what.c_str(),
                options.out.c_str());
}

}  // namespace

void AddExport(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("export", "Write items, users, events, recommendations or vectors");
  command->add_option("what", options->what, "items, users, events, recommendations or vectors")
      ->required()
      ->check(CLI::IsMember({"items", "users", "events", "recommendations", "vectors"}));
  command->add_option("--format", options->format, "jsonl or csv (jsonl)")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  command->add_option("--space", options->space, "Vectors: of which space (fused)")
      ->check(CLI::IsMember({"text", "image", "audio", "video", "fused"}));
  command->add_option("--out", options->out, "File to write (standard output)");
  command->callback([options, &context] { Run(*options, context); });
}

}  // namespace medley::apps
