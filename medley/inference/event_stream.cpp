#include "medley/inference/event_stream.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace medley::inference {

bool EventStream::Feed(std::string_view bytes,
                       const std::function<bool(std::string_view data)>& on_event) {
  for (const char c : bytes) {
    const bool second_half = c == '\n' && std::exchange(after_return_, false);
    if (second_half) continue;
    after_return_ = c == '\r';
    if (c == '\n' || c == '\r') {
      if (!TakeLine(on_event)) return false;
    } else if (line_.size() + data_.size() >= max_line_) {
      return false;
    } else {
      line_ += c;
    }
  }
  return true;
}

bool EventStream::TakeLine(const std::function<bool(std::string_view data)>& on_event) {
  const std::string line = std::exchange(line_, {});
  if (line.empty()) {
    if (!std::exchange(has_data_, false)) return true;
    return on_event(std::exchange(data_, {}));
  }
  constexpr std::string_view kData = "data:";
  if (!line.starts_with(kData)) return true;
  std::string_view value = std::string_view(line).substr(kData.size());
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (std::exchange(has_data_, true)) data_ += '\n';
  data_ += value;
  return true;
}

}  // namespace medley::inference
