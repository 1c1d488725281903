#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/text/corpus.h"

namespace medley::text {

struct WordVectorSettings {
  std::size_t dimension = 64;
  std::size_t window = 5;     ///< words on either side, at most; drawn for each word
  std::size_t negatives = 5;  ///< words drawn against each neighbour
  std::size_t rounds = 10;
  double frequent = 1e-3;  ///< words with a greater share of the text are passed over at random
  float step = 0.025F;
  std::uint64_t seed = 1;
};

/// Vectors of words that stand near each other for words that are used alike: word2vec's skip-gram
/// with negative sampling. Shapes: a row of length 1 for each word of the corpus. The same corpus
/// and seed give the same vectors. Threads: fitted on one, read from any. Cost: about 1 million
/// words a second and round with 64 dimensions. Source: Mikolov, Sutskever, Chen, Corrado, Dean,
/// Distributed representations of words and phrases and their compositionality, 2013.
class WordVectors {
 public:
  /// `cancel`: stops early, with the vectors as they are then.
  static WordVectors Fit(const Corpus& corpus,
                         const WordVectorSettings& settings,
                         const CancelToken& cancel);

  const linalg::Matrix& vectors() const { return vectors_; }
  /// The `limit` words whose vectors are nearest to that of `word`, itself apart; cosines.
  std::vector<linalg::IndexedScore> Similar(std::size_t word, std::size_t limit) const;

 private:
  linalg::Matrix vectors_;
};

}  // namespace medley::text
