#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/llm/language_model.h"
#include "medley/understanding/extraction.h"

namespace medley::understanding {

/// What asking a model cost.
struct ModelCost {
  std::uint64_t calls = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t tokens = 0;
  std::uint64_t invented = 0;  ///< statements whose words the text does not have: dropped
  double seconds = 0;
};

/// Statements read by a language model, bound to a grammar of JSON, and kept only where the text
/// has the words that they rest on. Owns nothing: the model must outlive it. Threads: as the model.
class ModelExtractor {
 public:
  /// `verify_above`: the log-odds above which Verify takes a statement for said.
  explicit ModelExtractor(llm::LanguageModel& model, double verify_above = 0)
      : model_(&model), verify_above_(verify_above) {}

  /// Changes with the prompts, the model and `verify_above`.
  std::string version() const;
  /// At most 20 statements; texts are cut at 2,000 bytes. Missing: goods give none, as no prompt
  /// was written for them. Errors: those of Generate; an answer that is cut or no JSON gives what
  /// can be read of it, and no error.
  Result<std::vector<Found>> Extract(std::string_view text,
                                     TextKind kind,
                                     const llm::CallLimits& limits,
                                     ModelCost& cost);
  /// How much more the model is for yes, asked whether `text` says so, than it is whatever the
  /// text: ln p(yes) - ln p(no) asked of the text, less the same asked of none. Errors: those of
  /// LogLikelihood. Source: contextual calibration, Zhao et al. 2021.
  Result<double> LogOdds(std::string_view text,
                         const Found& found,
                         const llm::CallLimits& limits,
                         ModelCost& cost);
  /// Whether LogOdds are above `verify_above`.
  Result<bool> Verify(std::string_view text,
                      const Found& found,
                      const llm::CallLimits& limits,
                      ModelCost& cost);

 private:
  llm::LanguageModel* model_;
  double verify_above_;
};

/// The statement in words, as a model is asked: "It happens in Paris."
std::string StatementOf(const Found& found, bool chinese);

/// What of a model's answer, a JSON list as the prompt asks for, the text bears out; `invented`
/// counts the rest.
std::vector<Found> GroundedStatements(std::string_view text,
                                      std::string_view answer,
                                      std::uint64_t& invented);

/// GBNF of the answers that extract_en and extract_zh ask for.
std::string_view ExtractionGrammar();

}  // namespace medley::understanding
