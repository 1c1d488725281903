#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/http.h"

namespace medley::serving {

/// Errors: kInvalidInput for what is no JSON.
Result<Json> ReadJsonBody(const HttpRequest& request);

/// The records of a body that is a list, or an object whose one field `name` is a list.
/// Errors: kInvalidInput for any other, kLimitExceeded past `max_records`.
Result<Json> ReadBatch(const HttpRequest& request, std::string_view name, std::size_t max_records);

/// The field that a message of the readers in data/ speaks of: its first word in single quotes.
/// Empty: it names none.
std::string FieldOf(std::string_view message);

/// The body of a request that puts one record: its id may be left out, and must otherwise be `id`.
/// Errors: kInvalidInput.
Result<Json> ReadRecord(const HttpRequest& request, const std::string& id);

/// The good records of a batch, and for each bad one its place and reason: a bad one never blocks
/// the good ones.
template <typename Record>
struct ReadRecords {
  std::vector<Record> good;
  Json rejected = Json::array();  ///< [{"index","field","message"}]

  /// The answer where nothing of a batch that is not empty could be read.
  std::optional<Error> AllBad() const {
    if (!good.empty() || rejected.empty()) return std::nullopt;
    return Error{ErrorCode::kInvalidInput,
                 "nothing of the batch could be taken; the first reason: " +
                     rejected.front()["message"].template get<std::string>()};
  }
};

template <typename Record, typename Reader>
ReadRecords<Record> ReadAll(const Json& batch, const Reader& reader) {
  ReadRecords<Record> records;
  records.good.reserve(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Result<Record> record = reader(batch[i]);
    if (record) {
      records.good.push_back(*std::move(record));
    } else {
      const std::string& message = record.error().message;
      records.rejected.push_back({{"index", i}, {"field", FieldOf(message)}, {"message", message}});
    }
  }
  return records;
}

}  // namespace medley::serving
