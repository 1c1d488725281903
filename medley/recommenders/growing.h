#pragma once

#include <memory>

#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A recommender that can say of items it was not fitted on what their content says. Those that
/// can't are not of this class.
class Growing {
 public:
  virtual ~Growing() = default;
  /// The same model over a catalogue that has more items at the end: it scores them at once, nearly
  /// as if it had been loaded over `features`. Missing: nullptr where, as it was fitted, it can say
  /// nothing of them. Views: as Recommender::Load. Owns: it may share parts with this, which is not
  /// to be fitted or updated as long as both live. Cost: of the new items, and a copy of what an
  /// item takes besides vectors.
  virtual std::shared_ptr<Recommender> Grown(const ItemFeatures& features) const = 0;
};

/// Grown where the recommender is such a one, else nullptr.
inline std::shared_ptr<Recommender> GrownOver(const Recommender& recommender,
                                              const ItemFeatures& features) {
  const auto* growing = dynamic_cast<const Growing*>(&recommender);
  return growing == nullptr ? nullptr : growing->Grown(features);
}

}  // namespace medley::recommenders
