#include "medley/text/topics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "medley/core/random.h"
#include "medley/linalg/matrix.h"

namespace medley::text {
namespace {

/// A word of a document, how often, and where its topics' shares begin.
struct Cell {
  std::uint32_t word = 0;
  float count = 0;
};

std::vector<Cell> CellsOf(std::span<const std::uint32_t> document) {
  std::vector<std::uint32_t> words(document.begin(), document.end());
  std::ranges::sort(words);
  std::vector<Cell> cells;
  for (const auto word : words) {
    if (cells.empty() || cells.back().word != word) cells.push_back({word, 0});
    ++cells.back().count;
  }
  return cells;
}

/// The expected counts while fitting: words of a topic, and of a document.
class Fitting {
 public:
  Fitting(TopicModel::Documents documents, std::size_t n_words, const TopicSettings& settings)
      : settings_(settings),
        n_words_(n_words),
        word_counts_(n_words, settings.n_topics),
        topic_counts_(settings.n_topics),
        document_counts_(documents.size(), settings.n_topics) {
    for (const auto& document : documents) cells_.push_back(CellsOf(document));
    Random random(settings.seed);
    for (std::size_t d = 0; d < cells_.size(); ++d) {
      for (const Cell& cell : cells_[d]) {
        std::vector<float> share(settings.n_topics);
        float sum = 0;
        for (float& value : share) sum += value = 0.1F + static_cast<float>(random.Uniform());
        for (float& value : share) value /= sum;
        Count(d, cell, share, 1);
        shares_.insert(shares_.end(), share.begin(), share.end());
      }
    }
  }

  void Round() {
    std::size_t at = 0;
    for (std::size_t d = 0; d < cells_.size(); ++d) {
      for (const Cell& cell : cells_[d]) {
        const std::span share(&shares_[at], settings_.n_topics);
        at += settings_.n_topics;
        Count(d, cell, share, -1);
        Estimate(d, cell, share);
        Count(d, cell, share, 1);
      }
    }
  }

  const linalg::Matrix& word_counts() const { return word_counts_; }
  const std::vector<float>& topic_counts() const { return topic_counts_; }

 private:
  void Count(std::size_t document, const Cell& cell, std::span<const float> share, float sign) {
    const auto of_word = word_counts_.Row(cell.word);
    const auto of_document = document_counts_.Row(document);
    for (std::size_t k = 0; k < share.size(); ++k) {
      const float value = sign * cell.count * share[k];
      of_word[k] += value;
      topic_counts_[k] += value;
      of_document[k] += value;
    }
  }

  void Estimate(std::size_t document, const Cell& cell, std::span<float> share) {
    const auto of_word = word_counts_.Row(cell.word);
    const auto of_document = document_counts_.Row(document);
    const float all_words = static_cast<float>(n_words_) * settings_.word_prior;
    float sum = 0;
    for (std::size_t k = 0; k < share.size(); ++k) {
      // Adding and taking away again leaves rounding errors below 0.
      share[k] = std::max(of_word[k] + settings_.word_prior, 1e-9F) *
                 std::max(of_document[k] + settings_.topic_prior, 1e-9F) /
                 std::max(topic_counts_[k] + all_words, 1e-9F);
      sum += share[k];
    }
    for (float& value : share) value /= sum;
  }

  TopicSettings settings_;
  std::size_t n_words_;
  linalg::Matrix word_counts_;  ///< words x topics
  std::vector<float> topic_counts_;
  linalg::Matrix document_counts_;  ///< documents x topics
  std::vector<std::vector<Cell>> cells_;
  std::vector<float> shares_;  ///< of each cell, its topics
};

/// exp(-mean log probability) of every second word, `probability(first halves, word)`.
template <typename Mixture, typename Probability>
double Perplexity(TopicModel::Documents documents, Mixture mixture, Probability probability) {
  double sum = 0;
  std::size_t n = 0;
  for (const auto& document : documents) {
    std::vector<std::uint32_t> given;
    for (std::size_t i = 0; i < document.size(); i += 2) given.push_back(document[i]);
    const auto topics = mixture(std::span<const std::uint32_t>(given));
    for (std::size_t i = 1; i < document.size(); i += 2) {
      sum -= std::log(static_cast<double>(probability(topics, document[i])));
      ++n;
    }
  }
  return n == 0 ? 0 : std::exp(sum / static_cast<double>(n));
}

}  // namespace

TopicModel TopicModel::Fit(Documents documents,
                           std::size_t n_words,
                           const TopicSettings& settings) {
  Fitting fitting(documents, n_words, settings);
  for (int round = 0; round < settings.rounds; ++round) fitting.Round();
  TopicModel model;
  model.settings_ = settings;
  model.words_ = linalg::Matrix(settings.n_topics, n_words);
  model.shares_.resize(settings.n_topics);
  model.unigram_.resize(n_words);
  double all = 0;
  for (const float count : fitting.topic_counts()) all += count;
  const float prior = settings.word_prior;
  for (std::size_t k = 0; k < settings.n_topics; ++k) {
    const float count = fitting.topic_counts()[k];
    model.shares_[k] = all > 0 ? static_cast<float>(count / all) : 0;
    for (std::size_t w = 0; w < n_words; ++w) {
      const float in_topic = std::max(fitting.word_counts().Row(w)[k], 0.0F);
      model.words_.Row(k)[w] = (in_topic + prior) / (count + static_cast<float>(n_words) * prior);
    }
  }
  for (std::size_t w = 0; w < n_words; ++w) {
    for (const float count : fitting.word_counts().Row(w)) model.unigram_[w] += count;
    model.unigram_[w] = (std::max(model.unigram_[w], 0.0F) + prior) /
                        static_cast<float>(all + static_cast<double>(n_words) * prior);
  }
  return model;
}

std::vector<float> TopicModel::TopicsOf(std::span<const std::uint32_t> document) const {
  constexpr int kRounds = 30;
  const std::size_t n = words_.rows();
  std::vector<float> topics(n, 1.0F / static_cast<float>(n));
  const auto cells = CellsOf(document);
  for (int round = 0; round < kRounds && !cells.empty(); ++round) {
    std::vector<float> next(n, settings_.topic_prior);
    for (const Cell& cell : cells) {
      float sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += topics[k] * words_.Row(k)[cell.word];
      for (std::size_t k = 0; k < n; ++k)
        next[k] += cell.count * topics[k] * words_.Row(k)[cell.word] / sum;
    }
    float sum = 0;
    for (const float value : next) sum += value;
    for (std::size_t k = 0; k < n; ++k) topics[k] = next[k] / sum;
  }
  return topics;
}

double TopicModel::HeldOutPerplexity(Documents documents) const {
  return Perplexity(
      documents,
      [this](std::span<const std::uint32_t> given) { return TopicsOf(given); },
      [this](const std::vector<float>& topics, std::uint32_t word) {
        float sum = 0;
        for (std::size_t k = 0; k < topics.size(); ++k) sum += topics[k] * words_.Row(k)[word];
        return sum;
      });
}

double TopicModel::UnigramPerplexity(Documents documents) const {
  return Perplexity(
      documents,
      [](std::span<const std::uint32_t>) { return 0; },
      [this](int, std::uint32_t word) { return unigram_[word]; });
}

}  // namespace medley::text
