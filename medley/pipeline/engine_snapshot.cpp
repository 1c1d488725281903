#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/pipeline/engine.h"
#include "medley/pipeline/engine_impl.h"
#include "medley/pipeline/model_set.h"
#include "medley/pipeline/revision.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/rerank/rule_book.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

// How the engine comes by the snapshot it answers from: opened, reloaded, or grown by newcomers.
namespace medley::pipeline {

/// `put`: how many of the writes since it was read last only brought items.
Result<Revision> Engine::Impl::ReadRevision(std::uint64_t& put) {
  const std::lock_guard lock(put_mutex);
  put = std::exchange(put_writes, 0);
  return Revision::Read(workspace, own_writes);
}

Status Engine::Impl::LoadSnapshot() {
  auto next = std::make_shared<Snapshot>();
  std::uint64_t put = 0;
  MEDLEY_ASSIGN_OR_RETURN(next->revision, ReadRevision(put));
  const std::uint64_t acts = live.sequence();
  const std::uint64_t items = withdrawn_items.sequence();
  const std::uint64_t users = withdrawn_users.sequence();
  MEDLEY_ASSIGN_OR_RETURN(next->catalogue, LoadCatalogue(workspace));
  MEDLEY_ASSIGN_OR_RETURN(next->behaviour, LoadBehaviour(workspace, *next->catalogue));
  next->models = ModelSet::Load(workspace, next->catalogue, *next->behaviour);
  const auto former = snapshot.load();
  MEDLEY_ASSIGN_OR_RETURN(
      next->rules,
      LoadRules(workspace, *next->catalogue, former == nullptr ? nullptr : former->rules.get()));
  snapshot.store(std::move(next));
  live.ForgetBefore(acts);
  withdrawn_items.ForgetBefore(items);
  withdrawn_users.ForgetBefore(users);
  return {};
}

/// False where the items do not fit behind those of `now`.
Result<bool> Engine::Impl::GrowSnapshot(const Snapshot& now,
                                        const Revision& revision,
                                        std::span<const std::string> items) {
  std::vector<storage::StoredItem> stored;
  for (const auto& id : items) {
    auto item = workspace.store().GetItem(id);
    if (item) {
      stored.push_back(*std::move(item));
    } else if (item.error().code != ErrorCode::kNotFound) {
      return tl::unexpected(std::move(item).error());
    }
  }
  auto next = std::make_shared<Snapshot>(now);
  MEDLEY_ASSIGN_OR_RETURN(next->catalogue, GrowCatalogue(workspace, *now.catalogue, stored));
  if (next->catalogue == nullptr) return false;
  next->models = now.models->Grown(next->catalogue);
  next->rules =
      rerank::RuleBook::Make(now.rules->rules(), next->catalogue->items, next->catalogue->features);
  next->revision = revision;
  next->revision.NoteSpaces(workspace);
  snapshot.store(std::move(next));
  return true;
}

Status Engine::Reload() {
  const std::lock_guard lock(impl_->reload);
  MEDLEY_ASSIGN_OR_RETURN(const Revision revision,
                          Revision::Read(impl_->workspace, impl_->own_writes));
  if (revision == impl_->snapshot.load()->revision) return {};
  return impl_->LoadSnapshot();
}

Result<Engine::Admission> Engine::Admit(std::span<const std::string> items,
                                        const std::function<Status()>& encode) {
  const std::lock_guard lock(impl_->reload);
  std::uint64_t put = 0;
  MEDLEY_ASSIGN_OR_RETURN(const Revision before, impl_->ReadRevision(put));
  if (auto encoded = encode(); !encoded) {
    const std::lock_guard put_lock(impl_->put_mutex);
    impl_->put_writes += put;
    return tl::unexpected(std::move(encoded).error());
  }
  const auto now = impl_->snapshot.load();
  Revision expected = now->revision;
  expected.version += put;
  if (before == expected) {
    MEDLEY_ASSIGN_OR_RETURN(const bool grown, impl_->GrowSnapshot(*now, before, items));
    if (grown) return Admission::kNewcomers;
  }
  MEDLEY_RETURN_IF_ERROR(impl_->LoadSnapshot());
  return Admission::kEverything;
}

}  // namespace medley::pipeline
