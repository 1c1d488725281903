#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/text_stream.h"

namespace medley::data {

/// One row of a delimited text. Views are valid until the next row is taken.
struct DelimitedRow {
  std::vector<std::string_view> cells;
  std::uint64_t line = 0;      ///< where it starts, from 1
  std::string_view text;       ///< as it stands in the file (in UTF-8)
  std::string_view malformed;  ///< why it cannot be read; empty: it can
};

/// Takes rows out of a text: RFC 4180 with any delimiter (one or more characters), LF or CRLF,
/// quotes with line ends inside. A quote counts only at the start of a cell. Empty lines are passed
/// over. A row whose quote never closes is malformed, and the reading goes on with the line after
/// the one it starts on. Limits: a row of more than 4 MiB is malformed. Cost: about 100 ns a row of
/// five short cells; no allocation a row unless quotes need to be taken out.
class DelimitedRows {
 public:
  DelimitedRows(TextStream stream, std::string delimiter)
      : stream_(std::move(stream)), delimiter_(std::move(delimiter)) {}
  /// False: no more rows.
  Result<bool> Next(DelimitedRow& row);
  const TextStream& stream() const { return stream_; }

 private:
  enum class Quoted { kGood, kNeedsMore, kNotClosed, kLiteral };
  Status ReadMore();
  Result<bool> FindLineEnd(std::size_t& line_end);
  void SplitPlain(std::string_view line, DelimitedRow& row) const;
  Quoted SplitQuoted(std::string_view rest, DelimitedRow& row, std::size_t& size);
  Status NextQuoted(DelimitedRow& row, std::size_t line_size);

  TextStream stream_;
  std::string delimiter_;
  std::string buffer_;
  std::size_t position_ = 0;  ///< of the current row; what lies before may go
  std::size_t next_ = 0;      ///< of the row after it
  std::uint64_t line_ = 0;
  bool at_end_ = false;
  std::deque<std::string> unquoted_;  ///< cells of the current row without their quotes
};

/// The delimiter among , ; tab and | that splits the sample's lines most evenly; "," where none
/// does.
std::string DetectDelimiter(std::string_view sample);

}  // namespace medley::data
