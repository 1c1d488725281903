#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace medley::inference {

/// Reads server-sent events out of bytes that come in any pieces: each event's data, its lines
/// joined by line ends. Names, ids and comments are passed over.
/// Threads: one.
class EventStream {
 public:
  /// A line longer than `max_line` ends the reading.
  explicit EventStream(std::size_t max_line = std::size_t{1} << 20) : max_line_(max_line) {}

  /// Calls `on_event` for each event that `bytes` complete; it returns false to end the reading.
  /// False: it was ended, or a line is too long.
  bool Feed(std::string_view bytes, const std::function<bool(std::string_view data)>& on_event);

 private:
  bool TakeLine(const std::function<bool(std::string_view data)>& on_event);

  const std::size_t max_line_;
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_return_ = false;  ///< the last byte was '\r': a '\n' now belongs to it
};

}  // namespace medley::inference
