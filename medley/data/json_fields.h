#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley::data {

/// Reads the fields of one JSON object; the first wrong one is kept as the error, so that a record
/// is read without a check after each field. Missing: an absent or null field leaves the given
/// default.
class JsonFields {
 public:
  /// `what` is "item", "user", "event", for the messages.
  JsonFields(const Json& json, std::string_view what);

  std::string Id(const char* name, bool required);
  std::string Text(const char* name);
  double Number(const char* name, double fallback);
  bool Bool(const char* name, bool fallback);
  TimeMs Time(const char* name, TimeMs fallback);
  /// A list of texts, or one text.
  std::vector<std::string> Texts(const char* name);
  Json Object(const char* name);
  const Json* Find(const char* name);

  void Fail(const std::string& message);
  /// Fails for a field that none of the calls asked for.
  Status Finish();

 private:
  const Json& json_;
  std::string what_;
  std::vector<std::string_view> known_;
  Status status_;
};

}  // namespace medley::data
