#include "medley/evaluation/run.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/text_check.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/metrics/classification_report.h"
#include "medley/metrics/interval.h"

namespace medley::evaluation {
namespace {

constexpr std::string_view kFormat = "medley-run-1";

Json ToJson(std::span<const Segment> segments) {
  Json out = Json::array();
  for (const auto& one : segments) {
    out.push_back({{"name", one.name},
                   {"size", one.size},
                   {"metric", MetricLabel(one.metric, one.k)},
                   {"value", ToJson(one.value)}});
  }
  return out;
}

void AddFigures(const Evaluated& one, std::size_t k, Json& out) {
  for (const auto& metric : one.metrics) {
    if (metric.k == k || metric.k == 0) out["metrics"][metric.metric] = ToJson(metric.value);
    out["at"][MetricLabel(metric.metric, metric.k)] = ToJson(metric.value);
  }
  for (const auto& property : one.properties) {
    if (property.k == k || property.k == 0) out["properties"][property.metric] = property.value;
    out["at"][MetricLabel(property.metric, property.k)] = property.value;
  }
}

void AddCurves(const Evaluated& one, Json& out) {
  for (const auto& point : one.precision_recall)
    out["precision_recall"].push_back({point.precision, point.recall});
  if (!one.lorenz.empty()) out["lorenz"] = one.lorenz;
  if (!one.by_history.empty()) out["by_history"] = ToJson(one.by_history);
  if (!one.by_popularity.empty()) out["by_popularity"] = ToJson(one.by_popularity);
  for (const auto& curve : one.learning)
    out["learning"].push_back(
        {{"stage", curve.stage}, {"name", curve.name}, {"values", curve.values}});
}

Json ToJson(const Evaluated& one, const Run& run, bool with_users) {
  Json out = {{"name", one.name},
              {"settings", one.settings},
              {"parameters", one.parameters},
              {"users", run.users.size()},
              {"fit_seconds", one.fit_seconds},
              {"seeds", one.seeds},
              {"learned", one.learned}};
  if (one.validation) out["validation_ndcg"] = *one.validation;
  if (one.report) {
    const std::vector<std::string> names(std::begin(kClassNames), std::end(kClassNames));
    out["report"] = metrics::ToJson(*one.report, names);
  }
  AddFigures(one, run.request.k(), out);
  AddCurves(one, out);
  if (!with_users) return out;
  for (const auto& column : one.columns)
    out["user_values"][MetricLabel(column.metric, column.k)] = column.values;
  return out;
}

tl::unexpected<Error> NoRun(const std::filesystem::path& file, const std::string& why) {
  return Fail(ErrorCode::kInvalidInput,
              "'" + file.string() + "' is no run of `medley evaluate --save` or --report: " + why);
}

/// "ndcg@20" and its k.
std::pair<std::string, std::size_t> ParseLabel(const std::string& label) {
  const auto at = label.find('@');
  if (at == std::string::npos) return {label, 0};
  std::size_t k = 0;
  for (const char digit : label.substr(at + 1)) {
    if (digit < '0' || digit > '9' || k > 1'000'000) return {label, 0};
    k = 10 * k + static_cast<std::size_t>(digit - '0');
  }
  return {label.substr(0, at), k};
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Every access may throw where the file is not what it says it is: LoadRun catches.
SavedRun ReadOne(const Json& run, const Json& one, const std::string& label) {
  SavedRun out;
  out.label = label;
  out.protocol = run.at("protocol").get<std::string>();
  out.ranking = run.at("ranking").get<std::string>();
  out.split = run.at("fingerprints").at("split").get<std::string>();
  out.data = run.at("fingerprints").at("data").get<std::string>();
  out.users = run.at("users").get<std::vector<std::string>>();
  out.settings["recommender"] = one.at("name").get<std::string>();
  for (const auto& [name, value] : one.at("parameters").items())
    out.settings[out.settings["recommender"] + "." + name] = TextOf(value);
  for (const auto* key : {"version", "seed", "tune", "protocol", "ranking"})
    out.settings[key] = TextOf(run.at(key));
  out.settings["seeds"] = TextOf(one.at("seeds"));
  for (const auto& [name, value] : one.at("at").items()) {
    auto [metric, k] = ParseLabel(name);
    const bool plain = value.is_number();
    const double mean = (plain ? value : value.at("mean")).get<double>();
    out.metrics.push_back({metric,
                           k,
                           {mean,
                            plain ? mean : value.at("low").get<double>(),
                            plain ? mean : value.at("high").get<double>()}});
  }
  for (const auto& [name, values] : one.at("user_values").items()) {
    auto [metric, k] = ParseLabel(name);
    UserColumn column{metric, k, {}};
    for (const auto& value : values) {
      column.values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                              : value.get<double>());
    }
    out.columns.push_back(std::move(column));
  }
  return out;
}

}  // namespace

std::string RankingLabel(const EvaluationRequest& request) {
  if (request.negatives == 0) return "full";
  return "SAMPLED: among " + std::to_string(request.negatives) + " negatives a user, seed " +
         std::to_string(request.seed);
}

Json ToJson(const Run& run, bool with_users) {
  Json out = {
      {"format", kFormat},
      {"version", run.version},
      {"made", run.made},
      {"name", run.name},
      {"protocol", run.protocol},
      {"judged",
       run.interested_from ? "classes"
       : run.ratings       ? "ratings"
                           : "lists"},
      {"ranking", RankingLabel(run.request)},
      {"negatives", run.request.negatives},
      {"files", run.files},
      {"seed", run.request.seed},
      {"tune", run.request.tune},
      {"resamples", metrics::kResamples},
      {"k", run.request.k()},
      {"ks", run.request.ks},
      {"fingerprints", {{"data", run.fingerprints.data}, {"split", run.fingerprints.split}}},
      {"data",
       {{"users", run.n_users},
        {"items", run.n_items},
        {"interactions", run.n_interactions},
        {"judged_users", run.users.size()}}},
      {"recommenders", Json::array()},
      {"comparisons", Json::array()}};
  if (run.interested_from) out["interested_from"] = *run.interested_from;
  if (with_users) out["users"] = run.users;
  for (const auto& one : run.evaluated) out["recommenders"].push_back(ToJson(one, run, with_users));
  for (const auto& one : run.comparisons) {
    auto gain = GainToJson(one);
    gain.update({{"ours", one.ours}, {"theirs", one.theirs}, {"metric", one.metric}, {"k", one.k}});
    out["comparisons"].push_back(std::move(gain));
  }
  return out;
}

std::filesystem::path SavedRunFile(const std::filesystem::path& workspace,
                                   const std::string& name) {
  return workspace / "runs" / (name + ".json");
}

Status CheckRunName(const std::string& name) {
  MEDLEY_RETURN_IF_ERROR(data::CheckId("--save", name));
  if (name.find_first_of("/\\") == std::string::npos && name.front() != '.') return {};
  return Fail(ErrorCode::kInvalidInput,
              "--save takes a plain name without slashes that does not begin with a point, not '" +
                  name + "'");
}

Status SaveRun(const Run& run, const std::filesystem::path& workspace) {
  MEDLEY_RETURN_IF_ERROR(CheckRunName(run.name));
  const auto file = SavedRunFile(workspace, run.name);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) {
    return Fail(ErrorCode::kIo,
                "cannot make '" + file.parent_path().string() + "': " + error.message());
  }
  return WriteFileAtomically(file, DumpJson(ToJson(run, true)));
}

Result<std::vector<SavedRun>> LoadRun(const std::filesystem::path& file, const std::string& label) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  auto parsed = ParseJson(text);
  if (!parsed) return NoRun(file, parsed.error().message);
  const auto& run = *parsed;
  if (!run.is_object() || run.value("format", Json()) != kFormat)
    return NoRun(file, "its \"format\" is not \"" + std::string(kFormat) + "\"");
  try {
    std::vector<SavedRun> out;
    const auto& all = run.at("recommenders");
    for (const auto& one : all) {
      const auto own = all.size() > 1 ? label + "/" + one.at("name").get<std::string>() : label;
      out.push_back(ReadOne(run, one, own));
      const bool whole = std::all_of(
          out.back().columns.begin(), out.back().columns.end(), [&](const auto& column) {
            return column.values.size() == out.back().users.size();
          });
      if (!whole) return NoRun(file, "it lacks values of some users");
    }
    return out;
  } catch (const Json::exception& error) {
    return NoRun(file, error.what());
  }
}

}  // namespace medley::evaluation
