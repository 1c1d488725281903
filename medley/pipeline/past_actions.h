#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/data/event_weights.h"
#include "medley/storage/store.h"

namespace medley::pipeline {

/// What a user did with each item of their recent past: of several acts the one that says most by
/// the weights. Missing: items that they only skipped, and what lies before the last kRecent
/// events.
class PastActions {
 public:
  static constexpr std::size_t kRecent = 500;

  PastActions() = default;  ///< of nobody
  /// Cost: one indexed query.
  static Result<PastActions> Of(const storage::Store& store,
                                std::string_view user,
                                const data::EventWeights& weights);

  /// As events call it ("purchase"); empty where nothing is known.
  std::string_view With(std::string_view item) const;

 private:
  struct Act {
    std::string_view name;
    float weight = 0;
  };
  std::map<std::string, Act, std::less<>> strongest_;
};

}  // namespace medley::pipeline
