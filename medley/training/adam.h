#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medley::training {

/// How a tensor is moved besides against its gradient.
struct AdamOptions {
  float pull = 0;    ///< L2: this times the value is added to its gradient
  float shrink = 0;  ///< decoupled decay: each value also loses this share of it times the rate
  float pace = 1;    ///< what the tensor's own step is multiplied by
};

/// Adam over tensors by name. Source: Kingma, Ba: Adam, ICLR 2015, algorithm 1; Loshchilov, Hutter:
/// Decoupled weight decay regularization, ICLR 2019. Threads: one object a thread; Move uses all.
class Adam {
 public:
  /// `square_kept`: the share of the mean square that a step keeps (beta 2); that of the mean is
  /// .9.
  explicit Adam(double square_kept = 0.999) : square_kept_(square_kept) {}

  /// Counts a step of the given learning rate, in which each tensor may be moved once.
  void Begin(double rate);
  /// Moves `values` against `gradient`. Shapes: alike, and the same for a name in every step. A
  /// tensor's means start at 0 when it is first moved. Begin must have been called.
  void Move(std::string_view name,
            std::span<const float> gradient,
            std::span<float> values,
            const AdamOptions& options = {});

 private:
  struct Moments {
    std::vector<float> mean;
    std::vector<float> square;
  };
  double square_kept_;
  double rate_ = 0;
  std::size_t steps_ = 0;
  std::map<std::string, Moments, std::less<>> moments_;
};

}  // namespace medley::training
