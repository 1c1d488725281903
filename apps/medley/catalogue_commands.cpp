#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/result.h"
#include "medley/storage/document_store.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::apps {
namespace {

/// Applies `change` to each id; one that is not there does not keep the others from it.
void ForEachId(const std::vector<std::string>& ids,
               const char* done,
               Context& context,
               const std::function<Status(const storage::Workspace&, const std::string&)>& change) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  std::size_t changed = 0;
  for (const auto& id : ids) {
    if (const auto status = change(*workspace, id); !status) {
      context.Fail(status.error());
    } else {
      ++changed;
    }
  }
  std::printf("%zu %s\n", changed, done);
  if (context.exit_status == 2 && changed > 0) context.exit_status = 1;
}

void AddVisibility(CLI::App& app, Context& context, bool hidden) {
  auto ids = std::make_shared<std::vector<std::string>>();
  auto* command = app.add_subcommand(
      hidden ? "hide" : "show",
      hidden ? "Never recommend or find these items; what people did with them still counts"
             : "Undo medley hide");
  command->add_option("items", *ids, "Ids of items")->required();
  command->callback([ids, hidden, &context] {
    ForEachId(*ids,
              hidden ? "hidden" : "shown",
              context,
              [hidden](const storage::Workspace& opened, const std::string& id) {
                return opened.store().SetHidden(id, hidden);
              });
  });
}

struct DeleteOptions {
  std::string what;
  std::vector<std::string> ids;
};

}  // namespace

void AddHide(CLI::App& app, Context& context) { AddVisibility(app, context, true); }
void AddShow(CLI::App& app, Context& context) { AddVisibility(app, context, false); }

void AddDelete(CLI::App& app, Context& context) {
  auto options = std::make_shared<DeleteOptions>();
  auto* command =
      app.add_subcommand("delete", "Remove items or users with all their events, or single events");
  command->add_option("what", options->what, "item, user or event")
      ->required()
      ->check(CLI::IsMember({"item", "user", "event"}));
  command->add_option("ids", options->ids, "Their ids; of events only those that were given one")
      ->required();
  command->callback([options, &context] {
    ForEachId(options->ids,
              "deleted; run medley train to forget them in the models, too",
              context,
              [&](const storage::Workspace& workspace, const std::string& id) {
                if (options->what == "user") return storage::EraseUser(workspace, id);
                auto& store = workspace.store();
                return options->what == "item" ? store.DeleteItem(id) : store.DeleteEvent(id);
              });
  });
}

}  // namespace medley::apps
