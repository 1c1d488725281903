#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/event_batch.h"
#include "medley/data/triple.h"
#include "medley/storage/store.h"

namespace medley::jobs {

/// Writes batches to the store on a thread of its own, in the order they are given.
/// Threads: one caller.
class ImportWriter {
 public:
  explicit ImportWriter(storage::Store& store);
  ~ImportWriter();
  ImportWriter(const ImportWriter&) = delete;
  ImportWriter& operator=(const ImportWriter&) = delete;

  /// An empty batch, one written before where there is one: it still knows the users and items.
  std::unique_ptr<data::EventBatch> TakeBatch();
  /// Waits while two batches are ahead. Errors: what an earlier batch met; the import is over then.
  Status Write(std::unique_ptr<data::EventBatch> batch);
  Status Write(std::vector<data::Item> items);
  Status Write(std::vector<data::User> users);
  Status Write(std::vector<data::Triple> triples);
  /// Waits until all is written. No Write after it.
  Status Finish();

  const storage::WriteCounts& items() const { return items_; }
  const storage::WriteCounts& users() const { return users_; }
  const storage::WriteCounts& events() const { return events_; }
  const storage::WriteCounts& triples() const { return triples_; }

 private:
  using Work = std::variant<std::unique_ptr<data::EventBatch>,
                            std::vector<data::Item>,
                            std::vector<data::User>,
                            std::vector<data::Triple>>;
  void Run();
  Status Do(Work& work);
  Status Push(Work work);

  storage::Store& store_;
  BoundedQueue<Work> queue_{2};
  std::mutex mutex_;
  Status status_;
  std::vector<std::unique_ptr<data::EventBatch>> free_batches_;
  storage::WriteCounts items_;
  storage::WriteCounts users_;
  storage::WriteCounts events_;
  storage::WriteCounts triples_;
  std::thread thread_;
};

}  // namespace medley::jobs
