#pragma once

#include <optional>
#include <string>

#include "medley/explain/sentence_writer.h"
#include "medley/storage/store.h"

namespace medley::pipeline {

/// Written sentences among the store's named values, so that they outlive the process.
/// Errors: what cannot be read is as if it were not there; what cannot be written is logged.
/// Threads: any.
class StoredSentences : public explain::SentenceCache {
 public:
  explicit StoredSentences(storage::Store& store) : store_(store) {}
  std::optional<std::string> Get(const std::string& evidence_hash) override;
  void Put(const std::string& evidence_hash, const std::string& sentence) override;

 private:
  storage::Store& store_;
};

}  // namespace medley::pipeline
