#pragma once

#include <string>
#include <tl/expected.hpp>

#include "medley/media/decode_protocol.h"

namespace medley::decoding {

/// Why a file is not decoded: how the call ended, and the reason in the user's words.
struct Refusal {
  media::DecodeOutcome outcome = media::DecodeOutcome::kFailed;
  std::string message;
};

template <typename T>
using Decoded = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> Unsupported(std::string message) {
  return tl::unexpected(Refusal{media::DecodeOutcome::kUnsupported, std::move(message)});
}
inline tl::unexpected<Refusal> Corrupt(std::string message) {
  return tl::unexpected(Refusal{media::DecodeOutcome::kCorrupt, std::move(message)});
}
inline tl::unexpected<Refusal> OverLimit(std::string message) {
  return tl::unexpected(Refusal{media::DecodeOutcome::kLimit, std::move(message)});
}
inline tl::unexpected<Refusal> TooSlow() {
  return tl::unexpected(Refusal{media::DecodeOutcome::kTimeout, "it takes too long to decode"});
}

}  // namespace medley::decoding
