#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "medley/answers/document_index.h"

namespace medley::answers {

/// A document that an answer rests on.
struct CitedDocument {
  std::string document;  ///< its id
  std::string title;
  std::string heading;
  std::string source;
  std::string quote;  ///< as it stands there
};

struct DocumentAnswer {
  enum class Outcome : std::uint8_t {
    kNone,      ///< the documents don't say it
    kAnswered,  ///< `text` does
    kNoSuch,    ///< of the asker's own things, none is called so
    kSignIn,    ///< only whose it is may know, and nobody is signed in
  };
  Outcome outcome = Outcome::kNone;
  std::string text;      ///< the quotation; else why there is none, in the question's language
  std::string nearest;   ///< kNone: the heading that comes nearest, "" where none does
  bool written = false;  ///< by a language model
  double confidence = 0;
  PassageEvidence evidence;  ///< of everybody's passage that comes nearest
  std::vector<CitedDocument> cited;

  bool answered() const { return outcome == Outcome::kAnswered; }
};

/// Words an answer from quotations (passage_writer.h); "" leaves it at the quotation.
using WordAnswer =
    std::function<std::string(std::string_view question, const DocumentAnswer& answer)>;

/// What questions are answered from besides the graph. The default: nothing.
struct DocumentSources {
  std::shared_ptr<const DocumentIndex> index;
  std::string user;  ///< who asks; "": nobody known
  /// The question's vector; empty where there is none.
  std::function<std::vector<float>(std::string_view question)> encode;
  WordAnswer word;
};

/// Whether a question is one for documents before all else: about a thing of the asker's own.
bool AsksDocumentsFirst(std::string_view question, const DocumentSources& sources);

/// Answers from everybody's documents and those of the one who asks, never from another's: quotes
/// the sentences that answer where it is sure enough. `before`: the question before, when this one
/// may follow it ("and how much is that?"); "": none.
DocumentAnswer AnswerFromDocuments(std::string_view question,
                                   std::string_view before,
                                   bool chinese,
                                   const DocumentSources& sources);

}  // namespace medley::answers
