#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// How alike two items are, part by part: each embedding space is one part (cosine after the mean
/// of all items is taken off), each kind of attribute one (cosine of tokens weighed by ln(items /
/// items that have it)), and the constant 1 one; asked for, so is the product of each two spaces
/// (alike in text and in picture at once). Missing: an item without vector or token is like nothing
/// in that part (0). Copies share the vectors. Threads: immutable once made.
class FeatureKernel {
 public:
  /// `spaces`: names of spaces and "attributes", separated by commas; "auto": attributes and every
  /// space but "fused". Errors: kInvalidInput naming a space that the features lack, or where
  /// nothing is left.
  static Result<FeatureKernel> Make(const ItemFeatures& features,
                                    std::string_view spaces,
                                    bool products);
  /// As it was saved, over a catalogue that may have grown since. Errors: kCorrupt; kInvalidInput
  /// where a space is gone or has another dimension.
  static Result<FeatureKernel> Load(const ModelReader& reader, const ItemFeatures& features);
  /// The same over a catalogue that has more items at the end, as Load would make it.
  FeatureKernel Grown(const ItemFeatures& features) const;
  /// Adds to the note and the arrays of a model. Views: the writer must not outlive this.
  void Save(ModelWriter& writer, Json& note) const;

  std::size_t n_items() const { return n_items_; }
  std::size_t n_parts() const { return parts_.size(); }
  const std::string& PartName(std::size_t part) const { return parts_[part].name; }
  bool IsSpace(std::size_t part) const { return parts_[part].kind == Kind::kSpace; }
  bool IsAttribute(std::size_t part) const { return parts_[part].kind == Kind::kAttribute; }
  /// Whether anything is known of the item in any part.
  bool Describes(ItemIndex item) const;

  double Similarity(std::size_t part, ItemIndex a, ItemIndex b) const;
  /// out(r, c) = similarity of rows[r] and cols[c] in `part`. On all threads.
  void Similarities(std::size_t part,
                    std::span<const std::uint32_t> rows,
                    std::span<const std::uint32_t> cols,
                    linalg::MatrixView out) const;
  /// What an attribute part sees of an item: token indices of the catalogue, ascending, and their
  /// weights in a row of length 1.
  std::span<const std::uint32_t> TokensOf(std::size_t part, ItemIndex item) const {
    return parts_[part].tokens.ColumnsOf(item);
  }
  std::span<const float> TokenWeightsOf(std::size_t part, ItemIndex item) const {
    return parts_[part].tokens.ValuesOf(item);
  }

 private:
  enum class Kind : std::uint8_t { kConstant, kSpace, kAttribute, kProduct };
  struct Part {
    Kind kind = Kind::kConstant;
    std::string name;
    std::vector<float> mean;  ///< of a space
    /// Centred, rows of length 1 or zeros: of the items there were first, and of those that came.
    std::shared_ptr<const linalg::Matrix> vectors;
    linalg::Matrix later;
    linalg::CsrMatrix tokens;  ///< item x token, rows of length 1 or empty
    std::size_t first = 0;     ///< of a product: its two spaces' parts
    std::size_t second = 0;

    std::span<const float> VectorOf(std::size_t item) const {
      return item < vectors->rows() ? vectors->Row(item) : later.Row(item - vectors->rows());
    }
  };

  void AddSpace(const FeatureSpace& space, std::vector<float> mean);
  void AddAttributes(const ItemFeatures& features, std::string_view name);
  /// Adds the rows of the items from `begin` on.
  void AppendTokens(const ItemFeatures& features, std::size_t begin, Part& part) const;
  void AddConstant();
  void AddProduct(std::size_t first, std::size_t second);

  std::size_t n_items_ = 0;
  std::vector<Part> parts_;
  std::map<std::string, double, std::less<>> token_weights_;  ///< by attribute name
};

}  // namespace medley::recommenders
