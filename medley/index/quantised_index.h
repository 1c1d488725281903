#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/index/nearest_index.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {

/// What a number of a vector becomes.
enum class VectorCode : std::uint8_t {
  kInt8,   ///< 8 bits, in steps of a 127th of the greatest that number is in any row: 4 times
           ///< smaller
  kBinary  ///< 1 bit, whether it is above that number's mean over the rows that are present: 32
           ///< times smaller
};
/// "int8", "binary".
std::string_view VectorCodeName(VectorCode code);
/// The other way; nothing for any other name, such as "float32".
std::optional<VectorCode> VectorCodeNamed(std::string_view name);

/// How many times k are rescored so that little is lost; acceptance/3.7 measures it.
constexpr std::size_t WideningOf(VectorCode code) { return code == VectorCode::kInt8 ? 4 : 20; }

/// Looks at a compressed copy of every row; with rescoring, the best `widening` times k of them are
/// looked at whole, wherever the whole rows lie (on disk, for instance), and only their exact
/// products decide. Scores: exact with rescoring; else, by kInt8 within the rounding of the codes,
/// by kBinary only an order (1 - twice the share of bits that differ). Owns: the codes. Cost: of
/// memory, what bytes() says; of a search, by kInt8 a quarter of the exact index's memory traffic,
/// by kBinary a 32nd. Source: Jégou, Douze, Schmid, Product quantization (2011), for rescoring;
/// Charikar, Similarity estimation (2002), for signs.
class QuantisedIndex : public NearestIndex {
 public:
  /// Copies a whole row.
  using WholeRow = std::function<void(std::uint32_t row, std::span<float> out)>;
  struct Options {
    VectorCode code = VectorCode::kInt8;
    WholeRow whole;            ///< for rescoring; empty: the codes alone decide
    std::size_t widening = 0;  ///< 0: WideningOf(code)
    /// Rows that may be found, 1 each; empty: all. A view.
    std::span<const std::uint8_t> present;
  };
  /// `rows` is only read here: whatever of it is needed later comes from Options::whole.
  QuantisedIndex(linalg::ConstMatrixView rows, Options options);

  std::size_t size() const override { return size_; }
  std::size_t dimension() const override { return dimension_; }
  /// Of codes and what explains them.
  std::size_t bytes() const;
  Result<std::vector<linalg::IndexedScore>> Search(
      std::span<const float> query,
      std::size_t k,
      const std::function<bool(std::uint32_t)>& allowed = {}) const override;
  Result<std::vector<std::vector<linalg::IndexedScore>>> SearchAll(linalg::ConstMatrixView queries,
                                                                   std::size_t k) const override;

 private:
  struct Query;
  void EncodeInt8(linalg::ConstMatrixView rows);
  void EncodeBinary(linalg::ConstMatrixView rows);
  Query Prepare(std::span<const float> query) const;
  /// Scores of the rows from `begin` on by their codes.
  void Score(const Query& query, std::size_t begin, std::span<float> out) const;
  std::vector<linalg::IndexedScore> Rescore(std::span<const float> query,
                                            std::vector<linalg::IndexedScore> found,
                                            std::size_t k) const;
  std::vector<linalg::IndexedScore> SearchOne(
      std::span<const float> query,
      std::size_t k,
      const std::function<bool(std::uint32_t)>& allowed) const;

  Options options_;
  std::size_t size_ = 0;
  std::size_t dimension_ = 0;
  std::size_t words_ = 0;             ///< 64 bits each, of a row; kBinary
  std::vector<float> steps_;          ///< what 1 stands for, by dimension; kInt8
  std::vector<float> means_;          ///< kBinary
  std::vector<std::int8_t> bytes_;    ///< kInt8
  std::vector<std::uint64_t> signs_;  ///< kBinary
};

}  // namespace medley::index
