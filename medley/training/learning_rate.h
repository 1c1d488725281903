#pragma once

#include <cstddef>

namespace medley::training {

/// The rate of each step: a straight rise over the first `warm_up` steps, then `peak`, either kept
/// or, with `cosine`, let down along half a cosine to a hundredth of it at the last step. Source:
/// Loshchilov, Hutter: SGDR, ICLR 2017.
struct LearningRate {
  double peak = 1e-3;
  std::size_t warm_up = 0;
  std::size_t steps = 1;  ///< of the whole training
  bool cosine = false;

  /// `step` from 0; steps past the last have its rate.
  double At(std::size_t step) const;
};

}  // namespace medley::training
