#pragma once

#include <cstdint>
#include <string_view>

namespace medley::serving {

/// What a Range header asks of `size` bytes (RFC 9110, section 14).
struct ByteRange {
  enum class Kind : std::uint8_t {
    kWhole,          ///< no header, another unit, several ranges, or no sense: all of it is sent
    kPart,           ///< `length` bytes from `offset`
    kUnsatisfiable,  ///< it lies outside
  };
  Kind kind = Kind::kWhole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

ByteRange ParseByteRange(std::string_view header, std::uint64_t size);

}  // namespace medley::serving
