#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {

/// The [[rules]] of medley.toml as the file is now, over the catalogue. Rules that can't be read
/// are never half in force: then all stay as they are in `former`, which is logged. A rule about a
/// field that nothing has yet is left out and logged. Errors: without `former`, kInvalidInput
/// naming the rule and what is allowed.
Result<std::shared_ptr<const rerank::RuleBook>> LoadRules(const storage::Workspace& workspace,
                                                          const Catalogue& catalogue,
                                                          const rerank::RuleBook* former);

/// What the rules let through for `user`, by what the store knows of them and by `history`; empty:
/// for nobody in particular. Every list that is offered, whoever makes it, is asked for here.
rerank::Verdict AskRules(const rerank::RuleBook& book,
                         const storage::Workspace& workspace,
                         std::string_view user,
                         std::span<const data::Interaction> history);

/// The same for who has no engine: reads the rules, and the events where there are rules and a
/// user. Errors: as LoadRules without `former`; those of the store.
Result<rerank::Verdict> LoadVerdict(const storage::Workspace& workspace,
                                    const Catalogue& catalogue,
                                    std::string_view user);

}  // namespace medley::pipeline
