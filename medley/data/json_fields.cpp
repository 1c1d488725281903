#include "medley/data/json_fields.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/text_check.h"

namespace medley::data {

JsonFields::JsonFields(const Json& json, std::string_view what) : json_(json), what_(what) {
  if (!json.is_object()) Fail("must be a JSON object");
}

const Json* JsonFields::Find(const char* name) {
  known_.emplace_back(name);
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::Fail(const std::string& message) {
  if (status_) status_ = medley::Fail(ErrorCode::kInvalidInput, what_ + ": " + message);
}

std::string JsonFields::Id(const char* name, bool required) {
  const Json* value = Find(name);
  if (value == nullptr) {
    if (required) Fail("field '" + std::string(name) + "' is missing");
    return {};
  }
  std::string id;
  if (value->is_string()) {
    id = value->get<std::string>();
  } else if (value->is_number_integer()) {
    id = value->dump();
  } else {
    Fail("field '" + std::string(name) + "' must be a text or a whole number");
    return {};
  }
  if (id.empty() && !required) return id;
  if (auto good = CheckId(name, id); !good) Fail(good.error().message);
  return id;
}

std::string JsonFields::Text(const char* name) {
  const Json* value = Find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    Fail("field '" + std::string(name) + "' must be a text");
    return {};
  }
  auto text = value->get<std::string>();
  if (auto good = CheckText(name, text); !good) Fail(good.error().message);
  return text;
}

double JsonFields::Number(const char* name, double fallback) {
  const Json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_number() || !std::isfinite(value->get<double>())) {
    Fail("field '" + std::string(name) + "' must be a number");
    return fallback;
  }
  return value->get<double>();
}

bool JsonFields::Bool(const char* name, bool fallback) {
  const Json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) {
    Fail("field '" + std::string(name) + "' must be true or false");
    return fallback;
  }
  return value->get<bool>();
}

TimeMs JsonFields::Time(const char* name, TimeMs fallback) {
  const Json* value = Find(name);
  if (value == nullptr) return fallback;
  const std::string text = value->is_string()   ? value->get<std::string>()
                           : value->is_number() ? value->dump()
                                                : "";
  const auto time = ParseTime(text);
  if (!time) {
    Fail("field '" + std::string(name) +
         "' must be a time: seconds or milliseconds since 1970, or ISO 8601");
    return fallback;
  }
  return *time;
}

std::vector<std::string> JsonFields::Texts(const char* name) {
  const Json* value = Find(name);
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->is_string()) {
    out.push_back(value->get<std::string>());
    return out;
  }
  const bool good = value->is_array() &&
                    std::ranges::all_of(*value, [](const Json& text) { return text.is_string(); });
  if (!good) {
    Fail("field '" + std::string(name) + "' must be a list of texts");
    return out;
  }
  for (const Json& text : *value) out.push_back(text.get<std::string>());
  return out;
}

Json JsonFields::Object(const char* name) {
  const Json* value = Find(name);
  if (value == nullptr) return Json::object();
  if (!value->is_object()) {
    Fail("field '" + std::string(name) + "' must be an object");
    return Json::object();
  }
  return *value;
}

Status JsonFields::Finish() {
  if (!status_ || !json_.is_object()) return status_;
  for (const auto& [name, value] : json_.items()) {
    if (std::ranges::find(known_, name) == known_.end()) {
      std::string known;
      for (const auto field : known_) known += (known.empty() ? "" : ", ") + std::string(field);
      Fail("unknown field '" + std::string(CutText(name, 80)) + "'; known are: " + known);
    }
  }
  return status_;
}

}  // namespace medley::data
