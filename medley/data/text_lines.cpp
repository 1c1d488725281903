#include "medley/data/text_lines.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::data {
namespace {
constexpr std::size_t kMaxLineBytes = std::size_t{4} << 20;
}  // namespace

Result<bool> TextLines::Next(Line& line) {
  std::size_t searched = next_;
  while (true) {
    std::size_t end = buffer_.find('\n', searched);
    const bool too_long = end == std::string::npos && buffer_.size() - next_ > kMaxLineBytes;
    if (end == std::string::npos && !at_end_ && !too_long) {
      buffer_.erase(0, next_);
      next_ = 0;
      searched = buffer_.size();
      MEDLEY_ASSIGN_OR_RETURN(const bool more, stream_.Fill(buffer_));
      at_end_ = !more;
      continue;
    }
    if (end == std::string::npos) end = buffer_.size();
    if (next_ == end && at_end_ && end == buffer_.size()) return false;
    std::string_view text(buffer_.data() + next_, end - next_);
    next_ = too_long ? end : end + 1 > buffer_.size() ? buffer_.size() : end + 1;
    searched = next_;
    const bool rest_of_long_line = skipping_;
    skipping_ = too_long;
    if (rest_of_long_line) continue;
    if (text.ends_with('\r')) text.remove_suffix(1);
    line = {text, ++number_, too_long};
    return true;
  }
}

}  // namespace medley::data
