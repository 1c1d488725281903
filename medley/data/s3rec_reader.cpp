#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/result.h"
#include "medley/data/event_batch.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"
#include "medley/data/text_lines.h"
#include "medley/data/text_stream.h"

namespace medley::data {
namespace {

constexpr std::string_view kBlank = " \t,";

/// The lines give an order and no times: the n-th item of a user gets second n of 1970, which keeps
/// the order.
class S3RecReader : public Reader {
 public:
  Status Read(const std::filesystem::path& path,
              const ReadOptions& options,
              RecordSink& sink) override {
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(path, options.encoding));
    TextLines lines(std::move(stream));
    const std::string name = path.string();
    MEDLEY_RETURN_IF_ERROR(
        sink.OnMapping({name,
                        RecordKind::kEvents,
                        "one line a user: the user, then items in the order of time",
                        {{"first", "user"}, {"others", "item"}, {"place", "time"}}}));
    TextLines::Line line;
    std::uint64_t reported = 0;
    while (true) {
      MEDLEY_ASSIGN_OR_RETURN(const bool more, lines.Next(line));
      const std::uint64_t bytes = lines.stream().bytes_read();
      if (bytes != reported)
        MEDLEY_RETURN_IF_ERROR(sink.OnProgress(bytes - std::exchange(reported, bytes)));
      if (!more) return {};
      MEDLEY_RETURN_IF_ERROR(TakeLine(line, {name, line.number, line.text}, options, sink));
    }
  }

 private:
  static Status TakeLine(const TextLines::Line& line,
                         const Origin& origin,
                         const ReadOptions& options,
                         RecordSink& sink) {
    if (line.too_long) return sink.OnReject("", "the line is longer than 4 MiB", origin);
    std::vector<std::string_view> words;
    for (std::size_t begin = line.text.find_first_not_of(kBlank);
         begin != std::string_view::npos;) {
      const std::size_t end = std::min(line.text.find_first_of(kBlank, begin), line.text.size());
      words.push_back(line.text.substr(begin, end - begin));
      begin = line.text.find_first_not_of(kBlank, end);
    }
    if (words.empty()) return {};
    if (words.size() == 1) return sink.OnReject("item", "the user has no items", origin);
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (auto good = CheckId(i == 0 ? "user" : "item", words[i]); !good) {
        return sink.OnReject(i == 0 ? "user" : "item", good.error().message, origin);
      }
    }
    EventView event;
    event.user = words[0];
    event.type = options.event_type;
    for (std::size_t i = 1; i < words.size(); ++i) {
      event.item = words[i];
      event.time = static_cast<TimeMs>(i) * kSecondMs;
      MEDLEY_RETURN_IF_ERROR(sink.OnEvent(event, origin));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Reader> MakeS3RecReader() { return std::make_unique<S3RecReader>(); }

}  // namespace medley::data
