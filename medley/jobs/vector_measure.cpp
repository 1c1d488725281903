#include "medley/jobs/vector_measure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/result.h"
#include "medley/index/exact_index.h"
#include "medley/index/nearest_index.h"
#include "medley/index/principal_axes.h"
#include "medley/index/quantised_index.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/storage/embedding_quality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

using Answers = std::vector<std::vector<linalg::IndexedScore>>;
using index::QuantisedIndex;
using index::VectorCode;

class Measurement {
 public:
  Measurement(const storage::EmbeddingSpace& space, std::size_t k, std::size_t queries)
      : space_(space), keys_(space.Keys()), k_(k), rows_(keys_.size(), space.dimension()) {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      Read(static_cast<std::uint32_t>(i), rows_.Row(i));
    queries_ = linalg::Matrix(std::min(queries, keys_.size()), space.dimension());
    for (std::size_t i = 0; i < queries_.rows(); ++i)
      std::ranges::copy(rows_.Row(RowOf(i)), queries_.Row(i).begin());
  }

  Result<VectorReport> Run(std::size_t dimensions) {
    report_ = {.vectors = rows_.rows(), .dimension = rows_.cols(), .queries = queries_.rows()};
    const index::ExactIndex exact(rows_.View());
    MEDLEY_RETURN_IF_ERROR(Add("float32", exact, queries_, rows_.rows() * rows_.cols() * 4));
    MEDLEY_RETURN_IF_ERROR(AddCodes("", rows_, queries_));
    if (dimensions > 0) MEDLEY_RETURN_IF_ERROR(AddAxes(dimensions));
    return std::move(report_);
  }

 private:
  /// As search compares it.
  void Read(std::uint32_t row, std::span<float> out) const {
    if (space_.Read(keys_[row], out)) storage::DropQuality(space_, out);
  }

  std::size_t RowOf(std::size_t query) const { return query * keys_.size() / queries_.rows(); }

  Status AddAxes(std::size_t dimensions) {
    MEDLEY_ASSIGN_OR_RETURN(const auto axes, index::PrincipalAxes::Fit(rows_.View(), dimensions));
    MEDLEY_ASSIGN_OR_RETURN(const auto rows, axes.Project(rows_.View()));
    MEDLEY_ASSIGN_OR_RETURN(const auto queries, axes.Project(queries_.View()));
    report_.axes_keep = axes.kept();
    const std::string name = "first " + std::to_string(dimensions) + " axes, ";
    const index::ExactIndex exact(rows.View());
    MEDLEY_RETURN_IF_ERROR(Add(name + "float32", exact, queries, rows.rows() * dimensions * 4));
    return AddCodes(name, rows, queries);
  }

  Status AddCodes(const std::string& prefix,
                  const linalg::Matrix& rows,
                  const linalg::Matrix& queries) {
    for (const auto code : {VectorCode::kInt8, VectorCode::kBinary}) {
      const std::string name = prefix + std::string(index::VectorCodeName(code));
      const QuantisedIndex alone(rows.View(), {.code = code});
      MEDLEY_RETURN_IF_ERROR(Add(name, alone, queries, alone.bytes()));
      // Axes can't be rescored by what lies in the file: that is what `prefix` is for.
      if (!prefix.empty()) continue;
      const QuantisedIndex rescored(
          rows.View(), {.code = code, .whole = [this](std::uint32_t row, std::span<float> out) {
                          Read(row, out);
                        }});
      MEDLEY_RETURN_IF_ERROR(Add(name + " rescored", rescored, queries, rescored.bytes()));
    }
    return {};
  }

  Status Add(std::string name,
             const index::NearestIndex& index,
             const linalg::Matrix& queries,
             std::size_t bytes) {
    const Stopwatch watch;
    // One more: each query finds itself, which is not what it looks for.
    MEDLEY_ASSIGN_OR_RETURN(Answers answers, index.SearchAll(queries.View(), k_ + 1));
    const double seconds = watch.Seconds() / static_cast<double>(queries.rows());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      std::erase_if(answers[i], [&](const auto& one) { return one.index == RowOf(i); });
      if (answers[i].size() > k_) answers[i].resize(k_);
    }
    if (truth_.empty()) truth_ = answers;
    double found = 0;
    double all = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      std::unordered_set<std::uint32_t> right;
      for (const auto& one : truth_[i]) right.insert(one.index);
      for (const auto& one : answers[i]) found += right.contains(one.index) ? 1 : 0;
      all += static_cast<double>(right.size());
    }
    report_.costs.push_back({std::move(name), bytes, all > 0 ? found / all : 1, seconds});
    return {};
  }

  const storage::EmbeddingSpace& space_;
  std::vector<storage::Key> keys_;
  std::size_t k_;
  linalg::Matrix rows_;
  linalg::Matrix queries_;
  Answers truth_;
  VectorReport report_;
};

}  // namespace

Result<VectorReport> MeasureVectors(const storage::Workspace& workspace,
                                    std::string_view space,
                                    std::size_t k,
                                    std::size_t queries,
                                    std::size_t dimensions) {
  const auto file = workspace.EmbeddingFile(space);
  if (!std::filesystem::exists(file)) {
    return Fail(ErrorCode::kNotFound,
                "there are no vectors of '" + std::string(space) + "'; `medley encode` makes them");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto info, storage::InspectEmbeddingSpace(file));
  MEDLEY_ASSIGN_OR_RETURN(const auto opened,
                          storage::EmbeddingSpace::Open(file, info.dimension, info.fingerprint));
  if (opened.size() == 0)
    return Fail(ErrorCode::kNotFound, "'" + std::string(space) + "' has no vectors");
  return Measurement(opened, k, queries).Run(dimensions);
}

}  // namespace medley::jobs
