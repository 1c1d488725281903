#include "medley/training/learning_curve.h"

#include <cstddef>
#include <string>

#include "medley/core/json.h"

namespace medley::training {

Json ToJson(const LearningCurve& curve) {
  Json points = Json::array();
  for (const auto& point : curve.points) {
    points.push_back(
        {{"epoch", point.epoch}, {"loss", point.loss}, {"validation", point.validation}});
  }
  return {{"metric", curve.metric}, {"best_epoch", curve.best_epoch}, {"points", points}};
}

LearningCurve LearningCurveFromJson(const Json& json) {
  LearningCurve curve;
  if (!json.is_object()) return curve;
  if (const auto metric = json.find("metric"); metric != json.end() && metric->is_string())
    curve.metric = metric->get<std::string>();
  if (const auto best = json.find("best_epoch"); best != json.end() && best->is_number_unsigned())
    curve.best_epoch = best->get<std::size_t>();
  const auto points = json.find("points");
  if (points == json.end() || !points->is_array()) return curve;
  for (const auto& point : *points) {
    const auto number = [&](const char* name) {
      return point.is_object() && point.contains(name) && point[name].is_number()
                 ? point[name].get<double>()
                 : 0;
    };
    curve.points.push_back(
        {static_cast<std::size_t>(number("epoch")), number("loss"), number("validation")});
  }
  return curve;
}

}  // namespace medley::training
