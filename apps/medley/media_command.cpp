#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/media/decoder.h"

namespace medley::apps {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::string list;
};

struct Checked {
  Result<media::MediaInfo> info;
  double probe_s = 0;
  double decode_s = 0;
};

/// Decodes the file as it would be for encoding.
Status DecodeAs(const std::string& mime,
                bool has_pictures,
                media::Decoder& decoder,
                const std::string& bytes) {
  if (mime.starts_with("image/")) {
    MEDLEY_RETURN_IF_ERROR(decoder.DecodeImage(bytes));
  } else if (mime.starts_with("audio/") || !has_pictures) {
    MEDLEY_RETURN_IF_ERROR(decoder.DecodeSound(bytes));
  } else {
    MEDLEY_RETURN_IF_ERROR(decoder.DecodeClip(bytes));
  }
  return {};
}

Checked Check(media::Decoder& decoder, const std::string& file) {
  const auto bytes = ReadFile(file);
  if (!bytes) return {tl::unexpected(bytes.error())};
  const Stopwatch probing;
  Checked checked{decoder.Probe(*bytes)};
  checked.probe_s = probing.Seconds();
  if (!checked.info) return checked;
  const Stopwatch decoding;
  const Status decoded = DecodeAs(checked.info->mime, checked.info->width > 0, decoder, *bytes);
  checked.decode_s = decoding.Seconds();
  if (!decoded) checked.info = tl::unexpected(decoded.error());
  return checked;
}

std::int64_t Milliseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1000); }

Json ReportOf(const std::string& file, const Checked& checked) {
  const Result<media::MediaInfo>& info = checked.info;
  Json report = {{"file", file},
                 {"ok", info.has_value()},
                 {"probe_ms", Milliseconds(checked.probe_s)},
                 {"decode_ms", Milliseconds(checked.decode_s)}};
  if (!info) {
    report["error"] = ErrorCodeName(info.error().code);
    report["message"] = info.error().message;
    return report;
  }
  report["mime"] = info->mime;
  if (info->width > 0) {
    report["width"] = info->width;
    report["height"] = info->height;
  }
  if (info->duration_s > 0) report["duration_s"] = info->duration_s;
  return report;
}

void RunCheck(const CheckOptions& options, Context& context) {
  auto decoder = media::Decoder::Start();
  if (!decoder) return context.Fail(decoder.error());
  int good = 0;
  int bad = 0;
  const auto check = [&](const std::string& file) {
    const Checked checked = Check(*decoder, file);
    std::printf("%s\n", DumpJson(ReportOf(file, checked)).c_str());
    std::fflush(stdout);
    ++(checked.info ? good : bad);
  };
  for (const std::string& file : options.files) check(file);
  if (!options.list.empty()) {
    std::ifstream list(options.list == "-" ? "/dev/stdin" : options.list);
    if (!list) return context.Fail({ErrorCode::kNotFound, "cannot read the list " + options.list});
    for (std::string line; std::getline(list, line);) {
      if (!line.empty()) check(line);
    }
  }
  std::fprintf(stderr, "%d files can be encoded, %d cannot\n", good, bad);
  if (bad > 0) context.exit_status = good > 0 ? 1 : 2;
}

}  // namespace

void AddMedia(CLI::App& app, Context& context) {
  auto* media = app.add_subcommand("media", "Pictures, sounds and films");
  media->require_subcommand(1);
  auto options = std::make_shared<CheckOptions>();
  auto* check = media->add_subcommand(
      "check", "Say of each file what it is, or why it cannot be encoded: one JSON line a file");
  check->add_option("files", options->files, "The files");
  check->add_option(
      "--list", options->list, "A file with one name a line; - reads them from standard input");
  check->callback([options, &context] {
    if (options->files.empty() && options->list.empty()) {
      return context.Fail({ErrorCode::kInvalidInput, "name some files, or --list FILE"});
    }
    RunCheck(*options, context);
  });
}

}  // namespace medley::apps
