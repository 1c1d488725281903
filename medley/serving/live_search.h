#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "medley/answers/search.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {

struct FoundItem {
  data::Item item;
  double score = 0;
  std::vector<std::string> matched_by;
};

/// Search over whatever catalogue the engine has at the moment: a new index is built beside the one
/// in use and takes its place. What was hidden or deleted since is left out at once; what is new is
/// found when the next index is ready. Threads: Search from any number at once. Cost: rebuilding
/// takes a tenth of one core at most, whatever changes.
class LiveSearch {
 public:
  /// Starts building the first index in the background.
  explicit LiveSearch(const pipeline::Engine& engine);
  LiveSearch(const LiveSearch&) = delete;
  LiveSearch& operator=(const LiveSearch&) = delete;
  ~LiveSearch();

  bool ready() const { return Current() != nullptr; }
  /// Errors: kUnavailable until the first index is built; what SearchIndex says.
  Result<std::vector<FoundItem>> Search(const answers::SearchQuery& query) const;

 private:
  struct Built {
    std::shared_ptr<const pipeline::Catalogue> catalogue;
    std::shared_ptr<const answers::SearchIndex> index;
  };
  std::shared_ptr<const Built> Current() const;
  void Rebuild();

  const pipeline::Engine& engine_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::shared_ptr<const Built> built_;
  std::thread builder_;
};

}  // namespace medley::serving
