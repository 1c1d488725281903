#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/linalg/matrix.h"
#include "medley/text/corpus.h"

namespace medley::text {

struct TopicSettings {
  std::size_t n_topics = 20;
  int rounds = 60;
  float topic_prior = 0.1F;  ///< of each topic in a document
  float word_prior = 0.01F;  ///< of each word in a topic
  std::uint64_t seed = 1;
};

/// What documents are about: mixtures of topics, each a distribution over words (latent Dirichlet
/// allocation), found by collapsed variational Bayes without second-order terms.
/// Shapes: words() is topics x words, rows sum to 1. Threads: one fit a call; immutable afterwards.
/// Cost: a round is the documents' different words times topics, and needs as many floats.
/// Source: Blei, Ng, Jordan, JMLR 3, 2003; Asuncion, Welling, Smyth, Teh, On smoothing and
/// inference for topic models, UAI 2009.
class TopicModel {
 public:
  using Documents = std::span<const std::vector<std::uint32_t>>;

  static TopicModel Fit(Documents documents, std::size_t n_words, const TopicSettings& settings);

  const linalg::Matrix& words() const { return words_; }
  /// How much of all documents is about each topic; sums to 1.
  const std::vector<float>& shares() const { return shares_; }
  /// The topics of a document, sum 1.
  std::vector<float> TopicsOf(std::span<const std::uint32_t> document) const;
  /// How many equally probable words each word of unseen documents was worth on average, given
  /// every second word of the document; the fewer, the better the topics. Missing: 0 where no
  /// document has two words.
  double HeldOutPerplexity(Documents documents) const;
  /// The same, of the frequencies of words alone.
  double UnigramPerplexity(Documents documents) const;

 private:
  linalg::Matrix words_;
  std::vector<float> shares_;
  std::vector<float> unigram_;
  TopicSettings settings_;
};

}  // namespace medley::text
