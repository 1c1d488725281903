#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::apps {
namespace {

/// How many users each rule's `for` holds for.
Result<std::vector<std::size_t>> CountUsers(const storage::Workspace& workspace,
                                            const rerank::RuleBook& book) {
  std::vector<std::size_t> counts(book.rules().size());
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachUser([&](const storage::StoredUser& stored) {
    const rerank::Asker asker{.id = stored.user.id,
                              .locale = stored.user.locale,
                              .labels = &stored.user.labels,
                              .history = {}};
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += book.Concerns(i, asker) ? 1 : 0;
    return true;
  }));
  return counts;
}

void RunRules(Context& context, bool json) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto catalogue = pipeline::LoadCatalogue(*workspace);
  if (!catalogue) return context.Fail(catalogue.error());
  const auto book = pipeline::LoadRules(*workspace, **catalogue, nullptr);
  if (!book) return context.Fail(book.error());
  const auto users = CountUsers(*workspace, **book);
  if (!users) return context.Fail(users.error());
  Json shown = Json::array();
  for (std::size_t i = 0; i < users->size(); ++i) {
    const auto& rule = (*book)->rules()[i];
    shown.push_back({{"name", rule.name},
                     {"kind", rerank::KindName(rule.kind)},
                     {"items", (*book)->Hits(i)},
                     {"users", (*users)[i]}});
    if (!json)
      std::printf("%-10s %6zu items  %6zu users  %s\n",
                  std::string(rerank::KindName(rule.kind)).c_str(),
                  (*book)->Hits(i),
                  (*users)[i],
                  rule.name.c_str());
  }
  if (json) {
    std::printf(
        "%s\n",
        DumpJson({{"rules", std::move(shown)}, {"not_in_force", (*book)->Problems()}}).c_str());
  } else if (users->empty()) {
    std::printf("There are no rules; docs/howto/rules.md says how to write them.\n");
  }
  if (!(*book)->Problems().empty())
    context.Fail({ErrorCode::kInvalidInput, (*book)->Problems().front()});
}

}  // namespace

void AddRules(CLI::App& app, Context& context) {
  const auto json = std::make_shared<bool>(false);
  auto* command = app.add_subcommand(
      "rules", "Check the [[rules]] of medley.toml: how many items and users each concerns");
  command->add_flag("--json", *json, "As JSON");
  command->callback([&context, json] { RunRules(context, *json); });
}

}  // namespace medley::apps
