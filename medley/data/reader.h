#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"

namespace medley::data {

enum class RecordKind : std::uint8_t { kItems, kUsers, kEvents, kTriples };

/// Where a record stood.
struct Origin {
  std::string_view file;
  std::uint64_t line = 0;  ///< from 1
  std::string_view row;    ///< its text, for messages
};

/// A picture, sound or film that a record names: a path below the media folder.
struct MediaReference {
  std::optional<Modality> modality;  ///< none: told by the file's name
  std::string path;
};

/// What a reader understood of a file: shown before the first rows, so that a wrong guess is seen.
struct Mapping {
  std::string file;
  RecordKind kind = RecordKind::kEvents;
  std::string format;  ///< "comma-separated, UTF-8, header"
  struct Column {
    std::string column;  ///< its name in the file, or its number
    std::string field;   ///< what it becomes: "user", "attributes.price"; empty: not imported
  };
  std::vector<Column> columns;
};

/// Takes what a reader finds. A Status error stops the reading.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual Status OnMapping(const Mapping& mapping) = 0;
  virtual Status OnItem(Item item, std::span<const MediaReference> media, const Origin& origin) = 0;
  virtual Status OnUser(User user, const Origin& origin) = 0;
  virtual Status OnEvent(const EventView& event, const Origin& origin) = 0;
  /// A vector of the item, of the features file `origin.file`.
  virtual Status OnVector(std::string_view item,
                          std::span<const float> vector,
                          const Origin& origin) = 0;
  /// A statement about items or what they are linked to; its source is `origin.file`'s name.
  virtual Status OnTriple(Triple triple, const Origin& origin) = 0;
  virtual Status OnReject(std::string_view field,
                          std::string_view reason,
                          const Origin& origin) = 0;
  /// Something the operator should know that concerns no row ("links.csv was skipped").
  virtual void OnNote(std::string_view note) = 0;
  /// Bytes of input read since the last call.
  virtual Status OnProgress(std::uint64_t bytes) = 0;
};

struct ReadOptions {
  std::map<std::string, std::string> map;    ///< field -> column: {"item","sku"}
  std::vector<std::string> ignore;           ///< columns to leave out
  std::optional<RecordKind> as;              ///< none: told by the columns
  std::string delimiter;                     ///< empty: detected
  std::string encoding;                      ///< an ICU name; empty: detected
  int zone_offset_minutes = 0;               ///< of times without a zone
  EventType event_type = EventType::kClick;  ///< of events that have neither a type nor a rating
  std::string kind;                          ///< of items that have none
  std::filesystem::path ids;                 ///< npy: item ids, one a line; empty: row numbers
};

/// Reads one foreign format. A row that is wrong goes to OnReject and the reading goes on.
/// Every implementation is one row of kReaders.
/// Errors: kNotFound, kIo, kInvalidInput for a file that is not of this format at all; and what the
/// sink says.
class Reader {
 public:
  virtual ~Reader() = default;
  /// `path` is a file or, where the format has several, their folder.
  virtual Status Read(const std::filesystem::path& path,
                      const ReadOptions& options,
                      RecordSink& sink) = 0;
};

struct ReaderKind {
  std::string_view name;
  std::string_view summary;
  std::string_view example;
  std::unique_ptr<Reader> (*make)();
};

std::unique_ptr<Reader> MakeCsvReader();
std::unique_ptr<Reader> MakeJsonlReader();
std::unique_ptr<Reader> MakeMovieLensReader();
std::unique_ptr<Reader> MakeRecBoleReader();
std::unique_ptr<Reader> MakeS3RecReader();
std::unique_ptr<Reader> MakeNpyReader();

/// To add one: a file NAME_reader.cpp that defines MakeNameReader, its declaration above, and a row
/// here.
inline constexpr std::array kReaders = {
    ReaderKind{"csv",
               "tables of items, users or events with any delimiter; columns told by their names",
               "medley import csv items.csv events.csv --map item=sku",
               &MakeCsvReader},
    ReaderKind{"jsonl",
               "one JSON object a line: items, users or events, as `medley export` writes them",
               "medley import jsonl items.jsonl events.jsonl",
               &MakeJsonlReader},
    ReaderKind{"movielens",
               "the folder of a MovieLens set (ml-100k, ml-1m, ml-latest...)",
               "medley import movielens ml-latest-small/",
               &MakeMovieLensReader},
    ReaderKind{"recbole",
               "RecBole's atomic files: .item, .user, .inter, .kg, .link",
               "medley import recbole ml-100k/",
               &MakeRecBoleReader},
    ReaderKind{"s3rec",
               "one line a user: the user, then the items in the order of time",
               "medley import s3rec Beauty.txt",
               &MakeS3RecReader},
    ReaderKind{"npy",
               "a matrix of item features made elsewhere",
               "medley import npy image_feat.npy --space image",
               &MakeNpyReader},
};

/// Errors: kNotFound listing the names.
Result<std::unique_ptr<Reader>> MakeReader(std::string_view name);

}  // namespace medley::data
