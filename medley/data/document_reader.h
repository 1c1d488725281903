#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/document.h"

namespace medley::data {

struct DocumentReadOptions {
  /// Columns by hand: document field (id, title, text, user, locale) to column.
  std::map<std::string, std::string> map;
  std::string encoding;   ///< as TextStream takes it; empty: detected
  std::string delimiter;  ///< of a table; empty: detected
};

/// What is wrong with a row or a file, and where.
struct DocumentReject {
  std::string file;
  std::uint64_t line = 0;
  std::string reason;
};

struct DocumentReading {
  std::vector<Document> documents;
  std::vector<DocumentReject> rejected;
};

inline constexpr std::size_t kMostDocuments = 100'000;
inline constexpr std::uint64_t kMostSourceBytes = std::uint64_t{64} << 20;

/// Reads a file, or all of a folder in the order of their names, as documents: .md and .txt are one
/// document each (title: the first heading, else the file's name), .csv, .tsv and .jsonl one a row.
/// Of a table the columns id, title, text, user and locale are known by these and other usual names
/// (order_id, customer, 订单号); what any other column says becomes a line "column: value" of the
/// text. A row with a column for its user, or with an order's number, belongs to that user: without
/// one it is rejected, never everybody's. Errors: kNotFound, kIo, kUnsupported for another kind of
/// file, kLimitExceeded for more than kMostDocuments or kMostSourceBytes, kInvalidInput where no
/// column says whose the orders of a table are. A document above kMaxTextBytes is rejected.
Result<DocumentReading> ReadDocuments(const std::filesystem::path& path,
                                      const DocumentReadOptions& options);

}  // namespace medley::data
