#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medley/core/json.h"

namespace medley::metrics {

/// How well one class is told from all others.
struct ClassScores {
  double precision = 0;  ///< right / predicted, 0 where it is never predicted
  double recall = 0;     ///< right / true, 0 where there is none
  double f1 = 0;         ///< harmonic mean of both, 0 where either is
  std::size_t support = 0;
};

/// Class by class and over all, as papers report classifiers.
struct ClassificationReport {
  std::vector<ClassScores> classes;
  double accuracy = 0;
  ClassScores macro;     ///< mean of the classes, each alike
  ClassScores weighted;  ///< mean of the classes, each by its support
};

/// Shapes: `truth` and `predicted` alike, each below `classes`. Missing: zeros of nothing.
ClassificationReport ReportClasses(std::span<const std::uint32_t> truth,
                                   std::span<const std::uint32_t> predicted,
                                   std::size_t classes);

/// {"classes": {name: {"precision", "recall", "f1", "support"}}, "accuracy", "macro", "weighted"}.
Json ToJson(const ClassificationReport& report, std::span<const std::string> names);

/// A table of it, a line a class.
std::string ToText(const ClassificationReport& report, std::span<const std::string> names);

}  // namespace medley::metrics
