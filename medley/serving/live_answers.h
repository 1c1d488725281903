#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "medley/answers/answerer.h"
#include "medley/answers/document_index.h"
#include "medley/answers/passage_writer.h"
#include "medley/answers/question_parser.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/pipeline/engine.h"
#include "medley/pipeline/snapshot.h"

namespace medley::serving {

/// Answers over whatever catalogue the engine has at the moment. The knowledge graph is read with
/// the first question, and anew by the next one after a change: that question waits, others are
/// answered from the graph before. Conversations are kept by the name that the caller gives them,
/// the last 10,000 of them. Threads: any number at once.
class LiveAnswers {
 public:
  explicit LiveAnswers(pipeline::Engine& engine) : engine_(engine) {}
  LiveAnswers(const LiveAnswers&) = delete;
  LiveAnswers& operator=(const LiveAnswers&) = delete;

  /// Errors: kIo, kCorrupt.
  Result<std::shared_ptr<const answers::Answerer>> Current();

  /// The documents as they are now; read anew by the first question after a change. Errors: kIo,
  /// kCorrupt.
  Result<std::shared_ptr<const answers::DocumentIndex>> Documents();
  /// Words answers from documents; nullptr without an endpoint.
  answers::PassageWriter* writer();

  /// What was spoken of before; empty for a new session, and for none ("").
  answers::Conversation Recall(std::string_view session);
  void Remember(std::string_view session, answers::Conversation conversation);

 private:
  struct Held {
    std::shared_ptr<const pipeline::Catalogue> catalogue;
    std::shared_ptr<const answers::Answerer> answerer;
  };
  struct Session {
    std::string name;
    answers::Conversation conversation;
  };

  struct HeldDocuments {
    std::uint64_t version = 0;
    std::shared_ptr<const answers::DocumentIndex> index;
  };

  pipeline::Engine& engine_;
  std::mutex documents_mutex_;
  HeldDocuments documents_;
  std::once_flag writer_made_;
  std::unique_ptr<answers::PassageWriter> writer_;
  std::mutex build_mutex_;
  std::mutex mutex_;
  Held held_;
  std::list<Session> sessions_;  ///< the last used first
  StringMap<std::list<Session>::iterator> by_name_;
};

}  // namespace medley::serving
