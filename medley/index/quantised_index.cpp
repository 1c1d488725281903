#include "medley/index/quantised_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/code_kernels.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"

namespace medley::index {
namespace {

constexpr std::size_t kScoresAtATime = 1024;
constexpr float kGreatestCode = 127;
constexpr std::size_t kWordBits = 64;

Status Check(std::span<const float> query, std::size_t dimension) {
  if (query.size() != dimension) {
    return Fail(ErrorCode::kInvalidInput,
                "the query has " + std::to_string(query.size()) + " numbers, the index " +
                    std::to_string(dimension));
  }
  if (!linalg::AllFinite(query))
    return Fail(ErrorCode::kInvalidInput, "the query holds what is not a number");
  return {};
}

void SetBits(std::span<const float> row,
             std::span<const float> means,
             std::span<std::uint64_t> out) {
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row[i] > means[i]) out[i / kWordBits] |= std::uint64_t{1} << (i % kWordBits);
}

}  // namespace

std::string_view VectorCodeName(VectorCode code) {
  return code == VectorCode::kInt8 ? "int8" : "binary";
}

std::optional<VectorCode> VectorCodeNamed(std::string_view name) {
  for (const auto code : {VectorCode::kInt8, VectorCode::kBinary})
    if (VectorCodeName(code) == name) return code;
  return std::nullopt;
}

/// A query in the terms of the codes.
struct QuantisedIndex::Query {
  std::vector<std::int16_t> numbers;  ///< kInt8
  float scale = 0;                    ///< of a product of codes
  std::vector<std::uint64_t> signs;   ///< kBinary
};

QuantisedIndex::QuantisedIndex(linalg::ConstMatrixView rows, Options options)
    : options_(std::move(options)), size_(rows.rows), dimension_(rows.cols) {
  if (options_.widening == 0) options_.widening = WideningOf(options_.code);
  if (options_.code == VectorCode::kInt8) {
    EncodeInt8(rows);
  } else {
    EncodeBinary(rows);
  }
}

void QuantisedIndex::EncodeInt8(linalg::ConstMatrixView rows) {
  steps_.assign(dimension_, 0);
  for (std::size_t row = 0; row < size_; ++row) {
    const auto values = rows.Row(row);
    for (std::size_t i = 0; i < dimension_; ++i)
      steps_[i] = std::max(steps_[i], std::abs(values[i]));
  }
  for (float& step : steps_) step /= kGreatestCode;
  bytes_.resize(size_ * dimension_);
  for (std::size_t row = 0; row < size_; ++row) {
    const auto values = rows.Row(row);
    for (std::size_t i = 0; i < dimension_; ++i) {
      const float code = steps_[i] > 0 ? values[i] / steps_[i] : 0;
      bytes_[row * dimension_ + i] =
          static_cast<std::int8_t>(std::lround(std::clamp(code, -kGreatestCode, kGreatestCode)));
    }
  }
}

void QuantisedIndex::EncodeBinary(linalg::ConstMatrixView rows) {
  means_.assign(dimension_, 0);
  std::size_t count = 0;
  for (std::size_t row = 0; row < size_; ++row) {
    if (!options_.present.empty() && options_.present[row] == 0) continue;
    linalg::Axpy(1, rows.Row(row), means_);
    ++count;
  }
  linalg::Scale(1 / static_cast<float>(std::max<std::size_t>(1, count)), means_);
  words_ = (dimension_ + kWordBits - 1) / kWordBits;
  signs_.assign(size_ * words_, 0);
  for (std::size_t row = 0; row < size_; ++row)
    SetBits(rows.Row(row), means_, std::span(signs_).subspan(row * words_, words_));
}

std::size_t QuantisedIndex::bytes() const {
  return bytes_.size() + signs_.size() * sizeof(std::uint64_t) +
         (steps_.size() + means_.size()) * sizeof(float);
}

