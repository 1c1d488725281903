#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley {

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// One setting of an extension point (a recommender, an encoder, a fusion...): --help, the
/// reference documentation, medley.toml's comments and the API schema are all made from it.
struct ParameterSpec {
  std::string name;
  ParameterValue default_value;  ///< its type is the parameter's type
  std::string help;
  double min = -std::numeric_limits<double>::infinity();  ///< numbers only; inclusive
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;  ///< strings only; empty: any
};

/// Values for a list of specs, checked: every name known, every type and range right. Missing: the
/// default. Threads: immutable after Make.
class Parameters {
 public:
  Parameters() = default;
  /// Errors: kInvalidInput naming the parameter, what it may be, and what it was.
  static Result<Parameters> Make(const std::vector<ParameterSpec>& specs,
                                 const std::map<std::string, ParameterValue>& given);
  /// As Make, from the text after --set or from medley.toml: "true", "12", "0.5", "cosine".
  static Result<Parameters> FromText(const std::vector<ParameterSpec>& specs,
                                     const std::map<std::string, std::string>& given);

  bool Bool(std::string_view name) const { return std::get<bool>(At(name)); }
  std::int64_t Int(std::string_view name) const { return std::get<std::int64_t>(At(name)); }
  double Real(std::string_view name) const { return std::get<double>(At(name)); }
  const std::string& Text(std::string_view name) const { return std::get<std::string>(At(name)); }

  Json ToJson() const;

 private:
  const ParameterValue& At(std::string_view name) const;
  std::map<std::string, ParameterValue, std::less<>> values_;
};

}  // namespace medley
