#include "medley/recommenders/graph_content.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/item_features.h"

namespace medley::recommenders {

Result<GraphContent> ChooseGraphContent(const ItemFeatures* features, std::string_view names) {
  GraphContent out;
  std::string text(names);
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "auto") {
      if (features == nullptr) continue;
      for (const auto& space : features->spaces) {
        if (space.name != "fused") out.spaces.push_back(&space);
      }
      out.attributes = !features->attributes.empty();
    } else if (word == "attributes" && features != nullptr && !features->attributes.empty()) {
      out.attributes = true;
    } else if (features != nullptr && features->Find(word) != nullptr) {
      out.spaces.push_back(features->Find(word));
    } else if (word != "none") {
      return Fail(ErrorCode::kInvalidInput,
                  "the items have no '" + word + "': run `medley encode`, or name other spaces");
    }
  }
  return out;
}

SideBySide Concatenate(std::span<const FeatureSpace* const> spaces, std::size_t n_items) {
  std::size_t dimension = 0;
  for (const auto* space : spaces) dimension += space->vectors.cols;
  SideBySide out{linalg::Matrix(n_items, dimension), std::vector<std::uint8_t>(n_items)};
  std::size_t offset = 0;
  for (const auto* space : spaces) {
    for (std::size_t item = 0; item < n_items; ++item) {
      if (space->present[item] == 0) continue;
      const auto row = space->vectors.Row(item);
      std::copy(row.begin(),
                row.end(),
                out.vectors.Row(item).begin() + static_cast<std::ptrdiff_t>(offset));
      out.present[item] = 1;
    }
    offset += space->vectors.cols;
  }
  return out;
}

}  // namespace medley::recommenders
