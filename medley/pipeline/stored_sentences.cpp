#include "medley/pipeline/stored_sentences.h"

#include <spdlog/spdlog.h>

#include <optional>
#include <string>

#include "medley/storage/store.h"

namespace medley::pipeline {
namespace {

std::string NameOf(const std::string& evidence_hash) { return "sentence/" + evidence_hash; }

}  // namespace

std::optional<std::string> StoredSentences::Get(const std::string& evidence_hash) {
  auto found = store_.GetValue(NameOf(evidence_hash));
  return found ? *std::move(found) : std::nullopt;
}

void StoredSentences::Put(const std::string& evidence_hash, const std::string& sentence) {
  if (auto put = store_.PutValue(NameOf(evidence_hash), sentence); !put) {
    spdlog::warn("a written sentence is not kept: {}", put.error().message);
  }
}

}  // namespace medley::pipeline
