#include "apps/medley/figures.h"

#include <cstdio>
#include <string>

#include "medley/evaluation/comparison.h"
#include "medley/metrics/interval.h"

namespace medley::apps {

void PrintFigure(const std::string& label,
                 const metrics::Interval& value,
                 const std::string& after) {
  std::printf("  %-18s %.4f  [%.4f, %.4f]%s\n",
              label.c_str(),
              value.mean,
              value.low,
              value.high,
              after.c_str());
}

void PrintFigure(const std::string& label, double value, const std::string& after) {
  std::printf("  %-18s %.4f%s\n", label.c_str(), value, after.c_str());
}

void PrintGain(const std::string& what, const evaluation::Comparison& comparison) {
  const auto& gain = comparison.gain;
  std::printf("%s %+.4f  [%+.4f, %+.4f]  %s 0, p %.4f (Holm %.4f)\n",
              what.c_str(),
              gain.mean,
              gain.low,
              gain.high,
              gain.ExcludesZero() ? "excludes" : "includes",
              comparison.p,
              comparison.p_holm);
}

}  // namespace medley::apps
