#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/columns.h"
#include "medley/data/reader.h"
#include "medley/data/record_builder.h"
#include "medley/data/text_check.h"
#include "medley/data/text_lines.h"
#include "medley/data/text_stream.h"
#include "medley/data/time_format.h"

namespace medley::data {
namespace {

constexpr std::uint64_t kProgressLines = 4096;
// Objects of so many different shapes are no table; their plans are made anew then instead of kept.
constexpr std::size_t kMaxShapes = 1000;

constexpr std::string_view kItemKeys =
    " id kind title description texts language categories tags attributes created hidden media ";
constexpr std::string_view kUserKeys = " id labels locale created consent ";

bool AllAmong(const std::vector<std::string>& keys, std::string_view known) {
  return std::ranges::all_of(keys, [&](const std::string& key) {
    return known.find(" " + key + " ") != std::string_view::npos;
  });
}

/// Objects with the same keys in the same order.
struct Shape {
  std::vector<std::string> keys;
  RecordKind kind = RecordKind::kEvents;
  bool canonical = false;  ///< written as `medley export` writes it: taken exactly
  std::unique_ptr<RecordBuilder> builder;
  std::string problem;  ///< why no record can be made of it
};

/// Media that are named by their file alone ({"modality":"image","source":"a.jpg"}), which the
/// importer has yet to take in; they leave the item's list, in which every medium has its hash.
std::vector<MediaReference> TakeMediaReferences(Json& item) {
  std::vector<MediaReference> references;
  const auto media = item.find("media");
  if (media == item.end() || !media->is_array()) return references;
  Json kept = Json::array();
  for (Json& entry : *media) {
    const bool by_file = entry.is_object() && !entry.contains("hash") && entry.contains("source") &&
                         entry["source"].is_string();
    if (by_file) {
      const auto modality = entry.find("modality");
      const bool named = modality != entry.end() && modality->is_string();
      references.push_back({named ? ParseModality(modality->get<std::string>()) : std::nullopt,
                            entry["source"].get<std::string>()});
    } else {
      kept.push_back(std::move(entry));
    }
  }
  *media = std::move(kept);
  return references;
}

class JsonlRead {
 public:
  JsonlRead(const std::filesystem::path& file, const ReadOptions& options, RecordSink& sink)
      : name_(file.string()), options_(options), sink_(sink) {
    const std::string stem = PlainName(file.stem().string());
    if (stem.find("user") != std::string::npos) by_name_ = RecordKind::kUsers;
    if (stem.find("item") != std::string::npos) by_name_ = RecordKind::kItems;
    if (stem.find("event") != std::string::npos) by_name_ = RecordKind::kEvents;
  }

  Status TakeLine(const TextLines::Line& line);

 private:
  Result<Shape*> ShapeOf(const simdjson::dom::object& object);
  Status PlanShape(Shape& shape);
  Status TakeCanonical(const Shape& shape, std::string_view text, const Origin& origin);
  std::string_view CellOf(simdjson::dom::element value);

