#include "medley/core/parameters.h"

#include <cassert>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace medley {
namespace {

std::string Allowed(const ParameterSpec& spec) {
  if (std::holds_alternative<bool>(spec.default_value)) return "true or false";
  if (!spec.choices.empty()) {
    std::string out = "one of";
    for (const auto& choice : spec.choices) out += (out == "one of" ? " " : ", ") + choice;
    return out;
  }
  if (std::holds_alternative<std::string>(spec.default_value)) return "a text";
  std::ostringstream out;
  out << (std::holds_alternative<std::int64_t>(spec.default_value) ? "a whole number" : "a number");
  if (std::isfinite(spec.min)) out << " from " << spec.min;
  if (std::isfinite(spec.max)) out << " to " << spec.max;
  return out.str();
}

tl::unexpected<Error> Wrong(const ParameterSpec& spec, const std::string& was) {
  return Fail(ErrorCode::kInvalidInput,
              "parameter '" + spec.name + "' must be " + Allowed(spec) + ", not '" + was + "'");
}

std::string Print(const ParameterValue& value) {
  return std::visit([](const auto& v) { return Json(v).dump(); }, value);
}

/// A whole number is taken where a real one is asked for; nothing else is converted.
Result<ParameterValue> Check(const ParameterSpec& spec, ParameterValue value) {
  if (std::holds_alternative<double>(spec.default_value) &&
      std::holds_alternative<std::int64_t>(value)) {
    value = static_cast<double>(std::get<std::int64_t>(value));
  }
  if (value.index() != spec.default_value.index()) return Wrong(spec, Print(value));
  if (const auto* text = std::get_if<std::string>(&value);
      text != nullptr && !spec.choices.empty()) {
    if (std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end())
      return Wrong(spec, *text);
  }
  double number = 0;
  bool is_number = false;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*whole);
    is_number = true;
  } else if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
    is_number = true;
  }
  if (is_number && !(number >= spec.min && number <= spec.max)) return Wrong(spec, Print(value));
  return value;
}

Result<ParameterValue> Parse(const ParameterSpec& spec, const std::string& text) {
  if (std::holds_alternative<bool>(spec.default_value)) {
    if (text == "true" || text == "1" || text == "yes") return true;
    if (text == "false" || text == "0" || text == "no") return false;
    return Wrong(spec, text);
  }
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (std::holds_alternative<std::int64_t>(spec.default_value)) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stop != end) return Wrong(spec, text);
    return value;
  }
  if (std::holds_alternative<double>(spec.default_value)) {
    double value = 0;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stop != end || !std::isfinite(value)) return Wrong(spec, text);
    return value;
  }
  return text;
}

const ParameterSpec* FindSpec(const std::vector<ParameterSpec>& specs, std::string_view name) {
  for (const auto& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

tl::unexpected<Error> UnknownName(const std::vector<ParameterSpec>& specs,
                                  const std::string& name) {
  std::string known;
  for (const auto& spec : specs) known += (known.empty() ? "" : ", ") + spec.name;
  return Fail(ErrorCode::kInvalidInput,
              "unknown parameter '" + name + "'; known are: " + (known.empty() ? "none" : known));
}

}  // namespace

Result<Parameters> Parameters::Make(const std::vector<ParameterSpec>& specs,
                                    const std::map<std::string, ParameterValue>& given) {
  Parameters parameters;
  for (const auto& spec : specs) parameters.values_[spec.name] = spec.default_value;
  for (const auto& [name, value] : given) {
    const ParameterSpec* spec = FindSpec(specs, name);
    if (spec == nullptr) return UnknownName(specs, name);
    MEDLEY_ASSIGN_OR_RETURN(parameters.values_[name], Check(*spec, value));
  }
  return parameters;
}

Result<Parameters> Parameters::FromText(const std::vector<ParameterSpec>& specs,
                                        const std::map<std::string, std::string>& given) {
  std::map<std::string, ParameterValue> values;
  for (const auto& [name, text] : given) {
    const ParameterSpec* spec = FindSpec(specs, name);
    if (spec == nullptr) return UnknownName(specs, name);
    MEDLEY_ASSIGN_OR_RETURN(values[name], Parse(*spec, text));
  }
  return Make(specs, values);
}

Json Parameters::ToJson() const {
  Json out = Json::object();
  for (const auto& [name, value] : values_)
    std::visit([&](const auto& v) { out[name] = v; }, value);
  return out;
}

const ParameterValue& Parameters::At(std::string_view name) const {
  const auto found = values_.find(name);
  assert(found != values_.end() && "a parameter that the extension point's specs do not list");
  return found->second;
}

}  // namespace medley
