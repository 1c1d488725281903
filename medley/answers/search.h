#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medley::answers {

/// What a search may be narrowed to. Empty or absent: anything.
struct SearchFilter {
  std::string kind;
  std::string category;
  std::string language;
  std::optional<double> min_price;
  std::optional<double> max_price;
};

struct SearchHit {
  std::string item;
  double score = 0;
  /// Why it is here: "title" (exact), "words", "text", "image", "audio", "video".
  std::vector<std::string> matched_by;
};

}  // namespace medley::answers
