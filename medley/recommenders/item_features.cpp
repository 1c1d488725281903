#include "medley/recommenders/item_features.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

std::size_t CountItems(const ItemFeatures& features) {
  std::size_t n = features.attributes.size();
  for (const auto& space : features.spaces) n = std::max(n, space.vectors.rows);
  return n;
}

std::vector<std::string> SplitNames(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto word = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!word.empty()) out.emplace_back(word);
  }
  return out;
}

std::vector<std::string> ChosenSpaces(const ItemFeatures& features, std::string_view list) {
  if (list != "auto") return SplitNames(list);
  if (features.Find("fused") != nullptr) return {"fused"};
  std::vector<std::string> out;
  for (const auto& space : features.spaces) out.push_back(space.name);
  return out;
}

std::vector<float> MeanOf(const FeatureSpace& space) {
  std::vector<double> sums(space.vectors.cols);
  double n = 0;
  for (std::size_t item = 0; item < space.vectors.rows; ++item) {
    if (space.present[item] == 0) continue;
    const auto row = space.vectors.Row(item);
    for (std::size_t i = 0; i < row.size(); ++i) sums[i] += double{row[i]};
    n += 1;
  }
  std::vector<float> mean(sums.size());
  for (std::size_t i = 0; i < mean.size(); ++i)
    mean[i] = static_cast<float>(sums[i] / std::max(n, 1.0));
  return mean;
}

}  // namespace medley::recommenders
