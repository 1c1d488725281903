#pragma once

#include <memory>

#include "medley/core/result.h"
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

}  // namespace medley::pipeline
