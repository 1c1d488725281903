#pragma once

#include <string>
#include <string_view>

#include "medley/answers/document_answer.h"

namespace medley::answers {

/// What in `text` the quotations do not cover: a number, something in quotes, a word that none of
/// them says, or a "not" too many or too few; "" where all of it is covered. What the question says
/// covers nothing, so that no question can put words into the answer.
std::string Uncovered(std::string_view text, const DocumentAnswer& answer);

/// The sentences of a quotation that `said` leaves out, ready to stand behind it.
std::string Unsaid(std::string_view quotation, std::string_view said);

/// Lets a model's words out sentence by sentence, each only when it is whole and the quotations
/// cover it. The first that they don't cover ends it, as does an instruction to a machine; what was
/// said before stands. Owns: nothing; `evidence` and `say` outlive it. Threads: one.
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

  const DocumentAnswer& evidence_;
  const Say& say_;
  std::string pending_;
  std::string said_;
  bool ended_ = false;
  bool refused_ = false;
};

}  // namespace medley::answers