  std::string name_;
  const ReadOptions& options_;
  RecordSink& sink_;
  std::optional<RecordKind> by_name_;
  simdjson::dom::parser parser_;
  std::string padded_;
  std::string signature_;
  StringMap<std::unique_ptr<Shape>> shapes_;
  std::vector<std::string_view> cells_;
  std::deque<std::string> printed_;
};

/// A value as a cell of a table: texts as they are, null as nothing, the rest as JSON.
std::string_view JsonlRead::CellOf(simdjson::dom::element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING:
      return value.get_string().value_unsafe();
    case simdjson::dom::element_type::NULL_VALUE:
      return {};
    case simdjson::dom::element_type::DOUBLE: {
      std::array<char, 32> digits{};
      const auto end =
          std::to_chars(
              digits.data(), digits.data() + digits.size(), value.get_double().value_unsafe())
              .ptr;
      return printed_.emplace_back(digits.data(), static_cast<std::size_t>(end - digits.data()));
    }
    default:
      return printed_.emplace_back(simdjson::minify(value));
  }
}

Status JsonlRead::PlanShape(Shape& shape) {
  ReadOptions options = options_;
  if (!options.as) {
    // What `medley export` writes has names of its own, which synonyms must not reinterpret.
    const bool event = std::ranges::find(shape.keys, "user") != shape.keys.end() &&
                       std::ranges::find(shape.keys, "type") != shape.keys.end();
    if (event) {
      options.as = RecordKind::kEvents;
    } else if (AllAmong(shape.keys, kUserKeys) && !(by_name_ == RecordKind::kItems)) {
      const bool bare = shape.keys.size() == 1;
      options.as = bare && by_name_ != RecordKind::kUsers ? RecordKind::kItems : RecordKind::kUsers;
    } else if (by_name_ && *by_name_ != RecordKind::kEvents) {
      options.as = by_name_;
    }
  }
  auto plan = PlanColumns(shape.keys, options);
  if (!plan) {
    shape.problem = plan.error().message;
    return {};
  }
  shape.kind = plan->kind;
  shape.canonical = options_.map.empty() && options_.ignore.empty() &&
                    ((shape.kind == RecordKind::kItems && AllAmong(shape.keys, kItemKeys)) ||
                     (shape.kind == RecordKind::kUsers && AllAmong(shape.keys, kUserKeys)));
  TimeFormat times = TimeFormat::Detect({}, options_.zone_offset_minutes);
  Mapping mapping{name_, shape.kind, "JSON lines", {}};
  for (std::size_t i = 0; i < shape.keys.size(); ++i) {
    const Column& column = plan->columns[i];
    if (column.field == Field::kTime || column.field == Field::kCreated) {
      times = TimeFormat::Detect({&cells_[i], 1}, options_.zone_offset_minutes);
    }
    mapping.columns.push_back({shape.keys[i], FieldName(column, shape.kind)});
  }
  shape.builder =
      std::make_unique<RecordBuilder>(*std::move(plan), shape.keys, times, options_, sink_);
  return shapes_.size() == 1 ? sink_.OnMapping(mapping) : Status{};
}

Result<Shape*> JsonlRead::ShapeOf(const simdjson::dom::object& object) {
  signature_.clear();
  for (const auto field : object) {
    signature_ += field.key;
    signature_ += '\n';
  }
  const auto known = shapes_.find(signature_);
  if (known != shapes_.end()) return known->second.get();
  if (shapes_.size() >= kMaxShapes) shapes_.clear();
  auto shape = std::make_unique<Shape>();
  for (const auto field : object) shape->keys.emplace_back(field.key);
  Shape* made = shape.get();
  shapes_.emplace(signature_, std::move(shape));
  MEDLEY_RETURN_IF_ERROR(PlanShape(*made));
  return made;
}

Status JsonlRead::TakeCanonical(const Shape& shape, std::string_view text, const Origin& origin) {
  auto json = ParseJson(text);
  if (!json) return sink_.OnReject("", json.error().message, origin);
  if (shape.kind == RecordKind::kUsers) {
    auto user = UserFromJson(*json);
    return user ? sink_.OnUser(*std::move(user), origin)
                : sink_.OnReject("", user.error().message, origin);
  }
  const std::vector<MediaReference> media = TakeMediaReferences(*json);
  auto item = ItemFromJson(*json);
  if (!item) return sink_.OnReject("", item.error().message, origin);
  if (item->kind.empty()) item->kind = options_.kind;
  return sink_.OnItem(*std::move(item), media, origin);
}

Status JsonlRead::TakeLine(const TextLines::Line& line) {
  const Origin origin{name_, line.number, line.text};
  if (line.too_long) return sink_.OnReject("", "the line is longer than 4 MiB", origin);
  if (TrimText(line.text).empty()) return {};
  padded_.assign(line.text);
  padded_.reserve(line.text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::element root;
  if (const auto error = parser_.parse(padded_.data(), padded_.size(), false).get(root);
      error != simdjson::SUCCESS) {
    return sink_.OnReject(
        "", std::string("not valid JSON: ") + simdjson::error_message(error), origin);
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS)
    return sink_.OnReject("", "the line is no JSON object", origin);
  cells_.clear();
  printed_.clear();
  for (const auto field : object) cells_.push_back(CellOf(field.value));
  MEDLEY_ASSIGN_OR_RETURN(Shape* const shape, ShapeOf(object));
  if (!shape->problem.empty()) return sink_.OnReject("", shape->problem, origin);
  if (shape->canonical) return TakeCanonical(*shape, line.text, origin);
  return shape->builder->Build(cells_, origin);
}

class JsonlReader : public Reader {
 public:
  Status Read(const std::filesystem::path& path,
              const ReadOptions& options,
              RecordSink& sink) override {
    MEDLEY_ASSIGN_OR_RETURN(TextStream stream, TextStream::Open(path, options.encoding));
    TextLines lines(std::move(stream));
    JsonlRead read(path, options, sink);
    TextLines::Line line;
    std::uint64_t reported = 0;
    while (true) {
      MEDLEY_ASSIGN_OR_RETURN(const bool more, lines.Next(line));
      if (!more || line.number % kProgressLines == 0) {
        const std::uint64_t bytes = lines.stream().bytes_read();
        MEDLEY_RETURN_IF_ERROR(sink.OnProgress(bytes - std::exchange(reported, bytes)));
      }
      if (!more) return {};
      MEDLEY_RETURN_IF_ERROR(read.TakeLine(line));
    }
  }
};

}  // namespace

std::unique_ptr<Reader> MakeJsonlReader() { return std::make_unique<JsonlReader>(); }

}  // namespace medley::data
