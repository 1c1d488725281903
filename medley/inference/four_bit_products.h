#pragma once

#include <cstddef>
#include <memory>

namespace ov {
class Model;
}

namespace medley::inference {

/// Puts linalg::FourBitMatrix in the place of every product of vectors with a matrix that the
/// network stores in 4 bits, with a step for each 32 of a row (u4, less 8, times the steps), and of
/// the bias added to it. All else stays the runtime's. Returns how many were replaced. Throws what
/// the runtime throws.
std::size_t ReplaceFourBitProducts(const std::shared_ptr<ov::Model>& model);

}  // namespace medley::inference
