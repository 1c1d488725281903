#include "medley/evaluation/report.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/plot.h"
#include "medley/evaluation/report_style.h"
#include "medley/evaluation/run.h"
#include "medley/evaluation/segments.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/interval.h"
#include "medley/metrics/metric_table.h"

namespace medley::evaluation {
namespace {

std::string Figure(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4f", value);
  return text.data();
}

std::string Signed(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.4f", value);
  return text.data();
}

std::string Bracket(const metrics::Interval& value, std::string (*show)(double)) {
  return "[" + show(value.low) + ", " + show(value.high) + "]";
}

/// The name of a metric as the table has it, with its cut.
Phrase MetricPhrase(const std::string& metric, std::size_t k) {
  const auto* kind = metrics::FindMetric(metric);
  const std::string cut = k == 0 ? "" : "@" + std::to_string(k);
  if (kind == nullptr) return {metric + cut, metric + cut};
  return {std::string(kind->title) + cut, std::string(kind->title_zh) + cut};
}

std::vector<std::string> Names(const Run& run) {
  std::vector<std::string> names;
  for (const auto& one : run.evaluated) names.push_back(one.name);
  return names;
}

std::string Section(const Phrase& title, const Phrase& says, const std::string& body) {
  return "<section><h2>" + Both(title) + "</h2><p>" + Both(says) + "</p>" + body + "</section>\n";
}

std::string Plot(const std::string& svg, const std::vector<std::string>& names) {
  return "<figure>" + svg + (names.empty() ? "" : Legend(names)) + "</figure>";
}

std::string Row(const Phrase& name, const std::string& escaped) {
  return "<tr><th scope=\"row\">" + Both(name) + "</th><td>" + escaped + "</td></tr>";
}

std::string Facts(const Run& run) {
  const auto count = [](std::size_t n) { return std::to_string(n); };
  std::string out = "<section><h2>" + Both({"What was judged", "评估对象"}) + "</h2>";
  if (run.request.negatives > 0) {
    out += "<p class=\"warning\">" +
           Both({"Sampled candidates, not the full ranking: " + RankingLabel(run.request) +
                     ". These figures cannot be compared with those of full rankings.",
                 "候选经过抽样，并非完整排序：每位用户 " + count(run.request.negatives) +
                     " 个负样本，随机种子 " + count(run.request.seed) +
                     "。这些数值不能与完整排序的数值相比。"}) +
           "</p>";
  }
  out += "<div class=\"scroll\"><table class=\"facts\"><tbody>";
  out += Row({"Protocol", "评估协议"}, "<code>" + Escape(run.protocol) + "</code>");
  out += Row({"Ranking", "排序范围"},
             run.request.negatives == 0
                 ? Both({"full: every item the user has not had", "完整：用户未接触过的全部物品"})
                 : Escape(RankingLabel(run.request)));
  for (const auto& file : run.files)
    out += Row({"File", "文件"}, "<code>" + Escape(file) + "</code>");
  out += Row({"Users judged", "参评用户"}, count(run.users.size()) + " / " + count(run.n_users));
  out += Row({"Items", "物品"}, count(run.n_items));
  out += Row({"Interactions fitted on", "训练交互"}, count(run.n_interactions));
  out += Row({"Seed", "随机种子"}, count(run.request.seed) + " × " + count(run.request.seeds));
  out += Row({"Parameters", "参数"},
             run.request.tune ? Both({"chosen on the validation part", "在验证集上选定"})
                              : Both({"as set", "按设定"}));
  out += Row({"Data", "数据指纹"}, "<code>" + Escape(run.fingerprints.data) + "</code>");
  out += Row({"Split", "划分指纹"}, "<code>" + Escape(run.fingerprints.split) + "</code>");
  out += Row({"Program", "程序版本"}, Escape("medley " + run.version));
  if (!run.made.empty()) out += Row({"Made", "生成时间"}, "<time>" + Escape(run.made) + "</time>");
  return out + "</tbody></table></div></section>\n";
}

/// The best mean of a metric among all; nullptr where neither end is better.
const MetricValue* BestOf(const Run& run, std::size_t column) {
  const auto& any = run.evaluated.front().metrics[column];
  const auto* kind = metrics::FindMetric(any.metric);
  if (kind == nullptr || kind->better == metrics::Better::kNeither) return nullptr;
  const MetricValue* best = nullptr;
  for (const auto& one : run.evaluated) {
    if (column >= one.metrics.size()) continue;
    const auto& value = one.metrics[column];
    const bool better = best == nullptr || (kind->better == metrics::Better::kHigher
                                                ? value.value.mean > best->value.mean
                                                : value.value.mean < best->value.mean);
    if (better) best = &value;
  }
  return best;
}

/// A row a metric and a column a recommender: there are more metrics than recommenders.
std::string FigureTable(const Run& run) {
  std::string out = "<div class=\"scroll\"><table><thead><tr><th></th>";
  for (const auto& one : run.evaluated)
    out += "<th scope=\"col\"><bdi>" + Escape(one.name) + "</bdi></th>";
  out += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < run.evaluated.front().metrics.size(); ++i) {
    const auto& first = run.evaluated.front().metrics[i];
    const auto* best = run.evaluated.size() > 1 ? BestOf(run, i) : nullptr;
    out += "<tr><th scope=\"row\">" + Both(MetricPhrase(first.metric, first.k)) + "</th>";
    for (const auto& one : run.evaluated) {
      if (i >= one.metrics.size()) {
        out += "<td></td>";
        continue;
      }
      const auto& value = one.metrics[i].value;
      const bool is_best = best != nullptr && value.mean == best->value.mean;
      out += std::string("<td") + (is_best ? " class=\"best\"" : "") + ">" + Figure(value.mean) +
             "<small>" + Bracket(value, &Figure) + "</small></td>";
    }
    out += "</tr>";
  }
  for (std::size_t i = 0; i < run.evaluated.front().properties.size(); ++i) {
    const auto& first = run.evaluated.front().properties[i];
    out += "<tr><th scope=\"row\">" + Both(MetricPhrase(first.metric, first.k)) + "</th>";
    for (const auto& one : run.evaluated) out += "<td>" + Figure(one.properties[i].value) + "</td>";
    out += "</tr>";
  }
  return out + "</tbody></table></div>";
}

std::string Figures(const Run& run) {
  return Section({"Figures", "指标"},
                 {"Means over users, with the interval that holds 95 % of the means of users drawn "
                  "again. The best mean of each row is bold.",
                  "用户均值及 95 % 自助法置信区间；每行最佳均值以粗体标出。"},
                 FigureTable(run));
}

std::string Gains(const Run& run) {
  if (run.comparisons.empty()) return "";
  GainPlot plot;
  std::string table = "<div class=\"scroll\"><table><thead><tr><th></th><th>" +
                      Both({"Gain", "增益"}) + "</th><th>p</th><th>" +
                      Both({"p, Holm", "p（Holm 校正）"}) + "</th></tr></thead><tbody>";
  for (const auto& one : run.comparisons) {
    const auto name = one.ours + " − " + one.theirs + ", " + MetricLabel(one.metric, one.k);
    plot.rows.push_back({name, one.gain});
    table += "<tr><th scope=\"row\"><bdi>" + Escape(name) + "</bdi></th><td>" +
             Signed(one.gain.mean) + "<small>" + Bracket(one.gain, &Signed) + "</small></td><td>" +
             Figure(one.p) + "</td><td>" + Figure(one.p_holm) + "</td></tr>";
  }
  return Section({"Gains", "增益"},
                 {"Differences user by user, with 95 % intervals. One that excludes 0 is coloured. "
                  "p is two-sided, "
                  "from the bootstrap; Holm's correction is for all comparisons by the same "
                  "metric. Of errors "
                  "(RMSE, MAE) a gain below 0 is the better one.",
                  "逐用户差值及 95 % 区间；不含 0 者着色。p 为双侧自助法检验值，Holm "
                  "校正针对同一指标的全部比较。"
                  "对误差类指标（RMSE、MAE），负值更好。"},
                 Plot(Draw(plot), {}) + table + "</tbody></table></div>");
}

std::string Curves(const Run& run) {
  LinePlot plot;
  plot.x_label = {"Recall", "召回率"};
  plot.y_label = {"Precision", "精确率"};
  for (const auto& one : run.evaluated) {
    LinePlot::Series series{one.name, {}};
    for (const auto& point : one.precision_recall)
      series.points.emplace_back(point.recall, point.precision);
    plot.series.push_back(std::move(series));
  }
  if (plot.series.front().points.empty()) return "";
  const auto depth = std::to_string(run.evaluated.front().precision_recall.size());
  return Section({"Precision and recall", "精确率与召回率"},
                 {"Lists cut after 1, 2 ... " + depth + " places, from left to right.",
                  "从左到右：列表依次截取前 1、2 …… " + depth + " 位。"},
                 Plot(Draw(plot), Names(run)));
}

Phrase SegmentName(const Segment& segment) {
  static const std::map<std::string, std::string> chinese = {
      {"head", "头部"}, {"middle", "中部"}, {"tail", "长尾"}, {"unseen", "未见过"}};
  const auto size = " (" + std::to_string(segment.size) + ")";
  const auto found = chinese.find(segment.name);
  return {segment.name + size, (found == chinese.end() ? segment.name : found->second) + size};
}

std::string Segments(const Run& run,
                     const std::vector<Segment> Evaluated::* part,
                     const Phrase& title,
                     const Phrase& says) {
  const auto& first = run.evaluated.front().*part;
  if (first.empty()) return "";
  IntervalPlot plot;
  plot.y_label = MetricPhrase(first.front().metric, first.front().k);
  plot.series = Names(run);
  for (std::size_t i = 0; i < first.size(); ++i) {
    IntervalPlot::Group group{SegmentName(first[i]), {}};
    for (const auto& one : run.evaluated) {
      if (i < (one.*part).size()) group.values.push_back((one.*part)[i].value);
    }
    plot.groups.push_back(std::move(group));
  }
  return Section(title, says, Plot(Draw(plot), Names(run)));
}

std::string LongTail(const Run& run) {
  LinePlot plot;
  plot.x_label = {"Share of the catalogue, least recommended first",
                  "物品占比（由少推荐到多推荐）"};
  plot.y_label = {"Share of recommendations", "推荐占比"};
  plot.unit_square = true;
  for (const auto& one : run.evaluated) {
    LinePlot::Series series{one.name, {}};
    for (std::size_t i = 0; i < one.lorenz.size(); ++i)
      series.points.emplace_back(
          static_cast<double>(i) / static_cast<double>(one.lorenz.size() - 1), one.lorenz[i]);
    plot.series.push_back(std::move(series));
  }
  if (plot.series.front().points.empty()) return "";
  return Section({"The long tail", "长尾"},
                 {"How recommendations fall on the catalogue (Lorenz curve). On the diagonal every "
                  "item gets as many; the nearer to the corner, the fewer items get nearly all.",
                  "推荐在物品间的分布（洛伦兹曲线）。对角线表示每件物品被推荐的次数相同；"
                  "曲线越靠近右下角，推荐越集中于少数物品。"},
                 Plot(Draw(plot), Names(run)));
}

std::string Learning(const Run& run) {
  std::string plots;
  for (const auto& one : run.evaluated) {
    for (const auto& curve : one.learning) {
      LinePlot plot;
      plot.x_label = {"Step told", "报告次序"};
      plot.y_label = {curve.name, curve.name};
      plot.series.push_back({one.name, {}});
      for (std::size_t i = 0; i < curve.values.size(); ++i)
        plot.series.front().points.emplace_back(static_cast<double>(i + 1), curve.values[i]);
      plots += Plot(Draw(plot), {one.name + ": " + curve.stage + ", " + curve.name});
    }
  }
  if (plots.empty()) return "";
  return Section({"Learning curves", "学习曲线"},
                 {"Figures that training told as it went on, of the first seed.",
                  "训练过程中报告的数值（首个随机种子）。"},
                 "<div class=\"pair\">" + plots + "</div>");
}

std::string Parameters(const Run& run) {
  std::string out;
  for (const auto& one : run.evaluated) {
    out += "<details><summary><bdi>" + Escape(one.name) + "</bdi> <small>" +
           Both({"fitted in " + Number(one.fit_seconds) + " s, " + std::to_string(one.seeds) +
                     " model(s)",
                 "训练 " + Number(one.fit_seconds) + " 秒，" + std::to_string(one.seeds) +
                     " 个模型"}) +
           "</small></summary><div class=\"scroll\"><table class=\"facts\"><tbody>";
    for (const auto& [name, value] : one.parameters) {
      out += "<tr><th scope=\"row\"><code>" + Escape(name) + "</code></th><td><code>" +
             Escape(value) + "</code></td></tr>";
    }
    out += "</tbody></table></div></details>";
  }
  return Section({"Parameters", "参数"},
                 {"Those that are not set have their default.", "未设定者为默认值。"},
                 out);
}

}  // namespace

