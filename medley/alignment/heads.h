#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {

/// The mean direction of a space's vectors over the items that have one. With one vector it is
/// zeros: centring would leave nothing of it. Errors: kInvalidInput where no item has one.
Result<std::vector<float>> MeanOf(const Space& space);

/// One linear map a modality into a common space: p_m(x) = unit(W_m (x / |x| - mean_m)). Centring
/// takes out what all vectors of an encoder share. Before training W_m is random Gaussian: cosines
/// within a modality stay about what they were (Johnson and Lindenstrauss 1984), those across mean
/// nothing. Source of the heads: Chen et al. 2020 (SimCLR).
class ProjectionHeads {
 public:
  /// Errors: as MeanOf; without any space.
  static Result<ProjectionHeads> Make(std::span<const Space> spaces,
                                      std::size_t dimension,
                                      const Random& random,
                                      Weights& weights);
  /// Over weights that were saved. Errors: kCorrupt where they don't fit together.
  static Result<ProjectionHeads> Over(const Weights& weights);

  struct Head {
    std::string space;
    std::string map;   ///< name of W_m
    std::string mean;  ///< name of mean_m
  };
  /// By space name, ascending.
  const std::vector<Head>& heads() const { return heads_; }
  const Head* Find(std::string_view space) const;

  /// Unit rows. Shapes: `rows` of the encoder's vectors, zeros where absent; `there` a factor a
  /// row, 0 where absent: those come out as zeros.
  Tape::Node Project(Tape& tape,
                     const Weights& weights,
                     const Head& head,
                     const linalg::Matrix& rows,
                     std::span<const float> there) const;

 private:
  std::vector<Head> heads_;
};

}  // namespace medley::alignment
