#include "medley/encoders/text/pack_analyser.h"

#include "medley/core/result.h"
#include "medley/inference/model_pack.h"
#include "medley/text/analyser.h"

namespace medley::encoders {

Result<text::Analyser> OpenPackAnalyser() {
  MEDLEY_ASSIGN_OR_RETURN(const auto pack, inference::ModelPack::Open());
  MEDLEY_ASSIGN_OR_RETURN(const auto chinese, pack.Find("chinese-words"));
  MEDLEY_ASSIGN_OR_RETURN(const auto english, pack.Find("english-words"));
  text::AnalyserFiles files;
  MEDLEY_ASSIGN_OR_RETURN(files.chinese_words, chinese.File("words"));
  MEDLEY_ASSIGN_OR_RETURN(files.chinese_states, chinese.File("states"));
  MEDLEY_ASSIGN_OR_RETURN(files.english_words, english.File("words"));
  MEDLEY_ASSIGN_OR_RETURN(files.english_context, english.File("context"));
  MEDLEY_ASSIGN_OR_RETURN(files.english_endings, english.File("endings"));
  return text::Analyser::Open(files);
}

}  // namespace medley::encoders
