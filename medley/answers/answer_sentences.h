#pragma once

#include <string>

#include "medley/answers/graph_answer.h"
#include "medley/answers/question_parser.h"
#include "medley/graph/knowledge_graph.h"

namespace medley::answers {

/// The answer in words, in the question's language: what the graph said and nothing else. Names are
/// shown as one harmless line, in quotes where they are titles; of a long list the first ten. Where
/// there is no answer: "I don't know", and why.
std::string AnswerSentence(const ParsedQuestion& question,
                           const GraphAnswer& answer,
                           const graph::KnowledgeGraph& graph);

}  // namespace medley::answers
