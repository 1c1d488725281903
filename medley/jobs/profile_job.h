#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct ProfileReport {
  std::size_t made = 0;
  std::size_t unchanged = 0;
  double seconds = 0;
};

/// Makes every user's profile (understanding/profile.h) and keeps it; nothing is done where no
/// user, item, event or triple changed since. Errors: the store's; kCancelled: what was made stays.
Result<ProfileReport> MakeProfiles(const storage::Workspace& workspace,
                                   Progress& progress,
                                   const CancelToken& cancel);

/// {"user", "profile": {"likes", "dislikes", ...}, "sentence", "author"} of one user; kept until
/// something changes. With `seconds` above 0 the language model of [llm] has that long to word it;
/// where it does not, or says something else, the template's sentence stands and
/// "template_because" says why. Errors: kNotFound; the store's.
Result<Json> UserProfile(const storage::Workspace& workspace,
                         const std::string& user,
                         std::string_view locale,
                         double seconds);

}  // namespace medley::jobs
