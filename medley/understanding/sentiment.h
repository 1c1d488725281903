#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/encoders/classifier.h"
#include "medley/text/analyser.h"

namespace medley::understanding {

/// Which of a model's labels speak for something and which against it.
struct PolarLabels {
  std::size_t positive = 0;
  std::size_t negative = 0;
};
/// "positive", "pos", "good", "1", "好评", "正面" and their opposites "negative", "neg", "bad",
/// "0", "差评", "负面". Errors: kInvalidInput for labels without one of each.
Result<PolarLabels> FindPolarLabels(std::span<const std::string> labels);

/// A thing that a text has an opinion of, as the text says it.
struct Aspect {
  std::string noun;
  std::string opinion;  ///< the word that says it
  float polarity = 0;   ///< of the clause that it stands in
};

/// Where an opinion stands in a text, before anyone has said what it is.
struct Opinion {
  std::string noun;
  std::string word;
  std::string_view clause;  ///< of the text
};
/// The opinions of a text by their patterns: "a friendly staff", "the staff was very friendly",
/// "服务很好", "好吃的面". A word without a noun in its clause is none. Source: Hu, Liu: Mining and
/// summarizing customer reviews, KDD 2004. Threads: any.
std::vector<Opinion> FindOpinions(std::string_view text, const text::Analyser& analyser);

/// Says how texts speak of things. Threads: one call at a time.
class Sentiment {
 public:
  /// `model`: a classifier of texts, a file or a name (encoders::LoadClassifier). Errors: those of
  /// LoadClassifier; kInvalidInput for another classifier.
  static Result<Sentiment> Open(const std::string& model);

  /// From -1 (against) to 1 (for), one a text.
  Result<std::vector<float>> Polarities(std::span<const std::string> texts);
  Result<std::vector<Aspect>> Aspects(const std::string& text, const text::Analyser& analyser);

 private:
  Sentiment(std::unique_ptr<encoders::Classifier> classifier, PolarLabels labels)
      : classifier_(std::move(classifier)), labels_(labels) {}

  std::unique_ptr<encoders::Classifier> classifier_;
  PolarLabels labels_;
};

}  // namespace medley::understanding
