#include "medley/core/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace medley {

void RecordingProgress::Begin(std::string_view stage,
                              std::uint64_t total,
                              std::string_view unit,
                              std::uint64_t done_before) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
  }
  inner_.Begin(stage, total, unit, done_before);
}

void RecordingProgress::Note(std::string_view figure, double value) {
  inner_.Note(figure, value);
  if (!std::isfinite(value)) return;
  const std::lock_guard lock(mutex_);
  auto found = std::find_if(curves_.begin(), curves_.end(), [&](const auto& curve) {
    return curve.stage == stage_ && curve.name == figure;
  });
  if (found == curves_.end())
    found = curves_.insert(curves_.end(), {stage_, std::string(figure), {}});
  if (found->values.size() < kMaxPoints) found->values.push_back(value);
}

std::vector<LearningCurve> RecordingProgress::Curves() const {
  const std::lock_guard lock(mutex_);
  std::vector<LearningCurve> out;
  std::copy_if(curves_.begin(), curves_.end(), std::back_inserter(out), [](const auto& curve) {
    return curve.values.size() > 1;
  });
  return out;
}

}  // namespace medley
