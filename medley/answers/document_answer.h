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

/// Why an answer that a language model was to word is, from some sentence on, a quotation.
enum class WhyQuoted : std::uint8_t {
  kNone,         ///< it is not, or no model was asked
  kRejected,     ///< the model's next words were not covered
  kLate,         ///< it took too long
  kUnfinished,   ///< it came to no end
  kBusy,         ///< it was writing another answer
  kUnavailable,  ///< it gave none
};

struct DocumentAnswer {
  enum class Outcome : std::uint8_t {
    kNone,      ///< the documents don't say it
    kAnswered,  ///< `text` does
    kNoSuch,    ///< of the asker's own things, none is called so
    kSignIn,    ///< only whose it is may know, and nobody is signed in
  };
  Outcome outcome = Outcome::kNone;
  std::string text;     ///< the quotation; else why there is none, in the question's language
  std::string nearest;  ///< kNone: the heading that comes nearest, "" where none does
  bool written =
      false;  ///< by a language model, where `why` is kNone all of it, else its beginning
  WhyQuoted why = WhyQuoted::kNone;
  double confidence = 0;
  PassageEvidence evidence;  ///< of everybody's passage that comes nearest
  std::vector<CitedDocument> cited;

  bool answered() const { return outcome == Outcome::kAnswered; }
};

/// Told each part of an answer's words as soon as it is sure to stand, in order: together they are
/// its text. False: nobody listens any more.
using Say = std::function<bool(std::string_view words)>;

/// What a language model made of quotations.
struct Worded {
  std::string text;  ///< checked, and told already
  WhyQuoted why = WhyQuoted::kNone;
};

/// Words an answer from quotations (passage_writer.h); no text leaves it at the quotation.
using WordAnswer =
    std::function<Worded(std::string_view question, const DocumentAnswer& answer, const Say& say)>;

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
/// may follow it ("and how much is that?"); "": none. `say` is told what a language model words;
/// where that breaks off, the sentences of the quotation that are still unsaid follow it.
DocumentAnswer AnswerFromDocuments(std::string_view question,
                                   std::string_view before,
                                   bool chinese,
                                   const DocumentSources& sources,
                                   const Say& say = {});

}  // namespace medley::answers
