#pragma once

#include <string>
#include <string_view>

#include "medley/answers/document_answer.h"
#include "medley/answers/quoted_words.h"

namespace medley::answers {

/// The sentences of a quotation that `said` leaves out, ready to stand behind it.
std::string Unsaid(std::string_view quotation, std::string_view said);

/// Lets a model's words out sentence by sentence, each only when it is whole and the quotations
/// cover it. The first that they don't cover ends it, as does an instruction to a machine; what was
/// said before stands. Owns: what it needs of `evidence`; `say` outlives it. Threads: one.
class CheckedSpeech {
 public:
  CheckedSpeech(const DocumentAnswer& evidence, const Say& say) : evidence_(evidence), say_(say) {}

  /// What the model says next; a line's end is the answer's. False: no more is wanted.
  bool Take(std::string_view piece);
  /// The model has said all: its last sentence is whole.
  void Finish();
  /// What was let out.
  const std::string& said() const { return said_; }
  /// Something was not covered.
  bool refused() const { return refused_; }

 private:
  bool LetOut(bool ended);
  bool HopeFor();
  bool Refuse();

  QuotedWords evidence_;
  const Say& say_;
  std::string pending_;
  std::string said_;
  bool ended_ = false;
  bool refused_ = false;
};

}  // namespace medley::answers
