#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include <chrono>
#include <cstdint>
#include <memory>

#include "apps/medley_decode/refusal.h"

/// FFmpeg's objects as values that free themselves, the codecs taken, and the budget that every
/// call decodes within.
namespace medley::decoding {

struct FreeFfmpeg {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
  void operator()(SwrContext* resampler) const { swr_free(&resampler); }
};
template <typename T>
using Ffmpeg = std::unique_ptr<T, FreeFfmpeg>;

/// Names of libavcodec's decoders, separated by commas. All else is refused before it sees a byte.
extern const char* const kCodecs;

/// What one call may spend.
/// Units: pixels of a frame, seconds of playing time, a moment of the steady clock.
struct Budget {
  std::int64_t max_pixels = 0;
  double max_seconds = 0;
  std::uint64_t memory_bytes = 0;
  std::chrono::steady_clock::time_point deadline;

  bool Spent() const { return std::chrono::steady_clock::now() >= deadline; }
  Decoded<void> CheckPixels(std::int64_t width, std::int64_t height) const;
  Decoded<void> CheckSeconds(double seconds) const;
};

/// Which of the refusals libav's error means; `what` begins the sentence ("the picture").
Refusal FromFfmpeg(int error, const char* what, const Budget& budget);

/// An opened decoder of one thread, held to the budget's pixels.
/// Errors: kUnsupported for a codec not taken.
Decoded<Ffmpeg<AVCodecContext>> OpenCodec(const AVCodecParameters& stream,
                                          const Budget& budget,
                                          const char* what);

}  // namespace medley::decoding
