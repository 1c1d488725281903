#pragma once

#include <string>

#include "medley/evaluation/comparison.h"
#include "medley/metrics/interval.h"

namespace medley::apps {

/// One line of a report: "  ndcg@10            0.1132  [0.1042, 0.1218]", then `after`.
void PrintFigure(const std::string& label,
                 const metrics::Interval& value,
                 const std::string& after = "");
/// The same without an interval.
void PrintFigure(const std::string& label, double value, const std::string& after = "");
/// `what`, then the gain, its interval, whether 0 is in it, and p.
void PrintGain(const std::string& what, const evaluation::Comparison& comparison);

}  // namespace medley::apps
