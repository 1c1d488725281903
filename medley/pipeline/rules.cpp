#include "medley/pipeline/rules.h"

#include <memory>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
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

}  // namespace medley::pipeline
