#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event_batch.h"
#include "medley/data/reader.h"
#include "medley/data/table_reader.h"
#include "medley/data/text_check.h"

namespace medley::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFlagPrefix = "genre ";

struct KnownFile {
  const char* name;
  RecordKind kind;
  const char* delimiter;
  const char* encoding;
  bool has_header;
  const char* columns;  ///< '|' between
  EventType type;
};

/// In the order of reading: items and users before events.
constexpr std::array kFiles = {
    KnownFile{"u.item",
              RecordKind::kItems,
              "|",
              "windows-1252",
              false,
              "item|title|created|video release date|url|genre unknown|genre Action|genre "
              "Adventure|genre Animation|genre Children's|genre Comedy|"
              "genre Crime|genre Documentary|genre Drama|genre Fantasy|genre Film-Noir|genre "
              "Horror|genre Musical|genre Mystery|genre Romance|"
              "genre Sci-Fi|genre Thriller|genre War|genre Western",
              EventType::kRating},
    KnownFile{
        "movies.dat", RecordKind::kItems, "::", "", false, "item|title|genres", EventType::kRating},
    KnownFile{"movies.csv", RecordKind::kItems, ",", "", true, "", EventType::kRating},
    KnownFile{"links.csv", RecordKind::kItems, ",", "", true, "", EventType::kRating},
    KnownFile{"u.user",
              RecordKind::kUsers,
              "|",
              "",
              false,
              "user|age|gender|occupation|zip_code",
              EventType::kRating},
    KnownFile{"users.dat",
              RecordKind::kUsers,
              "::",
              "",
              false,
              "user|gender|age|occupation|zip_code",
              EventType::kRating},
    KnownFile{"u.data",
              RecordKind::kEvents,
              "\t",
              "",
              false,
              "user|item|rating|time",
              EventType::kRating},
    KnownFile{"ratings.dat",
              RecordKind::kEvents,
              "::",
              "",
              false,
              "user|item|rating|time",
              EventType::kRating},
    KnownFile{"ratings.csv", RecordKind::kEvents, ",", "", true, "", EventType::kRating},
    KnownFile{"tags.csv", RecordKind::kEvents, ",", "", true, "", EventType::kComment},
    KnownFile{"tags.dat",
              RecordKind::kEvents,
              "::",
              "",
              false,
              "user|item|tag|time",
              EventType::kComment},
};

/// Puts right what MovieLens writes its own way: "Heat (1995)" has a year, flags and "(no genres
/// listed)" are genres.
class FilmSink : public RecordSink {
 public:
  explicit FilmSink(RecordSink& sink) : sink_(sink) {}

  Status OnItem(Item item, std::span<const MediaReference> media, const Origin& origin) override {
    SplitYear(item);
    std::erase(item.categories, "(no genres listed)");
    for (auto entry = item.attributes.begin(); entry != item.attributes.end();) {
      if (!entry.key().starts_with(kFlagPrefix)) {
        ++entry;
        continue;
      }
      if (entry->is_number() && entry->get<double>() == 1)
        item.categories.push_back(entry.key().substr(kFlagPrefix.size()));
      entry = item.attributes.erase(entry);
    }
    if (item.kind.empty()) item.kind = "film";
    return sink_.OnItem(std::move(item), media, origin);
  }
  Status OnMapping(const Mapping& mapping) override { return sink_.OnMapping(mapping); }
  Status OnUser(User user, const Origin& origin) override {
    return sink_.OnUser(std::move(user), origin);
  }
  Status OnEvent(const EventView& event, const Origin& origin) override {
    return sink_.OnEvent(event, origin);
  }
  Status OnVector(std::string_view item,
                  std::span<const float> vector,
                  const Origin& origin) override {
    return sink_.OnVector(item, vector, origin);
  }
  Status OnTriple(Triple triple, const Origin& origin) override {
    return sink_.OnTriple(std::move(triple), origin);
  }
  Status OnReject(std::string_view field, std::string_view reason, const Origin& origin) override {
    return sink_.OnReject(field, reason, origin);
  }
  void OnNote(std::string_view note) override { sink_.OnNote(note); }
  Status OnProgress(std::uint64_t bytes) override { return sink_.OnProgress(bytes); }

 private:
  static void SplitYear(Item& item) {
    const std::string_view title = TrimText(item.title);
    if (title.size() < 7 || !title.ends_with(')') || title[title.size() - 6] != '(') return;
    int year = 0;
    const char* digits = title.data() + title.size() - 5;
    const auto [end, error] = std::from_chars(digits, digits + 4, year);
    if (error != std::errc{} || end != digits + 4) return;
    item.attributes["year"] = year;
    item.title = std::string(TrimText(title.substr(0, title.size() - 6)));
  }

  RecordSink& sink_;
};

class MovieLensReader : public Reader {
 public:
  Status Read(const fs::path& path, const ReadOptions& options, RecordSink& sink) override {
    std::error_code error;
    const bool folder = fs::is_directory(path, error);
    bool any = false;
    std::string known;
    for (const KnownFile& file : kFiles) {
      known += (known.empty() ? "" : ", ") + std::string(file.name);
      const fs::path candidate = folder ? path / file.name : path;
      if (candidate.filename() != file.name || !fs::exists(candidate, error)) continue;
      MEDLEY_RETURN_IF_ERROR(ReadOne(candidate, file, options, sink));
      any = true;
    }
    if (any) return {};
    return Fail(ErrorCode::kNotFound,
                "no MovieLens file at '" + path.string() + "'; known are: " + known);
  }

 private:
  static Status ReadOne(const fs::path& path,
                        const KnownFile& file,
                        const ReadOptions& given,
                        RecordSink& sink) {
    ReadOptions options = given;
    options.as = file.kind;
    options.event_type = file.type;
    TableShape shape;
    shape.delimiter = file.delimiter;
    shape.encoding = file.encoding;
    shape.has_header = file.has_header;
    const std::string_view columns = file.columns;
    for (std::size_t begin = 0; begin < columns.size();) {
      const std::size_t end = std::min(columns.find('|', begin), columns.size());
      shape.names.emplace_back(columns.substr(begin, end - begin));
      begin = end + 1;
    }
    FilmSink films(sink);
    return ReadTable(path, shape, options, films);
  }
};

}  // namespace

std::unique_ptr<Reader> MakeMovieLensReader() { return std::make_unique<MovieLensReader>(); }

}  // namespace medley::data
