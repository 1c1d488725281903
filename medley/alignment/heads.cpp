#include "medley/alignment/heads.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {
namespace {

constexpr std::string_view kMap = "head/";
constexpr std::string_view kMean = "mean/";

ProjectionHeads::Head HeadOf(std::string_view space) {
  return {std::string(space),
          std::string(kMap) + std::string(space),
          std::string(kMean) + std::string(space)};
}

}  // namespace

Result<std::vector<float>> MeanOf(const Space& space) {
  std::vector<double> sum(space.vectors.cols, 0.0);
  std::size_t count = 0;
  for (std::size_t item = 0; item < space.vectors.rows; ++item) {
    if (space.present[item] == 0) continue;
    const auto row = space.vectors.Row(item);
    const float trust = TrustIn(row);
    if (!(trust > 0)) continue;
    for (std::size_t i = 0; i < row.size(); ++i) sum[i] += double{row[i] / trust};
    ++count;
  }
  if (count == 0) {
    return Fail(ErrorCode::kInvalidInput, "the space '" + space.name + "' has no vector to fit on");
  }
  std::vector<float> mean(sum.size(), 0.0F);
  for (std::size_t i = 0; count > 1 && i < mean.size(); ++i)
    mean[i] = static_cast<float>(sum[i] / static_cast<double>(count));
  return mean;
}

Result<ProjectionHeads> ProjectionHeads::Make(std::span<const Space> spaces,
                                              std::size_t dimension,
                                              const Random& random,
                                              Weights& weights) {
  if (spaces.empty())
    return Fail(ErrorCode::kInvalidInput, "alignment needs at least one space of vectors");
  ProjectionHeads out;
  for (const auto& space : spaces) {
    MEDLEY_ASSIGN_OR_RETURN(const auto mean, MeanOf(space));
    const Head head = HeadOf(space.name);
    linalg::Matrix row(1, mean.size());
    std::copy(mean.begin(), mean.end(), row.data());
    weights[head.mean] = std::move(row);
    weights[head.map] = DrawNormal(dimension,
                                   mean.size(),
                                   1 / std::sqrt(static_cast<double>(dimension)),
                                   random.Fork(space.name));
    out.heads_.push_back(head);
  }
  std::ranges::sort(out.heads_, {}, &Head::space);
  return out;
}

Result<ProjectionHeads> ProjectionHeads::Over(const Weights& weights) {
  ProjectionHeads out;
  for (const auto& [name, map] : weights) {
    if (!name.starts_with(kMap)) continue;
    const Head head = HeadOf(std::string_view(name).substr(kMap.size()));
    const auto mean = weights.find(head.mean);
    if (mean == weights.end() || mean->second.rows() != 1 || mean->second.cols() != map.cols())
      return Fail(ErrorCode::kCorrupt, "a projection head has no mean of its size");
    out.heads_.push_back(head);
  }
  if (out.heads_.empty()) return Fail(ErrorCode::kCorrupt, "there is no projection head");
  return out;
}

const ProjectionHeads::Head* ProjectionHeads::Find(std::string_view space) const {
  const auto found = std::ranges::find(heads_, space, &Head::space);
  return found == heads_.end() ? nullptr : &*found;
}

Tape::Node ProjectionHeads::Project(Tape& tape,
                                    const Weights& weights,
                                    const Head& head,
                                    const linalg::Matrix& rows,
                                    std::span<const float> there) const {
  linalg::Matrix centred = rows;
  const auto mean = weights.find(head.mean)->second.Row(0);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const float trust = TrustIn(rows.Row(i));
    if (there[i] > 0 && trust > 0) {
      linalg::Scale(1 / trust, centred.Row(i));
      linalg::Axpy(-1, mean, centred.Row(i));
    } else {
      std::fill(centred.Row(i).begin(), centred.Row(i).end(), 0.0F);
    }
  }
  return tape.UnitRows(tape.Linear(tape.Input(std::move(centred)), weights.find(head.map)->second));
}

}  // namespace medley::alignment
