#include "medley/serving/live_search.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "medley/answers/cross_modal.h"
#include "medley/answers/search.h"
#include "medley/core/clock.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/index/quantised_index.h"
#include "medley/pipeline/engine.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/store.h"

namespace medley::serving {
namespace {

/// How often the engine is asked whether it has another catalogue.
constexpr std::chrono::duration<double> kLook{0.2};
/// Pause after a rebuild, as a multiple of the time it took.
constexpr double kRest = 9;

}  // namespace

LiveSearch::LiveSearch(const pipeline::Engine& engine)
    : engine_(engine), builder_([this] { Rebuild(); }) {}

LiveSearch::~LiveSearch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  builder_.join();
}

std::shared_ptr<const LiveSearch::Built> LiveSearch::Current() const {
  const std::lock_guard lock(mutex_);
  return built_;
}

void LiveSearch::Rebuild() {
  std::unique_lock lock(mutex_);
  auto pause = kLook;
  while (!stopping_) {
    const auto held = built_ == nullptr ? nullptr : built_->catalogue;
    lock.unlock();
    const Stopwatch watch;
    auto catalogue = engine_.catalogue();
    std::shared_ptr<const Built> made;
    if (catalogue != nullptr && catalogue != held) {
      const auto code = index::VectorCodeNamed(engine_.workspace().Setting("search.vectors", ""));
      auto words = answers::LoadWords(engine_.workspace(), *catalogue);
      if (!words) spdlog::warn("search stays within modalities: {}", words.error().message);
      made = std::make_shared<Built>(
          Built{catalogue,
                answers::SearchIndex::Build(catalogue, code, words ? *std::move(words) : nullptr)});
      pause = std::max(kLook, std::chrono::duration<double>(watch.Seconds() * kRest));
    }
    lock.lock();
    if (made != nullptr) built_ = std::move(made);
    wake_.wait_for(lock, pause, [this] { return stopping_; });
    pause = kLook;
  }
}

Result<std::vector<FoundItem>> LiveSearch::Search(const answers::SearchQuery& query) const {
  const auto built = Current();
  if (built == nullptr)
    return Fail(ErrorCode::kUnavailable, "the search index is being built; try again in a moment");
  MEDLEY_ASSIGN_OR_RETURN(const auto hits, built->index->Search(query));
  const auto& store = engine_.workspace().store();
  std::vector<FoundItem> found;
  found.reserve(hits.size());
  for (const auto& hit : hits) {
    auto stored = store.GetItem(built->catalogue->items[hit.item].id);
    if (!stored && stored.error().code != ErrorCode::kNotFound)
      return tl::unexpected(std::move(stored).error());
    if (!stored || stored->item.hidden) continue;
    found.push_back({std::move(stored->item), hit.score, hit.matched_by});
  }
  return found;
}

}  // namespace medley::serving
