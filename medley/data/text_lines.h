#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/result.h"
#include "medley/data/text_stream.h"

namespace medley::data {

/// The lines of a text. Limits: of a line of more than 4 MiB the first part is handed out with
/// `too_long`, the rest is passed over.
class TextLines {
 public:
  struct Line {
    std::string_view text;  ///< without its end; valid until the next one
    std::uint64_t number = 0;
    bool too_long = false;
  };
  explicit TextLines(TextStream stream) : stream_(std::move(stream)) {}
  /// False: no more lines.
  Result<bool> Next(Line& line);
  const TextStream& stream() const { return stream_; }

 private:
  TextStream stream_;
  std::string buffer_;
  std::size_t next_ = 0;
  std::uint64_t number_ = 0;
  bool at_end_ = false;
  bool skipping_ = false;
};

}  // namespace medley::data
