#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/progress.h"

namespace medley {

/// A figure that training told as it went on: "loss", "validation ndcg@10".
struct LearningCurve {
  std::string stage;
  std::string name;
  std::vector<double> values;  ///< in the order told
};

/// Hands progress on and keeps its figures, but those that are not finite; the first kMaxPoints of
/// each. Threads: as Progress. Owns: nothing of `inner`, which must outlive it.
class RecordingProgress : public Progress {
 public:
  static constexpr std::size_t kMaxPoints = 10'000;

  explicit RecordingProgress(Progress& inner) : inner_(inner) {}
  void Begin(std::string_view stage,
             std::uint64_t total,
             std::string_view unit,
             std::uint64_t done_before) override;
  void Advance(std::uint64_t units) override { inner_.Advance(units); }
  void Note(std::string_view figure, double value) override;
  void End() override { inner_.End(); }

  /// Those with more than one value: one point is no curve.
  std::vector<LearningCurve> Curves() const;

 private:
  Progress& inner_;
  mutable std::mutex mutex_;
  std::string stage_;
  std::vector<LearningCurve> curves_;
};

}  // namespace medley
