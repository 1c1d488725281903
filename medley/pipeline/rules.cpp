#include "medley/pipeline/rules.h"

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/ids.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/settings.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

Result<std::vector<rerank::Rule>> ReadRules(const storage::Workspace& workspace) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(workspace.root() / "medley.toml"));
  MEDLEY_ASSIGN_OR_RETURN(const auto tables, storage::ReadSettingsList(text, "rules"));
  return rerank::ReadRules(tables);
}

}  // namespace

Result<std::shared_ptr<const rerank::RuleBook>> LoadRules(const storage::Workspace& workspace,
                                                          const Catalogue& catalogue,
                                                          const rerank::RuleBook* former) {
  auto rules = ReadRules(workspace);
  if (!rules) {
    if (former == nullptr) return tl::unexpected(std::move(rules).error());
    spdlog::warn("the rules stay as they were: {}", rules.error().message);
    rules = former->rules();
  }
  auto book = rerank::RuleBook::Make(*std::move(rules), catalogue.items, catalogue.features);
  for (const auto& problem : book->Problems()) spdlog::warn("{}", problem);
  return book;
}

rerank::Verdict AskRules(const rerank::RuleBook& book,
                         const storage::Workspace& workspace,
                         std::string_view user,
                         std::span<const data::Interaction> history) {
  if (book.rules().empty()) return {};
  if (user.empty()) return book.For({.anybody = true});
  rerank::Asker asker{.id = user, .locale = {}, .labels = nullptr, .history = history};
  if (!book.AsksOfUsers()) return book.For(asker);
  const auto known = workspace.store().GetUser(user);
  if (known) {
    asker.locale = known->user.locale;
    asker.labels = &known->user.labels;
  }
  return book.For(asker);
}

Result<rerank::Verdict> LoadVerdict(const storage::Workspace& workspace,
                                    const Catalogue& catalogue,
                                    std::string_view user) {
  MEDLEY_ASSIGN_OR_RETURN(const auto book, LoadRules(workspace, catalogue, nullptr));
  if (book->rules().empty() || user.empty()) return AskRules(*book, workspace, {}, {});
  MEDLEY_ASSIGN_OR_RETURN(const auto behaviour, LoadBehaviour(workspace, catalogue));
  const UserIndex index = behaviour->users.Find(user);
  const auto history = index == kNoIndex ? std::span<const data::Interaction>()
                                         : behaviour->interactions.OfUser(index);
  return AskRules(*book, workspace, user, history);
}

}  // namespace medley::pipeline
