#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ov {
class Node;
}

namespace medley::inference {

/// A matrix that a network stores in 4 bits, with a step for each 32 of a row (u4, less 8, times
/// the steps), as linalg::FourBitMatrix takes it.
struct FourBitWeights {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::int8_t> codes;  ///< rows x cols, -8 .. 7
  std::vector<float> steps;        ///< rows x cols / 32
};

/// What `product`, an ov::op::v0::MatMul, multiplies with, transposed; nothing where it is stored
/// otherwise. Throws what the runtime throws.
std::optional<FourBitWeights> FourBitWeightsOf(const std::shared_ptr<ov::Node>& product);

}  // namespace medley::inference
