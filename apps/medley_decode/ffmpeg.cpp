#include "apps/medley_decode/ffmpeg.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "apps/medley_decode/refusal.h"

namespace medley::decoding {
namespace {

const AVCodec* FindCodec(AVCodecID id) {
  // The built-in AV1 decoder needs a graphics card.
  if (id == AV_CODEC_ID_AV1) return avcodec_find_decoder_by_name("libdav1d");
  const AVCodec* codec = avcodec_find_decoder(id);
  if (codec == nullptr) return nullptr;
  const std::string names = std::string(",") + kCodecs + ",";
  return names.find("," + std::string(codec->name) + ",") == std::string::npos ? nullptr : codec;
}

std::string WholeNumber(double value) {
  return std::to_string(static_cast<std::int64_t>(std::llround(value)));
}

}  // namespace

const char* const kCodecs =
    "mjpeg,png,webp,gif,bmp,h264,hevc,mpeg4,vp8,vp9,libdav1d,"
    "flac,vorbis,opus,mp3float,aac,alac,adpcm_ms,adpcm_ima_wav,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_"
    "f64be";

Decoded<void> Budget::CheckPixels(std::int64_t width, std::int64_t height) const {
  if (width <= max_pixels && height <= max_pixels && width * height <= max_pixels) return {};
  return OverLimit("it is " + std::to_string(width) + " x " + std::to_string(height) +
                   " pixels; at most " + WholeNumber(static_cast<double>(max_pixels) / 1e6) +
                   " million are taken: make it smaller");
}

Decoded<void> Budget::CheckSeconds(double seconds) const {
  if (!(seconds > max_seconds)) return {};
  return OverLimit("it plays for " + WholeNumber(std::min(seconds, 1e15)) + " s; at most " +
                   WholeNumber(max_seconds) + " s are taken: cut it");
}

Refusal FromFfmpeg(int error, const char* what, const Budget& budget) {
  const std::string subject(what);
  switch (error) {
    case AVERROR(ENOMEM):
      return {media::DecodeOutcome::kLimit,
              subject + " needs more than the " + std::to_string(budget.memory_bytes >> 20) +
                  " MiB of memory allowed"};
    case AVERROR_PATCHWELCOME:
    case AVERROR_DECODER_NOT_FOUND:
    case AVERROR_DEMUXER_NOT_FOUND:
    case AVERROR(ENOSYS):
      return {media::DecodeOutcome::kUnsupported, subject + " uses a variant that is not taken"};
    case AVERROR_EXIT:
      return TooSlow().value();
    default:
      return {media::DecodeOutcome::kCorrupt, subject + " is damaged or cut short"};
  }
}

Decoded<Ffmpeg<AVCodecContext>> OpenCodec(const AVCodecParameters& stream,
                                          const Budget& budget,
                                          const char* what) {
  const AVCodec* codec = FindCodec(stream.codec_id);
  if (codec == nullptr) {
    return Unsupported(std::string(what) + " is coded as " + avcodec_get_name(stream.codec_id) +
                       ", which is not taken");
  }
  Ffmpeg<AVCodecContext> context(avcodec_alloc_context3(codec));
  if (context == nullptr) return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), what, budget));
  if (const int error = avcodec_parameters_to_context(context.get(), &stream); error < 0) {
    return tl::unexpected(FromFfmpeg(error, what, budget));
  }
  context->thread_count = 1;
  context->max_pixels = budget.max_pixels;
  if (const int error = avcodec_open2(context.get(), codec, nullptr); error < 0) {
    return tl::unexpected(FromFfmpeg(error, what, budget));
  }
  return context;
}

}  // namespace medley::decoding
