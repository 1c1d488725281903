#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace medley::graph {

/// One tensor's Adam. Source: Kingma, Ba: Adam, ICLR 2015, algorithm 1.
class Adam {
 public:
  explicit Adam(std::size_t size) : means_(size), squares_(size) {}
  /// values -= rate * (step of gradient + decay * values). Threads: inside.
  void Step(std::span<const float> gradient, double rate, double decay, std::span<float> values);

 private:
  std::vector<float> means_;
  std::vector<float> squares_;
  std::size_t steps_ = 0;
};

}  // namespace medley::graph
