#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"
#include "medley/llm/grammar.h"

namespace medley::explain {

/// Every sentence that a model may choose for `facts` (one or two, from SayableFacts): the
/// templates', and freer ones that name the recommended item. What is claimed comes from the facts
/// alone; titles and values stand in it as literals. The model chooses the frame and the clauses.
llm::Rule SentenceRule(std::string_view title, const std::vector<Fact>& facts, Language language);

/// The facts in short, for the prompt: "you watched “Alien”; this looks like “Heat”".
std::string ReasonsLine(const std::vector<Fact>& facts, Language language);

}  // namespace medley::explain
