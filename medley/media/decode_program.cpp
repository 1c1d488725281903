#include "medley/media/decode_program.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "medley/core/result.h"

namespace medley::media {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "medley-decode";

bool CanRun(const fs::path& program) {
  std::error_code error;
  return fs::is_regular_file(program, error) && access(program.c_str(), X_OK) == 0;
}

/// The top of the build tree that `folder` lies in; empty where it lies in none.
fs::path BuildTree(fs::path folder) {
  std::error_code error;
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "CMakeCache.txt", error)) return folder;
  }
  return {};
}

std::vector<fs::path> Candidates() {
  std::vector<fs::path> candidates;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (!self.empty()) {
    candidates.push_back(self / kName);
    candidates.push_back(self.parent_path() / "bin" / kName);
    candidates.push_back(self.parent_path() / "libexec" / "medley" / kName);
    if (const fs::path tree = BuildTree(self); !tree.empty())
      candidates.push_back(tree / "bin" / kName);
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    // A relative entry would make the working directory's owner choose the program.
    if (const fs::path folder(rest.substr(0, end)); folder.is_absolute())
      candidates.push_back(folder / kName);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return candidates;
}

}  // namespace

Result<fs::path> FindDecodeProgram() {
  if (const char* given = std::getenv("MEDLEY_DECODE"); given != nullptr && *given != '\0') {
    if (CanRun(given)) return fs::path(given);
    return Fail(ErrorCode::kNotFound, std::string("MEDLEY_DECODE names no program: ") + given);
  }
  for (const fs::path& candidate : Candidates()) {
    if (CanRun(candidate)) return candidate;
  }
  return Fail(
      ErrorCode::kNotFound,
      "the program medley-decode is neither beside this one nor on PATH; install it there, or "
      "set MEDLEY_DECODE to its full name");
}

}  // namespace medley::media
