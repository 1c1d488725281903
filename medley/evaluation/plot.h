#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/metrics/interval.h"

namespace medley::evaluation {

/// Plots as SVG elements for a page that has the classes axis, grid, named, s0 ... s7 and the
/// language classes en and zh. All texts are escaped here.

/// What a page says in both of its languages.
struct Phrase {
  std::string en;
  std::string zh;
};

/// `text` as text of HTML: one harmless line, with & < > " ' escaped.
std::string Escape(std::string_view text);
/// Both languages, of which the page shows one. `element`: "span", or "text" with attributes in
/// SVG.
std::string Both(const Phrase& phrase);

/// Lines through points, all in one frame.
struct LinePlot {
  struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;
  };
  Phrase x_label;
  Phrase y_label;
  std::vector<Series> series;
  bool unit_square = false;  ///< both axes from 0 to 1, with the diagonal
};
/// Missing: points that are not finite are left out.
std::string Draw(const LinePlot& plot);

/// Means with their intervals, series side by side in each group.
struct IntervalPlot {
  struct Group {
    Phrase name;
    std::vector<metrics::Interval> values;  ///< one a series
  };
  Phrase y_label;
  std::vector<std::string> series;
  std::vector<Group> groups;
};
std::string Draw(const IntervalPlot& plot);

/// Gains with their intervals, one below the other, beside a line at 0.
struct GainPlot {
  struct Row {
    std::string name;
    metrics::Interval gain;
  };
  std::vector<Row> rows;
};
std::string Draw(const GainPlot& plot);

/// Which line is whose: for plots with several series.
std::string Legend(const std::vector<std::string>& names);

/// At most `most` + 1 round numbers from `low` to `high`. Shapes: low < high.
std::vector<double> Ticks(double low, double high, std::size_t most);
/// As many digits as tell ticks apart.
std::string Number(double value);

}  // namespace medley::evaluation
