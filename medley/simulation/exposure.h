#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "medley/simulation/truth.h"

namespace medley::simulation {

struct Shown {
  ItemIndex item;
  std::string_view reason;  ///< "search", "for_you", "popular", "new"
};
using ExposureList = std::vector<Shown>;

/// Of a user who looks at an item.
double ClickProbability(double utility);

/// The market's own choice of what to show, with the biases that a real shop's log has.
/// Threads: const members from any number.
class Exposure {
 public:
  explicit Exposure(const std::vector<ItemLatents>& items);

  /// A list of about fourteen: by taste, by popularity, and at random; what was sought (a category,
  /// or -1) first. Nothing of `seen`, nothing cold, nothing from the future.
  ExposureList Show(const Taste& taste,
                    bool chinese,
                    int sought,
                    TimeMs now,
                    const std::unordered_set<ItemIndex>& seen,
                    Random& random) const;

  /// In proportion to the chance that a slot shows the item, summed over the ways, without search.
  std::vector<double> Chances(const Taste& taste, bool chinese, TimeMs now) const;

 private:
  std::vector<double> TasteWeights(const Taste& taste, bool chinese, TimeMs now) const;
  const std::vector<ItemLatents>& items_;
  std::vector<double> popular_;  ///< cumulative
};

}  // namespace medley::simulation
