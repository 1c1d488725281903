#include "medley/text/word_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/text/corpus.h"

namespace medley::text {
namespace {

class SkipGram {
 public:
  SkipGram(const Corpus& corpus, const WordVectorSettings& settings)
      : corpus_(corpus),
        settings_(settings),
        random_(settings.seed),
        vectors_(corpus.n_words(), settings.dimension),
        contexts_(corpus.n_words(), settings.dimension),
        counts_(corpus.n_words()),
        gradient_(settings.dimension),
        occurrences_(static_cast<double>(corpus.n_occurrences())) {
    for (const auto& document : corpus.documents()) {
      for (const auto word : document.words) ++counts_[word];
    }
    const double width = 1.0 / static_cast<double>(settings.dimension);
    for (std::size_t w = 0; w < vectors_.rows(); ++w) {
      for (float& value : vectors_.Row(w))
        value = static_cast<float>(random_.Uniform(-width / 2, width / 2));
    }
    FillDraws();
  }

  void Fit(const CancelToken& cancel) {
    const double total = occurrences_ * static_cast<double>(settings_.rounds);
    std::size_t seen = 0;
    for (std::size_t round = 0; round < settings_.rounds; ++round) {
      for (const auto& document : corpus_.documents()) {
        if (cancel.cancelled()) return;
        constexpr float kLeast = 1e-4F;
        const auto left = static_cast<float>(1 - static_cast<double>(seen) / total);
        step_ = settings_.step * std::max(left, kLeast);
        std::size_t begin = 0;
        for (const std::size_t end : document.sentence_ends) {
          Learn(std::span(document.words).subspan(begin, end - begin));
          begin = end;
        }
        seen += document.words.size();
      }
    }
  }

  linalg::Matrix Take() {
    for (std::size_t w = 0; w < vectors_.rows(); ++w) linalg::Normalize(vectors_.Row(w));
    return std::move(vectors_);
  }

 private:
  /// Words in proportion to their count to the power of 3/4, to draw from.
  void FillDraws() {
    constexpr double kPower = 0.75;
    constexpr std::size_t kDraws = 1 << 20;
    double sum = 0;
    for (const double count : counts_) sum += std::pow(count, kPower);
    double reached = 0;
    for (std::uint32_t w = 0; w < counts_.size(); ++w) {
      reached += std::pow(counts_[w], kPower) / sum;
      const auto end = static_cast<std::size_t>(reached * static_cast<double>(kDraws));
      draws_.resize(std::max(draws_.size(), std::min(end, kDraws)), w);
    }
  }

  void Learn(std::span<const std::uint32_t> sentence) {
    kept_.clear();
    for (const auto word : sentence) {
      const double share = counts_[word] / occurrences_;
      const double keep = std::sqrt(settings_.frequent / share) + settings_.frequent / share;
      if (keep >= 1 || random_.Uniform() < keep) kept_.push_back(word);
    }
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      const std::size_t window = 1 + random_.Below(settings_.window);
      const std::size_t first = i > window ? i - window : 0;
      for (std::size_t j = first; j < std::min(kept_.size(), i + window + 1); ++j) {
        if (j != i) LearnPair(kept_[i], kept_[j]);
      }
    }
  }

  void LearnPair(std::uint32_t word, std::uint32_t neighbour) {
    const auto vector = vectors_.Row(word);
    std::ranges::fill(gradient_, 0.0F);
    for (std::size_t n = 0; n <= settings_.negatives; ++n) {
      const bool real = n == 0;
      const std::uint32_t other = real ? neighbour : draws_[random_.Below(draws_.size())];
      if (!real && other == neighbour) continue;
      const auto context = contexts_.Row(other);
      const float dot = linalg::Dot(vector, context);
      const float scale = step_ * ((real ? 1.0F : 0.0F) - 1.0F / (1.0F + std::exp(-dot)));
      linalg::Axpy(scale, context, gradient_);
      linalg::Axpy(scale, vector, context);
    }
    linalg::Axpy(1, gradient_, vector);
  }

  const Corpus& corpus_;
  WordVectorSettings settings_;
  Random random_;
  linalg::Matrix vectors_;
  linalg::Matrix contexts_;
  std::vector<double> counts_;
  std::vector<std::uint32_t> draws_;
  std::vector<std::uint32_t> kept_;  ///< of the sentence
  std::vector<float> gradient_;
  double occurrences_;
  float step_ = 0;
};

}  // namespace

WordVectors WordVectors::Fit(const Corpus& corpus,
                             const WordVectorSettings& settings,
                             const CancelToken& cancel) {
  WordVectors fitted;
  if (corpus.n_words() == 0) return fitted;
  SkipGram model(corpus, settings);
  model.Fit(cancel);
  fitted.vectors_ = model.Take();
  return fitted;
}

std::vector<linalg::IndexedScore> WordVectors::Similar(std::size_t word, std::size_t limit) const {
  std::vector<float> cosines(vectors_.rows());
  linalg::TimesVector(vectors_.View(), vectors_.Row(word), cosines);
  return linalg::TopK(cosines, limit, [word](std::uint32_t other) { return other != word; });
}

}  // namespace medley::text
