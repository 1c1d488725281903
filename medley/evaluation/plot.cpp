#include "medley/evaluation/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "medley/metrics/interval.h"
#include "medley/text/display.h"

namespace medley::evaluation {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 340;
constexpr double kLeft = 62;
constexpr double kRight = 14;
constexpr double kTop = 12;
constexpr double kBottom = 48;
constexpr double kRowHeight = 30;
constexpr std::size_t kColours = 8;
constexpr std::size_t kDashes = 3;
constexpr std::size_t kTicks = 5;
constexpr std::size_t kMaxNameLetters = 48;

std::string Fixed(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// Colours repeat after eight series, with other dashes.
std::string SeriesClass(std::size_t series) {
  return "s" + std::to_string(series % kColours) + " d" +
         std::to_string(series / kColours % kDashes);
}

std::string Text(double x, double y, std::string_view anchor, const std::string& escaped) {
  return "<text x=\"" + Fixed(x) + "\" y=\"" + Fixed(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\">" + escaped + "</text>";
}

std::string TextBoth(double x, double y, std::string_view anchor, const Phrase& phrase) {
  const auto one = [&](std::string_view language, const std::string& text) {
    return "<text class=\"" + std::string(language) + "\" lang=\"" + std::string(language) +
           "\" x=\"" + Fixed(x) + "\" y=\"" + Fixed(y) + "\" text-anchor=\"" + std::string(anchor) +
           "\">" + Escape(text) + "</text>";
  };
  return one("en", phrase.en) + one("zh", phrase.zh);
}

std::string Line(std::string_view css, double x1, double y1, double x2, double y2) {
  return "<line class=\"" + std::string(css) + "\" x1=\"" + Fixed(x1) + "\" y1=\"" + Fixed(y1) +
         "\" x2=\"" + Fixed(x2) + "\" y2=\"" + Fixed(y2) + "\"/>";
}

/// `label` is for those who do not see it.
std::string Svg(double height,
                const Phrase& label,
                const std::string& inside,
                std::string_view css = "plot") {
  return "<svg class=\"" + std::string(css) + "\" viewBox=\"0 0 " + Fixed(kWidth) + " " +
         Fixed(height) + R"(" role="img" aria-label=")" + Escape(label.en + " · " + label.zh) +
         "\">" + inside + "</svg>";
}

/// One axis: a range of values on a range of the picture.
struct Axis {
  double low = 0;
  double high = 1;
  double from = 0;
  double to = 1;

  double At(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// Takes in values, ignoring those that are not finite.
struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// With some room, so that nothing lies on the frame; never empty.
  Axis On(double from, double to) const {
    if (low > high) return {0, 1, from, to};
    const double room = high > low ? 0.05 * (high - low) : std::max(0.05 * std::abs(high), 1e-9);
    return {low == 0 ? 0 : low - room, high + room, from, to};
  }
};

std::string Frame(const Axis& x, const Axis& y, bool x_ticks) {
  std::string out;
  for (const double tick : Ticks(y.low, y.high, kTicks)) {
    out += Line("grid", x.from, y.At(tick), x.to, y.At(tick));
    out += Text(x.from - 8, y.At(tick) + 4, "end", Number(tick));
  }
  if (x_ticks) {
    for (const double tick : Ticks(x.low, x.high, kTicks + 2)) {
      out += Line("grid", x.At(tick), y.to, x.At(tick), y.from);
      out += Text(x.At(tick), y.from + 18, "middle", Number(tick));
    }
  }
  return out + Line("axis", x.from, y.from, x.to, y.from) +
         Line("axis", x.from, y.from, x.from, y.to);
}

std::string Labels(const Phrase& x_label, const Phrase& y_label) {
  std::string out = TextBoth((kLeft + kWidth - kRight) / 2, kHeight - 8, "middle", x_label);
  out +=
      "<g transform=\"translate(14 " + Fixed((kTop + kHeight - kBottom) / 2) + ") rotate(-90)\">";
  return out + TextBoth(0, 0, "middle", y_label) + "</g>";
}

std::string Whisker(const metrics::Interval& value, double x, const Axis& y, std::size_t series) {
  return "<g class=\"" + SeriesClass(series) + "\">" +
         Line("whisker", x, y.At(value.low), x, y.At(value.high)) + "<circle cx=\"" + Fixed(x) +
         "\" cy=\"" + Fixed(y.At(value.mean)) + R"(" r="4"/></g>)";
}

}  // namespace

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text::DisplayText(text, 2000)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Both(const Phrase& phrase) {
  return R"(<span class="en" lang="en">)" + Escape(phrase.en) +
         R"(</span><span class="zh" lang="zh">)" + Escape(phrase.zh) + "</span>";
}

std::vector<double> Ticks(double low, double high, std::size_t most) {
  const double rough = (high - low) / static_cast<double>(std::max<std::size_t>(most, 1));
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double multiple : {1.0, 2.0, 2.5, 5.0}) {
    if (multiple * power >= rough * (1 - 1e-9)) {
      step = multiple * power;
      break;
    }
  }
  std::vector<double> out;
  const auto first = static_cast<std::int64_t>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<std::int64_t>(std::floor(high / step + 1e-9));
  for (auto i = first; i <= last; ++i) out.push_back(static_cast<double>(i) * step);
  return out;
}

std::string Number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.5g", value);
  return text.data();
}

