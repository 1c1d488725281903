#include <algorithm>
#include <cstdio>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/jobs/doctor.h"

namespace medley::apps {
namespace {

using Verdict = jobs::HealthCheck::Verdict;

/// Prints the checks; true where one is bad.
bool Print(const std::vector<jobs::HealthCheck>& checks) {
  for (const auto& check : checks) {
    const char* mark = check.verdict == Verdict::kGood      ? "good   "
                       : check.verdict == Verdict::kWarning ? "look   "
                                                            : "BAD    ";
    std::printf("%s%s: %s\n", mark, check.what.c_str(), check.found.c_str());
    if (!check.advice.empty()) std::printf("       what to do: %s\n", check.advice.c_str());
  }
  return std::ranges::any_of(
      checks, [](const jobs::HealthCheck& check) { return check.verdict == Verdict::kBad; });
}

void Run(Context& context) {
  const bool bad_program = Print(jobs::ExamineProgram());
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  if (Print(jobs::ExamineWorkspace(*workspace)) || bad_program) context.exit_status = 2;
}

}  // namespace

void AddDoctor(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("doctor", "Check the program and the workspace, and say what to do");
  command->callback([&context] { Run(context); });
}

}  // namespace medley::apps
