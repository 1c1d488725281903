#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace medley {

/// xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64. The same seed gives the same
/// numbers on every platform and compiler, which the standard library's distributions don't
/// promise. Threads: one generator a thread; make more with Fork.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t Next();
  /// Uniform in [0, 1).
  double Uniform();
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  /// Uniform in 0 .. bound-1, without bias; bound > 0.
  std::uint64_t Below(std::uint64_t bound);
  /// Standard normal (Box-Muller).
  double Normal();
  bool Bernoulli(double probability) { return Uniform() < probability; }
  /// Index drawn in proportion to `weights`, none negative and the sum positive. Cost: linear.
  std::size_t Categorical(std::span<const double> weights);

  template <typename T>
  void Shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
  }

  /// An independent generator that depends only on this one's seed and on the name or number given,
  /// so that drawing more in one place leaves the others as they were.
  Random Fork(std::uint64_t stream) const;
  Random Fork(std::string_view stream) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace medley
