#pragma once

#include <optional>
#include <string>
#include <vector>

namespace medley::samples {

/// Process ids of this process's living children whose program is called `name` (its first 15
/// letters).
std::vector<int> ChildrenCalled(const std::string& name);

/// /proc/<pid>/<file> as text.
std::string ProcFile(int pid, const std::string& file);

/// Sets MEDLEY_DECODE for as long as it lives.
class DecodeProgramIs {
 public:
  explicit DecodeProgramIs(const std::string& program);
  DecodeProgramIs(const DecodeProgramIs&) = delete;
  DecodeProgramIs& operator=(const DecodeProgramIs&) = delete;
  ~DecodeProgramIs();

 private:
  std::optional<std::string> before_;
};

}  // namespace medley::samples