QuantisedIndex::Query QuantisedIndex::Prepare(std::span<const float> query) const {
  Query out;
  if (options_.code == VectorCode::kBinary) {
    out.signs.assign(words_, 0);
    SetBits(query, means_, out.signs);
    return out;
  }
  // The rows' steps are the query's part; as many bits as its sums leave room for are kept.
  std::vector<float> stepped(dimension_);
  float greatest = 0;
  float sum = 0;
  for (std::size_t i = 0; i < dimension_; ++i) {
    stepped[i] = query[i] * steps_[i];
    greatest = std::max(greatest, std::abs(stepped[i]));
    sum += std::abs(stepped[i]);
  }
  constexpr float kMostSum = 0x1p30F / kGreatestCode;
  constexpr float kMost = std::numeric_limits<std::int16_t>::max();
  const float factor = greatest > 0 ? std::min(kMost / greatest, kMostSum / sum) : 0;
  out.scale = factor > 0 && std::isfinite(factor) ? 1 / factor : 0;
  out.numbers.resize(dimension_);
  for (std::size_t i = 0; i < dimension_ && out.scale > 0; ++i)
    out.numbers[i] = static_cast<std::int16_t>(std::lround(stepped[i] * factor));
  return out;
}

void QuantisedIndex::Score(const Query& query, std::size_t begin, std::span<float> out) const {
  std::array<std::int32_t, kScoresAtATime> whole;
  const auto found = std::span(whole).first(out.size());
  if (options_.code == VectorCode::kInt8) {
    linalg::CodeProducts(std::span(bytes_).subspan(begin * dimension_, out.size() * dimension_),
                         query.numbers,
                         found);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = query.scale * static_cast<float>(found[i]);
    return;
  }
  linalg::BitDifferences(
      std::span(signs_).subspan(begin * words_, out.size() * words_), query.signs, found);
  const float share = 2 / static_cast<float>(std::max<std::size_t>(1, dimension_));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 1 - share * static_cast<float>(found[i]);
}

std::vector<linalg::IndexedScore> QuantisedIndex::Rescore(std::span<const float> query,
                                                          std::vector<linalg::IndexedScore> found,
                                                          std::size_t k) const {
  std::vector<float> row(dimension_);
  for (auto& one : found) {
    options_.whole(one.index, row);
    one.score = linalg::Dot(row, query);
  }
  std::ranges::sort(found, linalg::RanksBefore);
  if (found.size() > k) found.resize(k);
  return found;
}

std::vector<linalg::IndexedScore> QuantisedIndex::SearchOne(
    std::span<const float> query,
    std::size_t k,
    const std::function<bool(std::uint32_t)>& allowed) const {
  if (k == 0 || size_ == 0) return {};
  const bool rescored = static_cast<bool>(options_.whole);
  const Query prepared = Prepare(query);
  linalg::TopKCollector best(std::min(size_, rescored ? k * options_.widening : k));
  std::array<float, kScoresAtATime> buffer;
  for (std::size_t row = 0; row < size_; row += kScoresAtATime) {
    const auto scores = std::span(buffer).first(std::min(kScoresAtATime, size_ - row));
    Score(prepared, row, scores);
    for (std::size_t i = linalg::NextAbove(scores, 0, best.bound()); i < scores.size();
         i = linalg::NextAbove(scores, i + 1, best.bound())) {
      const auto index = static_cast<std::uint32_t>(row + i);
      if (!options_.present.empty() && options_.present[index] == 0) continue;
      if (!allowed || allowed(index)) best.Add(index, scores[i]);
    }
  }
  auto found = best.Take();
  return rescored ? Rescore(query, std::move(found), k) : found;
}

Result<std::vector<linalg::IndexedScore>> QuantisedIndex::Search(
    std::span<const float> query,
    std::size_t k,
    const std::function<bool(std::uint32_t)>& allowed) const {
  MEDLEY_RETURN_IF_ERROR(Check(query, dimension_));
  return SearchOne(query, k, allowed);
}

Result<std::vector<std::vector<linalg::IndexedScore>>> QuantisedIndex::SearchAll(
    linalg::ConstMatrixView queries, std::size_t k) const {
  for (std::size_t i = 0; i < queries.rows; ++i)
    MEDLEY_RETURN_IF_ERROR(Check(queries.Row(i), dimension_));
  std::vector<std::vector<linalg::IndexedScore>> out(queries.rows);
  ParallelFor(queries.rows, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[i] = SearchOne(queries.Row(i), k, {});
  });
  return out;
}

}  // namespace medley::index
