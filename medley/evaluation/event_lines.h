#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/result.h"

namespace medley::evaluation {

/// The plain files in which splits, rankings and predictions come.

/// Events without a rating are for their item, whatever ratings are.
inline constexpr double kNoRating = std::numeric_limits<double>::infinity();

struct EventLine {
  std::string_view user;
  std::string_view item;
  double rating = kNoRating;
  TimeMs time = 0;
  std::size_t number = 0;  ///< from 1
};

/// kInvalidInput naming file and line.
tl::unexpected<Error> WrongLine(const std::filesystem::path& file,
                                std::size_t line,
                                const std::string& what);

/// The parts of a line between any of `separators`, empty ones too.
std::vector<std::string_view> Fields(std::string_view line, std::string_view separators);

/// A number and nothing else, not infinite.
bool ParseNumber(std::string_view text, double& out);

/// Whether a first line names columns: its first two words are "user" and "item", with or without
/// "id" ("user_id", "item_id:token").
bool NamesColumns(std::string_view first, std::string_view second);

/// Calls `visit(line, number)` for every line that holds anything, without its end.
Status ForEachLine(std::string_view text,
                   const std::function<Status(std::string_view, std::size_t)>& visit);

/// Lines of user, item, rating, time with tabs between; rating and time may be missing. Errors:
/// kNotFound, kIo, kInvalidInput naming the line, and what `visit` returns.
Status ForEachEvent(const std::filesystem::path& file,
                    const std::function<Status(const EventLine&)>& visit);

}  // namespace medley::evaluation
