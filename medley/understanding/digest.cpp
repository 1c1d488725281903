#include "medley/understanding/digest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/analyser.h"
#include "medley/text/corpus.h"
#include "medley/text/keywords.h"

namespace medley::understanding {
namespace {

constexpr std::size_t kMostSentences = 200;
/// What stands first says what a text is about more often than not.
constexpr double kLeadBonus = 0.5;

using Weights = std::map<std::string, double>;

struct Sentence {
  std::string_view text;
  Weights weights;  ///< of unit length
};

Weights WeightsOf(const std::vector<std::string>& terms, const text::Corpus& collection) {
  Weights weights;
  for (const auto& term : terms) weights[term] += collection.InverseFrequency(term);
  double squares = 0;
  for (const auto& [term, weight] : weights) squares += weight * weight;
  for (auto& [term, weight] : weights) weight /= std::sqrt(squares);
  return weights;
}

double Cosine(const Weights& a, const Weights& b) {
  double sum = 0;
  for (const auto& [term, weight] : a) {
    const auto found = b.find(term);
    if (found != b.end()) sum += weight * found->second;
  }
  return sum;
}

std::string Summary(std::string_view whole,
                    const std::vector<Sentence>& sentences,
                    std::size_t most) {
  if (whole.size() <= most || sentences.empty()) return std::string(whole);
  const std::size_t n = std::min(sentences.size(), kMostSentences);
  std::vector<double> score(n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double cosine = Cosine(sentences[i].weights, sentences[j].weights);
      score[i] += cosine;
      score[j] += cosine;
    }
  }
  score.front() += kLeadBonus;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  std::vector<std::size_t> taken;
  std::size_t bytes = 0;
  for (const std::size_t i : order) {
    if (bytes + sentences[i].text.size() > most) continue;
    bytes += sentences[i].text.size() + 1;
    taken.push_back(i);
  }
  if (taken.empty()) taken.push_back(order.front());
  std::ranges::sort(taken);
  std::string summary;
  for (const std::size_t i : taken) {
    const bool chinese = !summary.empty() && static_cast<unsigned char>(summary.back()) >= 0x80;
    if (!summary.empty() && !chinese) summary += ' ';
    summary += sentences[i].text;
  }
  return summary;
}

}  // namespace

Digest MakeDigest(std::string_view text,
                  const text::Analyser& analyser,
                  const text::Corpus& collection,
                  const DigestLimits& limits) {
  std::vector<std::vector<std::string>> terms;
  std::vector<Sentence> sentences;
  analyser.ForEachSentence(text, [&](std::span<const text::Word> words) {
    if (words.empty()) return;
    const char* begin = words.front().token.text.data();
    const std::string_view last = words.back().token.text;
    terms.push_back(text::MeaningfulTerms(words));
    sentences.push_back(
        {std::string_view(begin, static_cast<std::size_t>(last.data() + last.size() - begin)),
         WeightsOf(terms.back(), collection)});
  });
  Digest digest;
  for (auto& keyword : text::KeywordsByFrequency(terms, collection, limits.keywords))
    digest.keywords.push_back(std::move(keyword.term));
  digest.summary = Summary(text, sentences, limits.summary_bytes);
  return digest;
}

}  // namespace medley::understanding
