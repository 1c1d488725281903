#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// Items' vectors of one or more spaces side by side, for models that are linear in them. Each
/// space is centred on its mean over the items that have it, then every row brought to length 1
/// over the root of the number of spaces: raw embeddings crowd around their mean. Missing: a space
/// an item lacks is zeros. Owns its memory. Cost: items x dimensions.
class ContentVectors {
 public:
  /// `spaces`: names with commas between; "auto": fused where there is, else all. Errors:
  /// kInvalidInput naming a space that the features lack, or where there is none.
  static Result<ContentVectors> Make(const ItemFeatures& features, std::string_view spaces);
  /// As it was saved, over a catalogue that may have grown since. Errors: kCorrupt; kInvalidInput
  /// where a space is gone or has another dimension.
  static Result<ContentVectors> Load(const ModelReader& reader, const ItemFeatures& features);
  /// Adds to the note and the arrays of a model. Views: the writer must not outlive this.
  void Save(ModelWriter& writer, Json& note) const;

  std::size_t n_items() const { return vectors_.rows(); }
  std::size_t dimension() const { return vectors_.cols(); }
  linalg::ConstMatrixView View() const { return vectors_.View(); }
  std::span<const float> Row(std::size_t item) const { return vectors_.Row(item); }
  /// Whether the item has any of the spaces.
  bool Describes(std::size_t item) const { return described_[item] != 0; }

  /// A space, and its place in the rows.
  struct Part {
    std::string name;
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  const std::vector<Part>& parts() const { return parts_; }
  /// Of the rows of `items`: what was learned with others is of no use.
  std::uint64_t Fingerprint(std::span<const std::uint32_t> items) const;

 private:
  Status Fill(const ItemFeatures& features);

  std::vector<Part> parts_;
  std::vector<float> mean_;
  linalg::Matrix vectors_;
  std::vector<std::uint8_t> described_;
};

}  // namespace medley::recommenders
