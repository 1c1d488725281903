#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace medley::linalg {

/// The inner loops of search among compressed vectors; see kernels.h. Threads: any.

/// out[r] = sum over i of codes[r d + i] query[i]. Shapes: d = query.size(), codes out.size() x d.
/// Precondition: no sum leaves 32 bits.
void CodeProducts(std::span<const std::int8_t> codes,
                  std::span<const std::int16_t> query,
                  std::span<std::int32_t> out);

/// out[r] = how many bits of codes[r w .. r w + w) differ from the query's. Shapes: w =
/// query.size(), codes out.size() x w.
void BitDifferences(std::span<const std::uint64_t> codes,
                    std::span<const std::uint64_t> query,
                    std::span<std::int32_t> out);

}  // namespace medley::linalg
