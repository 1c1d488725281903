#include "medley/jobs/import_writer.h"

#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"
#include "medley/storage/store.h"

namespace medley::jobs {
namespace {

void Add(storage::WriteCounts& sum, const storage::WriteCounts& counts) {
  sum.added += counts.added;
  sum.changed += counts.changed;
  sum.unchanged += counts.unchanged;
}

}  // namespace

ImportWriter::ImportWriter(storage::Store& store) : store_(store), thread_([this] { Run(); }) {}

ImportWriter::~ImportWriter() { static_cast<void>(Finish()); }

std::unique_ptr<data::EventBatch> ImportWriter::TakeBatch() {
  const std::lock_guard lock(mutex_);
  if (free_batches_.empty()) return std::make_unique<data::EventBatch>();
  auto batch = std::move(free_batches_.back());
  free_batches_.pop_back();
  return batch;
}

Status ImportWriter::Write(std::unique_ptr<data::EventBatch> batch) {
  return Push(std::move(batch));
}
Status ImportWriter::Write(std::vector<data::Item> items) { return Push(std::move(items)); }
Status ImportWriter::Write(std::vector<data::User> users) { return Push(std::move(users)); }

Status ImportWriter::Write(std::vector<data::Triple> triples) { return Push(std::move(triples)); }

Status ImportWriter::Push(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (!status_) return status_;
  }
  queue_.Push(std::move(work));
  return {};
}

Status ImportWriter::Finish() {
  queue_.Close();
  if (thread_.joinable()) thread_.join();
  return status_;
}

void ImportWriter::Run() {
  while (auto work = queue_.Pop()) {
    {
      const std::lock_guard lock(mutex_);
      // After an error the rest is only taken out, so that the reader never waits for room.
      if (!status_) continue;
    }
    Status status = Do(*work);
    const std::lock_guard lock(mutex_);
    if (!status) status_ = std::move(status);
    if (auto* batch = std::get_if<std::unique_ptr<data::EventBatch>>(&*work)) {
      (*batch)->ClearRows();
      free_batches_.push_back(std::move(*batch));
    }
  }
}

Status ImportWriter::Do(Work& work) {
  if (const auto* batch = std::get_if<std::unique_ptr<data::EventBatch>>(&work)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto counts, store_.AppendBatch(**batch));
    Add(events_, counts);
  } else if (const auto* items = std::get_if<std::vector<data::Item>>(&work)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto counts, store_.MergeItems(*items));
    Add(items_, counts);
  } else if (const auto* triples = std::get_if<std::vector<data::Triple>>(&work)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto counts, store_.PutTriples(*triples));
    Add(triples_, counts);
  } else {
    MEDLEY_ASSIGN_OR_RETURN(const auto counts,
                            store_.MergeUsers(std::get<std::vector<data::User>>(work)));
    Add(users_, counts);
  }
  return {};
}

}  // namespace medley::jobs
