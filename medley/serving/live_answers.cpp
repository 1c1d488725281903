#include "medley/serving/live_answers.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "medley/answers/answerer.h"
#include "medley/answers/document_index.h"
#include "medley/answers/passage_writer.h"
#include "medley/answers/question_parser.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/pipeline/knowledge.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/document_store.h"

namespace medley::serving {
namespace {

constexpr std::size_t kMostSessions = 10'000;

}  // namespace

Result<std::shared_ptr<const answers::Answerer>> LiveAnswers::Current() {
  const auto catalogue = engine_.catalogue();
  const auto held = [&] {
    const std::lock_guard lock(mutex_);
    return held_;
  };
  const Held before = held();
  if (before.catalogue == catalogue) return before.answerer;
  std::unique_lock building(build_mutex_, std::defer_lock);
  if (before.answerer == nullptr) {
    building.lock();
  } else if (!building.try_lock()) {
    return before.answerer;
  }
  if (const Held meanwhile = held(); meanwhile.catalogue == catalogue) return meanwhile.answerer;
  MEDLEY_ASSIGN_OR_RETURN(auto graph, pipeline::LoadKnowledge(engine_.workspace(), *catalogue));
  auto answerer = std::make_shared<const answers::Answerer>(std::move(graph));
  const std::lock_guard lock(mutex_);
  held_ = {catalogue, answerer};
  return answerer;
}

Result<std::shared_ptr<const answers::DocumentIndex>> LiveAnswers::Documents() {
  const storage::DocumentStore store(engine_.workspace());
  // One at a time: nobody is answered from documents that are gone.
  const std::lock_guard lock(documents_mutex_);
  const std::uint64_t version = store.Version();
  if (documents_.index != nullptr && documents_.version == version) return documents_.index;
  MEDLEY_ASSIGN_OR_RETURN(auto index, answers::DocumentIndex::Load(store));
  documents_ = {version, std::move(index)};
  return documents_.index;
}

answers::PassageWriter* LiveAnswers::writer() {
  std::call_once(writer_made_, [this] {
    auto made = answers::PassageWriter::Make(engine_.workspace());
    if (!made) spdlog::warn("answers stay quotations: {}", made.error().message);
    if (made) writer_ = *std::move(made);
  });
  return writer_.get();
}

answers::Conversation LiveAnswers::Recall(std::string_view session) {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(session);
  return found == by_name_.end() ? answers::Conversation() : found->second->conversation;
}

void LiveAnswers::Remember(std::string_view session, answers::Conversation conversation) {
  if (session.empty()) return;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_name_.find(session); found != by_name_.end()) {
    found->second->conversation = std::move(conversation);
    sessions_.splice(sessions_.begin(), sessions_, found->second);
    return;
  }
  sessions_.push_front({std::string(session), std::move(conversation)});
  by_name_.emplace(sessions_.front().name, sessions_.begin());
  if (sessions_.size() <= kMostSessions) return;
  by_name_.erase(sessions_.back().name);
  sessions_.pop_back();
}

}  // namespace medley::serving
