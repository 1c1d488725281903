#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {

/// Says what a text is from its n-grams alone: runs of one to four words (of Chinese: of
/// characters) and of three to five letters of a word, each a number by its hash, a linear map of
/// which tells the classes. Small and fast; what it knows it learns from the answers of a slow
/// model. Source: Joulin et al.: Bag of tricks for efficient text classification, EACL 2017; Hinton
/// et al.: Distilling the knowledge in a neural network, 2015. Threads: immutable.
class NgramModel {
 public:
  static constexpr const char* kKind = "ngrams";

  /// Errors: kNotFound, kIo, kCorrupt.
  static Result<NgramModel> Load(const std::filesystem::path& path);
  Status Save(const std::filesystem::path& path) const;

  const std::vector<std::string>& labels() const { return labels_; }
  /// Shapes: `out` one probability a label, their sum 1. Cost: some 20 ns an n-gram.
  void Classify(std::string_view text, std::span<float> out) const;

  /// What Fit can be told.
  static const std::vector<ParameterSpec>& TrainingSpecs();

  /// Learns to answer as `answers` do, by AdaGrad (Duchi et al. 2011) on the cross-entropy with
  /// them. Shapes: `answers` one row a text, one probability a label. Deterministic; one thread.
  /// Errors: kInvalidInput without texts or for fewer than two labels; kCancelled.
  static Result<NgramModel> Fit(std::span<const std::string> texts,
                                linalg::ConstMatrixView answers,
                                std::vector<std::string> labels,
                                const Parameters& parameters,
                                Progress& progress,
                                const CancelToken* cancel = nullptr);

 private:
  NgramModel(std::vector<std::string> labels, linalg::Matrix weights)
      : labels_(std::move(labels)), weights_(std::move(weights)) {}
  void Score(std::span<const std::uint32_t> grams, std::span<float> out) const;

  std::vector<std::string> labels_;
  linalg::Matrix weights_;  ///< rows: as many as hashes are told apart; then one for the bias
};

/// The n-grams of a text, each once, below `n`. Shapes: `n` a power of two.
void NgramsOf(std::string_view text, std::size_t n, std::vector<std::uint32_t>& out);

}  // namespace medley::encoders
