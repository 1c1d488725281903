#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/columns.h"
#include "medley/data/reader.h"

namespace medley::data {

/// How a table is written, where that is known beforehand.
struct TableShape {
  std::string delimiter;  ///< empty: detected
  std::string encoding;   ///< empty: detected
  std::vector<std::string>
      names;  ///< of the columns, of a table without a header; empty: the header, or detected
  bool has_header = false;  ///< certainly; else detected where `names` is empty
  /// The name that a header's cell means ("item_id" of "item_id:token"); may be empty.
  std::function<std::string(std::string_view cell)> rename;
  /// Called with the header's cells and the plan made from their names, to improve it; may be
  /// empty.
  std::function<void(const std::vector<std::string>& header, ColumnPlan& plan)> adjust;
};

/// Reads one delimited table into `sink`: csv, and the tables of movielens and recbole.
/// Errors: kNotFound, kIo, kInvalidInput where no column can be the id.
Status ReadTable(const std::filesystem::path& file,
                 const TableShape& shape,
                 const ReadOptions& options,
                 RecordSink& sink);

}  // namespace medley::data
