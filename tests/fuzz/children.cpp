#include "tests/fuzz/children.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace medley::samples {

std::string ProcFile(int pid, const std::string& file) {
  std::ifstream stream("/proc/" + std::to_string(pid) + "/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<int> ChildrenCalled(const std::string& name) {
  std::vector<int> children;
  const std::string parent = "\nPPid:\t" + std::to_string(getpid()) + "\n";
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string text = entry.path().filename();
    int pid = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), pid).ptr !=
        text.data() + text.size())
      continue;
    const std::string status = ProcFile(pid, "status");
    if (status.starts_with("Name:\t" + name + "\n") && status.find(parent) != std::string::npos)
      children.push_back(pid);
  }
  return children;
}

DecodeProgramIs::DecodeProgramIs(const std::string& program) {
  if (const char* value = std::getenv("MEDLEY_DECODE")) before_ = value;
  setenv("MEDLEY_DECODE", program.c_str(), 1);
}

DecodeProgramIs::~DecodeProgramIs() {
  if (before_) {
    setenv("MEDLEY_DECODE", before_->c_str(), 1);
  } else {
    unsetenv("MEDLEY_DECODE");
  }
}

}  // namespace medley::samples
