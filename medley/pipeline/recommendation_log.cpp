#include "medley/pipeline/recommendation_log.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "medley/storage/store.h"

namespace medley::pipeline {

RecommendationLog::RecommendationLog(storage::Store& store)
    : store_(store), writer_([this] { Write(); }) {}

RecommendationLog::~RecommendationLog() {
  queue_.Close();
  writer_.join();
}

void RecommendationLog::Add(storage::RecommendationRecord record) {
  queue_.Push(std::move(record));
}

void RecommendationLog::Write() {
  while (auto record = queue_.Pop()) {
    if (auto status = store_.LogRecommendation(*record); !status) {
      lost_.fetch_add(1);
      spdlog::warn(
          "recommendation {} is not in the log: {}", record->request, status.error().message);
    }
  }
}

}  // namespace medley::pipeline
