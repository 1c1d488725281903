#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"

namespace medley::serving {

/// "%C3%A9" to "é". Errors: kInvalidInput for a broken escape, for what is then no UTF-8, and for
/// control characters. `plus_is_space`: as in query strings.
Result<std::string> PercentDecode(std::string_view text, bool plus_is_space);

/// The query string of a request, read by name with the checks that every parameter gets.
class Query {
 public:
  /// Errors: kInvalidInput for a broken escape, a parameter given twice, more than 64 of them.
  static Result<Query> Parse(std::string_view text);

  /// Errors: kInvalidInput naming the first parameter that is none of `known`, and those that are.
  Status CheckKnown(std::span<const std::string_view> known) const;

  /// nullptr: not given.
  const std::string* Find(std::string_view name) const;
  /// Empty where it is not given.
  std::string Text(std::string_view name) const;
  /// Errors (all of these): kInvalidInput naming the parameter and what it may be.
  Result<std::size_t> Count(std::string_view name,
                            std::size_t fallback,
                            std::size_t min,
                            std::size_t max) const;
  Result<bool> Flag(std::string_view name, bool fallback) const;
  Result<std::optional<double>> Real(std::string_view name) const;
  /// Joined by commas; empty pieces are left out.
  std::vector<std::string> List(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// A request target taken apart: segments of the path, decoded one by one (so that an id may hold
/// "%2F"), and the query.
struct Target {
  std::string_view path;  ///< as sent, without the query
  std::vector<std::string> segments;
  std::string_view query;

  /// Errors: kInvalidInput for what does not start with '/', for broken escapes, "." and "..", more
  /// than 16 segments. Views into `text`.
  static Result<Target> Parse(std::string_view text);
};

}  // namespace medley::serving
