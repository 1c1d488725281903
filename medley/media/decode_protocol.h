#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a Decoder and the program medley-decode say to each other: fixed-size messages over a
/// SOCK_SEQPACKET socket. The file travels through one shared memory, pixels and samples through
/// another; both are made, sized and sealed against shrinking by the Decoder. Both sides are of one
/// build; kProtocolMagic changes with any change of these structures.
namespace medley::media {

inline constexpr std::uint64_t kProtocolMagic = 0x6d65646c65790001;

/// Descriptors that medley-decode is born with.
inline constexpr int kSocketFd = 3;
inline constexpr int kInputFd = 4;
inline constexpr int kOutputFd = 5;

/// More than this never comes out of one call: what a specification may ask for is bounded by it.
inline constexpr std::size_t kMaxOutputBytes = std::size_t{256} << 20;

/// First message, to the child. It answers with a DecodeReply once it has locked itself in.
struct DecodeHello {
  std::uint64_t magic = kProtocolMagic;
  std::int64_t parent_pid = 0;
  std::uint64_t max_input_bytes = 0;
  std::uint64_t memory_bytes = 0;
  std::int64_t max_pixels = 0;
  double max_seconds = 0;
};

enum class DecodeTask : std::uint32_t { kProbe, kImage, kSound, kClip };

struct DecodeRequest {
  DecodeTask task = DecodeTask::kProbe;
  std::int32_t side = 0;
  double crop = 1;
  std::int32_t frames = 0;
  std::int32_t sample_rate = 0;
  std::uint64_t max_samples = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes =
      0;               ///< room for the frames, then for the samples (see SamplesOffset)
  double seconds = 0;  ///< after which the child gives up by itself
};

/// How a call ended, as the child says; the Decoder turns it into an ErrorCode.
enum class DecodeOutcome : std::uint32_t { kOk, kUnsupported, kCorrupt, kLimit, kTimeout, kFailed };

/// The types of files taken, by their position in kMimeTypes.
inline constexpr std::array<std::string_view, 16> kMimeTypes = {"image/jpeg",
                                                                "image/png",
                                                                "image/webp",
                                                                "image/gif",
                                                                "image/bmp",
                                                                "audio/wav",
                                                                "audio/flac",
                                                                "audio/ogg",
                                                                "audio/mpeg",
                                                                "audio/aac",
                                                                "audio/mp4",
                                                                "video/mp4",
                                                                "video/quicktime",
                                                                "video/webm",
                                                                "video/x-matroska",
                                                                "video/x-msvideo"};

struct DecodeReply {
  std::uint64_t magic = kProtocolMagic;
  DecodeOutcome outcome = DecodeOutcome::kOk;
  std::uint32_t mime = 0;  ///< kProbe: index into kMimeTypes
  std::int32_t width = 0;
  std::int32_t height = 0;
  double duration_s = 0;
  std::uint64_t samples = 0;
  std::array<char, 160> message{};  ///< ends with a zero byte
};

/// Bytes of `frames` square pictures of `side` pixels.
constexpr std::size_t FrameBytes(int side) { return std::size_t{3} * side * side; }
/// Where samples begin in the output, behind the frames, aligned for floats.
constexpr std::size_t SamplesOffset(int side, int frames) {
  return (FrameBytes(side) * frames + 63) / 64 * 64;
}

}  // namespace medley::media
