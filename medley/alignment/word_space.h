#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/weights.h"

namespace medley::alignment {

/// What is said of an item.
struct Said {
  std::vector<std::string> labels;  ///< title, categories, tags: each counts as a whole, too
  std::string text;                 ///< all of it
};

struct WordSpaceOptions {
  std::size_t most_words = 300;
  std::size_t most_examples = 1500;  ///< of a modality; of more, evenly spread ones are taken
  std::size_t steps = 120;
  float penalty = 1e-4F;  ///< half of it times the squared weights is added to the mean loss
};

/// What pictures show and sounds sound like, in the words of the catalogue: for each modality
/// p(w | x) = softmax(W u(x) + b), u(x) = unit(x / |x| - mean), learned from the items that have
/// both it and words; an item's words share one target, rare ones more of it (by log(N / n_w)).
/// What was asked in words, by a picture or by a sound becomes shares q of the words, and any
/// vector of any modality answers with sum_w q_w log p(w | x): linear in u(x), but for an item's
/// own constant. Normalising over the words is what ranks: that a photo shows no skirt follows from
/// its showing shoes. Threads: immutable. Source: Joulin, van der Maaten, Jabri, Vasilache,
/// Learning visual features from large weakly supervised data, ECCV 2016, eq. 1; Nesterov 1983.
class WordSpace {
 public:
  /// Shapes: `said` one an item. Missing: a space with fewer than 20 examples, or none with words
  /// that recur, gets no head. Errors: kInvalidInput where no modality but text gets one. Cost: a
  /// step, 4 examples x dimension x words operations a modality; a few seconds of a core at the
  /// limits.
  static Result<WordSpace> Fit(std::span<const Space> spaces,
                               std::span<const Said> said,
                               const WordSpaceOptions& options = {});

  /// Words, then labels with "=" before them.
  const std::vector<std::string>& words() const { return words_.ids(); }
  std::vector<std::string> spaces() const;
  bool Has(std::string_view space) const { return weights_.contains(MapName(space)); }
  void Forget(std::string_view space) { weights_.erase(MapName(space)); }
  std::size_t DimensionOf(std::string_view space) const;

  /// Shares of the words, their sum 1: of a label only the label, of other texts the words that are
  /// known. Missing: empty where none is.
  std::vector<float> Ask(std::string_view text) const;
  /// What goes with a vector. Shapes: the space's dimension; the space has a head.
  std::vector<float> Ask(std::string_view space, std::span<const float> vector) const;

  /// Shares of words as one modality is asked for them.
  struct Question {
    std::vector<float> direction;
    float at_mean = 0;  ///< <direction, mean>
    float bias = 0;
  };
  Question Pose(std::string_view space, std::span<const float> shares) const;

  /// What an item's answers have in common, whatever the question.
  struct Reading {
    float of_vector = 0;
    float of_mean = 0;
    float total = 0;  ///< log sum exp over the words
  };
  /// Shapes: `vectors` and `out` one a row. Missing: a vector of no length reads as the mean does.
  void Read(std::string_view space, linalg::ConstMatrixView vectors, std::span<Reading> out) const;
  /// sum_w q_w log p(w | x), where `dot` is <direction, x>.
  static float Answer(const Question& question, const Reading& reading, float dot) {
    return reading.of_vector * dot - reading.of_mean * question.at_mean + question.bias -
           reading.total;
  }

  /// Errors: kIo; kNotFound, kCorrupt.
  Status Save(const std::filesystem::path& directory) const;
  static Result<WordSpace> Load(const std::filesystem::path& directory);

 private:
  using Target = std::vector<std::pair<std::uint32_t, float>>;
  static std::string MapName(std::string_view space);
  const linalg::Matrix& Weight(std::string_view part, std::string_view space) const;
  /// Scores of the words for the rows of u(x). Returns the readings' first two numbers.
  linalg::Matrix Scores(std::string_view space,
                        linalg::ConstMatrixView vectors,
                        std::span<Reading> readings) const;
  std::vector<Target> Count(std::span<const Space> spaces,
                            std::span<const Said> said,
                            std::size_t most_words);
  void FitHead(const Space& space,
               std::span<const Target> targets,
               const WordSpaceOptions& options);

  IdMap words_;
  std::vector<float> rarity_;  ///< log(N / n_w) of each
  training::Weights weights_;
};

}  // namespace medley::alignment
