#include "medley/understanding/sentiment.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/text/analyser.h"
#include "medley/text/normalize.h"
#include "medley/text/part_of_speech.h"
#include "medley/text/tokens.h"

namespace medley::understanding {
namespace {

using text::PartOfSpeech;
using text::Word;

constexpr std::array<std::string_view, 6> kPositive = {
    "positive", "pos", "good", "1", "好评", "正面"};
constexpr std::array<std::string_view, 6> kNegative = {
    "negative", "neg", "bad", "0", "差评", "负面"};
constexpr std::array<std::string_view, 6> kTurns = {"but", "但", "但是", "不过", "可是", "然而"};

template <typename Names>
std::size_t FindLabel(std::span<const std::string> labels, const Names& names) {
  return static_cast<std::size_t>(
      std::ranges::find_if(labels,
                           [&](const std::string& label) {
                             return std::ranges::find(names, text::Normalize(label)) != names.end();
                           }) -
      labels.begin());
}

bool EndsClause(const Word& word) {
  return word.token.kind == text::TokenKind::kPunctuation ||
         std::ranges::find(kTurns, word.term) != kTurns.end();
}

bool IsNoun(const Word& word) { return word.part == PartOfSpeech::kNoun; }
bool IsOpinion(const Word& word) {
  return word.part == PartOfSpeech::kAdjective ||
         (word.token.chinese && word.part == PartOfSpeech::kIdiom);
}

/// What may stand between an opinion and the noun behind it: 的, and more opinions.
bool Joins(const Word& word) { return word.part == PartOfSpeech::kParticle || IsOpinion(word); }

/// The noun that the opinion at `at` is of: the one behind it ("good food", 好吃的面), else the
/// nearest before it. Missing: the clause's size.
std::size_t NounOf(std::span<const Word> clause, std::size_t at) {
  std::size_t behind = at + 1;
  while (behind < clause.size() && Joins(clause[behind])) ++behind;
  // "服务好，面" has a mark between; "服务好面" would not be said.
  if (behind < clause.size() && IsNoun(clause[behind]) &&
      (behind > at + 1 || !clause[at].token.chinese))
    return behind;
  for (std::size_t before = at; before-- > 0;)
    if (IsNoun(clause[before])) return before;
  return clause.size();
}

void AddClause(std::span<const Word> clause, std::vector<Opinion>& out) {
  if (clause.empty()) return;
  const char* begin = clause.front().token.text.data();
  const std::string_view last = clause.back().token.text;
  const std::string_view whole(begin, static_cast<std::size_t>(last.data() + last.size() - begin));
  for (std::size_t i = 0; i < clause.size(); ++i) {
    if (!IsOpinion(clause[i])) continue;
    const std::size_t noun = NounOf(clause, i);
    if (noun == clause.size()) continue;
    out.push_back({clause[noun].term, std::string(clause[i].token.text), whole});
  }
}

}  // namespace

Result<PolarLabels> FindPolarLabels(std::span<const std::string> labels) {
  const PolarLabels out{.positive = FindLabel(labels, kPositive),
                        .negative = FindLabel(labels, kNegative)};
  if (out.positive < labels.size() && out.negative < labels.size()) return out;
  return Fail(ErrorCode::kInvalidInput,
              "a model of sentiment has a label 'positive' (or pos, good, 1, 好评, 正面) and one "
              "'negative' (neg, bad, 0, 差评, 负面); this one has others");
}

std::vector<Opinion> FindOpinions(std::string_view text, const text::Analyser& analyser) {
  std::vector<Opinion> out;
  analyser.ForEachSentence(text, [&](std::span<const Word> sentence) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < sentence.size(); ++i) {
      if (!EndsClause(sentence[i])) continue;
      AddClause(sentence.subspan(begin, i - begin), out);
      begin = i + 1;
    }
    AddClause(sentence.subspan(begin), out);
  });
  return out;
}

Result<Sentiment> Sentiment::Open(const std::string& model) {
  MEDLEY_ASSIGN_OR_RETURN(auto classifier, encoders::LoadClassifier(model));
  if (classifier->modality() != data::Modality::kText)
    return Fail(ErrorCode::kInvalidInput, model + " does not classify texts");
  MEDLEY_ASSIGN_OR_RETURN(const auto labels, FindPolarLabels(classifier->labels()));
  return Sentiment(std::move(classifier), labels);
}

Result<std::vector<float>> Sentiment::Polarities(std::span<const std::string> texts) {
  const std::vector<encoders::Input> inputs(texts.begin(), texts.end());
  MEDLEY_ASSIGN_OR_RETURN(const auto odds, classifier_->Classify(inputs));
  std::vector<float> out;
  for (std::size_t i = 0; i < texts.size(); ++i)
    out.push_back(odds(i, labels_.positive) - odds(i, labels_.negative));
  return out;
}

Result<std::vector<Aspect>> Sentiment::Aspects(const std::string& text,
                                               const text::Analyser& analyser) {
  const auto opinions = FindOpinions(text, analyser);
  std::vector<std::string> clauses;
  for (const auto& opinion : opinions) clauses.emplace_back(opinion.clause);
  MEDLEY_ASSIGN_OR_RETURN(const auto polarities, Polarities(clauses));
  std::vector<Aspect> out;
  for (std::size_t i = 0; i < opinions.size(); ++i)
    out.push_back({opinions[i].noun, opinions[i].word, polarities[i]});
  return out;
}

}  // namespace medley::understanding