std::string Draw(const LinePlot& plot) {
  Range xs;
  Range ys;
  for (const auto& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      xs.Add(x);
      ys.Add(y);
    }
  }
  Axis x = xs.On(kLeft, kWidth - kRight);
  Axis y = ys.On(kHeight - kBottom, kTop);
  if (plot.unit_square) {
    x = {0, 1, x.from, x.to};
    y = {0, 1, y.from, y.to};
  }
  std::string out = Frame(x, y, true) + Labels(plot.x_label, plot.y_label);
  if (plot.unit_square) out += Line("diagonal", x.from, y.from, x.to, y.to);
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    std::string path;
    for (const auto& [at_x, at_y] : plot.series[i].points) {
      if (!std::isfinite(at_x) || !std::isfinite(at_y)) continue;
      path += (path.empty() ? "M" : " L") + Fixed(x.At(at_x)) + " " + Fixed(y.At(at_y));
    }
    if (path.empty()) continue;
    out += "<path class=\"line " + SeriesClass(i) + "\" d=\"" + path + "\"><title>" +
           Escape(plot.series[i].name) + "</title></path>";
  }
  const Phrase label = {plot.y_label.en + ", " + plot.x_label.en,
                        plot.y_label.zh + "，" + plot.x_label.zh};
  return Svg(kHeight, label, out);
}

std::string Draw(const IntervalPlot& plot) {
  Range range;
  range.Add(0);
  for (const auto& group : plot.groups) {
    for (const auto& value : group.values) {
      range.Add(value.low);
      range.Add(value.high);
    }
  }
  const Axis x{
      0, static_cast<double>(std::max<std::size_t>(plot.groups.size(), 1)), kLeft, kWidth - kRight};
  const Axis y = range.On(kHeight - kBottom, kTop);
  std::string out = Frame(x, y, false) + Labels({}, plot.y_label);
  for (std::size_t group = 0; group < plot.groups.size(); ++group) {
    const double middle = x.At(static_cast<double>(group) + 0.5);
    out += TextBoth(middle, y.from + 18, "middle", plot.groups[group].name);
    const auto& values = plot.groups[group].values;
    const double apart = std::min(
        16.0,
        0.8 * (x.At(1) - x.At(0)) / static_cast<double>(std::max<std::size_t>(values.size(), 1)));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double offset = static_cast<double>(i) - (static_cast<double>(values.size()) - 1) / 2;
      out += Whisker(values[i], middle + apart * offset, y, i);
    }
  }
  return Svg(kHeight, plot.y_label, out);
}

std::string Draw(const GainPlot& plot) {
  constexpr double kNames = 280;
  Range range;
  range.Add(0);
  for (const auto& row : plot.rows) {
    range.Add(row.gain.low);
    range.Add(row.gain.high);
  }
  Axis x = range.On(kNames, kWidth - kRight);
  const double span = x.high - x.low;
  x.low = std::min(x.low, -0.05 * span);
  x.high = std::max(x.high, 0.05 * span);
  const double bottom = kTop + kRowHeight * static_cast<double>(plot.rows.size()) + 8;
  std::string out;
  for (const double tick : Ticks(x.low, x.high, kTicks)) {
    out += Line(tick == 0 ? "axis" : "grid", x.At(tick), kTop, x.At(tick), bottom);
    out += Text(x.At(tick), bottom + 18, "middle", Number(tick));
  }
  for (std::size_t i = 0; i < plot.rows.size(); ++i) {
    const auto& [name, gain] = plot.rows[i];
    const double y = kTop + kRowHeight * (static_cast<double>(i) + 0.5) + 4;
    out += Text(kNames - 12, y + 4, "end", Escape(text::DisplayText(name, kMaxNameLetters)));
    const char* css = gain.low > 0 ? "gain" : gain.high < 0 ? "loss" : "none";
    out += "<g class=\"" + std::string(css) + "\">" +
           Line("whisker", x.At(gain.low), y, x.At(gain.high), y) + "<circle cx=\"" +
           Fixed(x.At(gain.mean)) + "\" cy=\"" + Fixed(y) + R"(" r="5"/></g>)";
  }
  return Svg(bottom + 28, {"Gains", "增益"}, out, "named");
}

std::string Legend(const std::vector<std::string>& names) {
  std::string out = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += R"(<li><svg viewBox="0 0 34 12" aria-hidden="true"><path class="line )" +
           SeriesClass(i) + R"(" d="M1 6 L33 6"/><g class=")" + SeriesClass(i) +
           R"("><circle cx="17" cy="6" r="4"/></g></svg><bdi>)" + Escape(names[i]) + "</bdi></li>";
  }
  return out + "</ul>";
}

}  // namespace medley::evaluation