std::string ReportPage(const Run& run) {
  const auto title = run.name.empty() ? std::string("Medley") : run.name;
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"><meta name=\"color-scheme\" content=\"light dark\"><title>" +
      Escape(title + " · evaluation · 评估报告") + "</title><style>" + std::string(kReportStyle) +
      "</style></head>\n<body>"
      "<input type=\"radio\" name=\"language\" id=\"en\" checked aria-label=\"English\">"
      "<input type=\"radio\" name=\"language\" id=\"zh\" aria-label=\"中文\">"
      "<header><h1>" +
      Both({"Evaluation", "评估报告"}) + " <bdi>" + Escape(run.name) +
      "</bdi></h1><nav aria-label=\"Language\"><label for=\"en\" lang=\"en\">English</label>"
      "<label for=\"zh\" lang=\"zh\">中文</label></nav></header>\n<main>\n";
  out += Facts(run);
  if (!run.evaluated.empty()) {
    out += Figures(run) + Gains(run) + Curves(run);
    out += Segments(run,
                    &Evaluated::by_history,
                    {"By the user's history", "按用户历史长度"},
                    {"Users parted by how many items they are asked with (users in brackets).",
                     "按用户已有的物品数分组（括号内为用户数）。"});
    out += Segments(
        run,
        &Evaluated::by_popularity,
        {"By the item's popularity", "按物品热度"},
        {"Relevant items parted by training popularity: the head, the middle and the tail "
         "have a third of all interactions each (items in brackets).",
         "按训练热度划分相关物品：头部、中部、长尾各占三分之一的交互（括号内为物品数）。"});
    out += LongTail(run) + Learning(run) + Parameters(run);
  }
  return out + "</main></body></html>\n";
}

Status WriteReport(const Run& run, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return Fail(ErrorCode::kIo, "cannot make '" + folder.string() + "': " + error.message());
  MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder / "report.json", DumpJson(ToJson(run, true))));
  return WriteFileAtomically(folder / "index.html", ReportPage(run));
}

}  // namespace medley::evaluation
