#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/jobs/document_import.h"
#include "medley/jobs/import_job.h"

namespace medley::apps {
namespace {

constexpr const char* kDocuments = "documents";

struct Options {
  std::string format;
  std::vector<std::string> paths;
  std::string media;
  std::vector<std::string> map;
  std::vector<std::string> ignore;
  std::string as;
  std::string kind;
  std::string delimiter;
  std::string encoding;
  std::string zone;
  std::string event_type = "click";
  std::string space = "image";
  std::string ids;
  std::string source;
  bool json = false;
};

/// "+08:00", "-0330", "Z".
std::optional<int> ParseZone(const std::string& text) {
  if (text.empty() || text == "Z" || text == "UTC") return 0;
  // A time in the zone tells how far it is from one without.
  const auto there = ParseTime("2000-01-02T00:00:00" + text);
  const auto here = ParseTime("2000-01-02T00:00:00Z");
  if (!there || !here) return std::nullopt;
  return static_cast<int>((*here - *there) / (60 * kSecondMs));
}

/// FIELD=COLUMN, ...
Status ReadMap(const Options& options, std::map<std::string, std::string>& map) {
  for (const auto& entry : options.map) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(ErrorCode::kInvalidInput, "--map takes FIELD=COLUMN, not '" + entry + "'");
    map[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  return {};
}

std::string Delimiter(const Options& options) {
  return options.delimiter == "tab" || options.delimiter == "\\t" ? "\t" : options.delimiter;
}

Result<jobs::ImportRequest> RequestOf(const Options& options) {
  jobs::ImportRequest request;
  request.format = options.format;
  for (const auto& path : options.paths) request.paths.emplace_back(path);
  request.media = options.media;
  request.space = options.space;
  request.read.ids = options.ids;
  request.read.kind = options.kind;
  request.read.encoding = options.encoding;
  request.read.delimiter = Delimiter(options);
  request.read.ignore = options.ignore;
  MEDLEY_RETURN_IF_ERROR(ReadMap(options, request.read.map));
  if (options.as == "items") request.read.as = data::RecordKind::kItems;
  if (options.as == "users") request.read.as = data::RecordKind::kUsers;
  if (options.as == "events") request.read.as = data::RecordKind::kEvents;
  const auto type = data::ParseEventType(options.event_type);
  if (!type)
    return Fail(ErrorCode::kInvalidInput, "unknown --event-type '" + options.event_type + "'");
  request.read.event_type = *type;
  const auto zone = ParseZone(options.zone);
  if (!zone)
    return Fail(ErrorCode::kInvalidInput,
                "--time-zone takes an offset such as +08:00, not '" + options.zone + "'");
  request.read.zone_offset_minutes = *zone;
  return request;
}

void PrintPreview(const data::Mapping& mapping, const std::vector<std::string>& rows) {
  constexpr std::size_t kWidth = 150;
  const char* kinds[] = {"items", "users", "events", "triples"};
  std::fprintf(stderr,
               "%s: %s (%s)\n",
               mapping.file.c_str(),
               kinds[static_cast<int>(mapping.kind)],
               mapping.format.c_str());
  for (const auto& column : mapping.columns) {
    std::fprintf(stderr,
                 "  %s -> %s\n",
                 column.column.c_str(),
                 column.field.empty() ? "(left out)" : column.field.c_str());
  }
  for (const auto& row : rows)
    std::fprintf(stderr, "    %s\n", std::string(data::CutText(row, kWidth)).c_str());
}

void PrintCounts(const char* what, const storage::WriteCounts& counts) {
  if (counts.added + counts.changed + counts.unchanged == 0) return;
  std::printf("%s: %llu added, %llu changed, %llu already there\n",
              what,
              static_cast<unsigned long long>(counts.added),
              static_cast<unsigned long long>(counts.changed),
              static_cast<unsigned long long>(counts.unchanged));
}

void PrintSummary(const jobs::ImportSummary& summary) {
  PrintCounts("items", summary.items);
  PrintCounts("users", summary.users);
  PrintCounts("events", summary.events);
  PrintCounts("triples", summary.triples);
  if (summary.vectors > 0)
    std::printf("vectors: %llu\n", static_cast<unsigned long long>(summary.vectors));
  if (summary.media > 0)
    std::printf("media files: %llu\n", static_cast<unsigned long long>(summary.media));
  for (const auto& note : summary.notes) std::printf("note: %s\n", note.c_str());
  if (summary.rejected > 0) {
    std::printf("rejected: %llu rows\n", static_cast<unsigned long long>(summary.rejected));
    for (const auto& [reason, count] : summary.rejected_by_reason) {
      std::printf("  %s: %llu\n", reason.c_str(), static_cast<unsigned long long>(count));
    }
    std::printf("  each with its reason in %s\n", summary.rejects.c_str());
  }
  if (summary.accepted() == 0) {
    std::printf("Nothing was imported.\n");
  } else {
    std::printf("Done in %.1f s. Next: medley encode, medley train.\n", summary.seconds);
  }
}

void PrintDocuments(const jobs::DocumentSummary& summary, bool json) {
  if (json) {
    Json rejected = Json::array();
    for (const auto& reject : summary.rejected)
      rejected.push_back({{"file", reject.file}, {"line", reject.line}, {"reason", reject.reason}});
    std::printf("%s\n",
                DumpJson({{"sources", summary.sources},
                          {"documents", summary.documents},
                          {"of_one_user", summary.own},
                          {"passages", summary.passages},
                          {"encoded", summary.encoded},
                          {"no_vectors", summary.no_vectors},
                          {"rejected", std::move(rejected)}})
                    .c_str());
    return;
  }
  std::printf("documents: %llu in %zu sources, %llu of them of one user each; %llu passages\n",
              static_cast<unsigned long long>(summary.documents),
              summary.sources.size(),
              static_cast<unsigned long long>(summary.own),
              static_cast<unsigned long long>(summary.passages));
  if (!summary.no_vectors.empty())
    std::printf("note: found by words alone: %s\n", summary.no_vectors.c_str());
  constexpr std::size_t kMostShown = 10;
  if (!summary.rejected.empty()) std::printf("rejected: %zu documents\n", summary.rejected.size());
  for (std::size_t i = 0; i < summary.rejected.size() && i < kMostShown; ++i) {
    const auto& reject = summary.rejected[i];
    std::printf("  %s:%llu: %s\n",
                reject.file.c_str(),
                static_cast<unsigned long long>(reject.line),
                reject.reason.c_str());
  }
  std::printf("Next: medley ask \"How long do I have to return something?\"\n");
}

void RunDocuments(const Options& options, Context& context) {
  jobs::DocumentImport request;
  for (const auto& path : options.paths) request.paths.emplace_back(path);
  request.source = options.source;
  request.read.encoding = options.encoding;
  request.read.delimiter = Delimiter(options);
  if (const auto read = ReadMap(options, request.read.map); !read)
    return context.Fail(read.error());
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto progress = MakeProgress(stderr);
  const auto summary = jobs::ImportDocuments(*workspace, request, *progress);
  if (!summary) return context.Fail(summary.error());
  PrintDocuments(*summary, options.json);
  if (!summary->rejected.empty()) context.exit_status = 1;
}

void Run(const Options& options, Context& context) {
  if (options.format == kDocuments) return RunDocuments(options, context);
  const auto request = RequestOf(options);
  if (!request) return context.Fail(request.error());
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto progress = MakeProgress(stderr);
  // A person is looking, whatever becomes of the output.
  const bool terminal = ::isatty(STDOUT_FILENO) != 0 && !options.json;
  const auto summary = jobs::RunImport(*workspace,
                                       *request,
                                       *progress,
                                       &StopOnSignals(),
                                       terminal ? jobs::ImportPreview(&PrintPreview) : nullptr);
  if (!summary) return context.Fail(summary.error());
  if (options.json) {
    std::printf("%s\n", DumpJson(summary->ToJson()).c_str());
  } else {
    PrintSummary(*summary);
  }
  context.exit_status = summary->exit_status();
}

}  // namespace

void AddImport(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  std::vector<std::string> names;
  std::string formats;
  for (const auto& reader : data::kReaders) {
    names.emplace_back(reader.name);
    formats += "\n  " + std::string(reader.name) + ": " + std::string(reader.summary) + "\n      " +
               std::string(reader.example);
  }
  names.emplace_back(kDocuments);
  formats +=
      "\n  documents: policies, help, orders: .md, .txt, .csv, .jsonl files or folders of them, to "
      "answer questions from\n      medley import documents policies/ orders.csv";
  auto* command = app.add_subcommand("import", "Read items, users, events and media from files");
  command->footer("Formats:" + formats +
                  "\n\nRows that are wrong go to runs/import-TIME/rejects.jsonl. Exit status: 0 "
                  "clean, 1 some rows were rejected, 2 nothing imported.");
  command
      ->add_option(
          "format", options->format, "csv, jsonl, movielens, recbole, s3rec, npy or documents")
      ->required()
      ->check(CLI::IsMember(names));
  command->add_option("paths", options->paths, "Files, or the folder of a format that has several")
      ->required();
  command->add_option("--media",
                      options->media,
                      "Folder of pictures, sounds, films: named by item id, or by an image, audio, "
                      "video or media column");
  command->add_option("--map", options->map, "Columns by hand: item=sku,user=visitor")
      ->delimiter(',');
  command->add_option("--ignore", options->ignore, "Columns to leave out")->delimiter(',');
  command->add_option("--as", options->as, "What the rows are, where the columns do not tell")
      ->check(CLI::IsMember({"items", "users", "events"}));
  command->add_option("--kind", options->kind, "Kind of items that have none: film, song, news...");
  command->add_option("--event-type",
                      options->event_type,
                      "Type of events that have neither type nor rating (click)");
  command->add_option("--delimiter", options->delimiter, "Between columns: , ; | tab (detected)");
  command->add_option(
      "--encoding", options->encoding, "Of the text: utf-8, gbk, utf-16, latin1... (detected)");
  command->add_option("--time-zone", options->zone, "Of times that have none: +08:00 (UTC)");
  command->add_option("--space", options->space, "npy: the embedding space to fill (image)");
  command->add_option(
      "--ids", options->ids, "npy: a file with the items' ids, one a line (row numbers)");
  command->add_option(
      "--source", options->source, "documents: their name, to be replaced by (the file's name)");
  command->add_flag("--json", options->json, "Print the summary as JSON");
  command->callback([options, &context] { Run(*options, context); });
}

}  // namespace medley::apps
