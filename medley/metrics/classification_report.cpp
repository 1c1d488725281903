#include "medley/metrics/classification_report.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"

namespace medley::metrics {
namespace {

double Share(std::size_t part, std::size_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

void Add(const ClassScores& one, double weight, ClassScores& mean) {
  mean.precision += weight * one.precision;
  mean.recall += weight * one.recall;
  mean.f1 += weight * one.f1;
}

Json ToJson(const ClassScores& scores) {
  return {{"precision", scores.precision},
          {"recall", scores.recall},
          {"f1", scores.f1},
          {"support", scores.support}};
}

std::string Line(std::string_view name, const ClassScores& scores) {
  constexpr std::size_t kRoom = 200;
  std::string line(kRoom, '\0');
  const int length = std::snprintf(line.data(),
                                   line.size(),
                                   "%-20.60s %9.4f %9.4f %9.4f %9zu\n",
                                   std::string(name).c_str(),
                                   scores.precision,
                                   scores.recall,
                                   scores.f1,
                                   scores.support);
  line.resize(static_cast<std::size_t>(length));
  return line;
}

}  // namespace

ClassificationReport ReportClasses(std::span<const std::uint32_t> truth,
                                   std::span<const std::uint32_t> predicted,
                                   std::size_t classes) {
  assert(truth.size() == predicted.size());
  std::vector<std::size_t> said(classes);
  std::vector<std::size_t> right(classes);
  ClassificationReport out;
  out.classes.resize(classes);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++out.classes[truth[i]].support;
    ++said[predicted[i]];
    if (truth[i] == predicted[i]) ++right[truth[i]];
  }
  std::size_t all_right = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    auto& one = out.classes[c];
    one.precision = Share(right[c], said[c]);
    one.recall = Share(right[c], one.support);
    one.f1 = Share(2 * right[c], said[c] + one.support);
    all_right += right[c];
    Add(one, 1 / static_cast<double>(classes), out.macro);
    Add(one, Share(one.support, truth.size()), out.weighted);
  }
  out.accuracy = Share(all_right, truth.size());
  out.macro.support = out.weighted.support = truth.size();
  return out;
}

Json ToJson(const ClassificationReport& report, std::span<const std::string> names) {
  Json classes = Json::object();
  for (std::size_t c = 0; c < names.size(); ++c) classes[names[c]] = ToJson(report.classes[c]);
  return {{"classes", std::move(classes)},
          {"accuracy", report.accuracy},
          {"macro", ToJson(report.macro)},
          {"weighted", ToJson(report.weighted)}};
}

std::string ToText(const ClassificationReport& report, std::span<const std::string> names) {
  std::string out = "                     precision    recall        f1   support\n";
  for (std::size_t c = 0; c < names.size(); ++c) out += Line(names[c], report.classes[c]);
  out += Line("macro average", report.macro) + Line("weighted average", report.weighted);
  std::string accuracy(64, '\0');
  const int length =
      std::snprintf(accuracy.data(), accuracy.size(), "accuracy %.4f\n", report.accuracy);
  return out + accuracy.substr(0, static_cast<std::size_t>(length));
}

}  // namespace medley::metrics
