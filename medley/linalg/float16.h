#pragma once

#include <cstdint>
#include <span>

namespace medley::linalg {

/// IEEE 754 binary16, rounded to nearest even, subnormals kept; what is beyond 65504 becomes
/// infinite. With F16C where the processor has it, bit for bit alike without. Shapes: `to` is as
/// long as `from`.
void ToFloat16(std::span<const float> from, std::span<std::uint16_t> to);
void FromFloat16(std::span<const std::uint16_t> from, std::span<float> to);

/// The portable halves of the above, for the test that compares them.
std::uint16_t PortableToFloat16(float value);
float PortableFromFloat16(std::uint16_t bits);

}  // namespace medley::linalg
