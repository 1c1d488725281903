#pragma once

#include <filesystem>
#include <string>

#include "medley/core/result.h"
#include "medley/evaluation/run.h"

namespace medley::evaluation {

/// A run as a page: what was judged and how, figures with intervals, gains, precision and recall,
/// parts of users and catalogue, the long tail, learning, settings. English and Chinese, dark and
/// light, no script and nothing from any network: the file can be mailed.
std::string ReportPage(const Run& run);

/// Writes `folder`/index.html and `folder`/report.json, with every user's values; makes the folder.
/// Errors: kIo.
Status WriteReport(const Run& run, const std::filesystem::path& folder);

}  // namespace medley::evaluation
