#pragma once

#include <cstddef>

namespace medley::training {

/// Says when a validation metric (greater is better) has stopped rising.
class EarlyStopping {
 public:
  /// Stops after `patience` epochs in a row without a new best; 0: never.
  explicit EarlyStopping(std::size_t patience) : patience_(patience) {}

  /// Takes in the next epoch's figure; true where it is the best so far. NaN never is.
  bool Improves(double metric) {
    ++epoch_;
    if (best_epoch_ != 0 ? !(metric > best_) : metric != metric) return false;
    best_ = metric;
    best_epoch_ = epoch_;
    return true;
  }
  bool ShouldStop() const { return patience_ != 0 && epoch_ - best_epoch_ >= patience_; }
  double best() const { return best_; }
  std::size_t best_epoch() const { return best_epoch_; }  ///< from 1; 0: none yet

 private:
  std::size_t patience_;
  std::size_t epoch_ = 0;
  std::size_t best_epoch_ = 0;
  double best_ = 0;
};

}  // namespace medley::training
