#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "medley/alignment/tape.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {

/// Adam with decoupled weight decay. Source: Kingma, Ba 2015; Loshchilov, Hutter 2019.
class Adam {
 public:
  Adam(double rate, double weight_decay) : rate_(rate), weight_decay_(weight_decay) {}
  /// Moves every weight that `tape` has a gradient of; `pace` says what to multiply the step of a
  /// weight by, by its name. (The gradient's own length hardly matters to Adam.)
  void Step(Weights& weights,
            const Tape& tape,
            const std::function<float(const std::string& name)>& pace);

 private:
  struct Moments {
    linalg::Matrix mean;
    linalg::Matrix square;
  };
  double rate_;
  double weight_decay_;
  double steps_ = 0;
  std::map<std::string, Moments> moments_;
};

}  // namespace medley::alignment
