#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/medley_decode/container.h"
#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/refusal.h"
#include "apps/medley_decode/tracks.h"

namespace medley::decoding {
namespace {

constexpr int kMaxChannels = 64;
/// Beyond these no recorder goes, and the resampler's tables would take seconds and gigabytes.
constexpr int kMinRate = 1000;
constexpr int kMaxRate = 768'000;

bool IsRateTaken(int rate) { return rate >= kMinRate && rate <= kMaxRate; }

/// Takes decoded frames of any rate and layout, and fills `samples` with mono of one rate.
class MonoWriter {
 public:
  MonoWriter(int sample_rate, std::span<float> samples)
      : sample_rate_(sample_rate), samples_(samples) {}

  bool full() const { return written_ == samples_.size(); }
  std::size_t written() const { return written_; }

  /// Negative: libav's error. A stream may change its form on the way.
  int Write(const AVFrame* frame) {
    if (!resampler_ || !SameForm(frame)) {
      Flush();
      if (const int error = Start(frame); error < 0) return error;
    }
    return Convert(const_cast<const std::uint8_t**>(frame->extended_data), frame->nb_samples);
  }

  /// What the resampler still holds.
  void Flush() {
    if (resampler_ != nullptr) Convert(nullptr, 0);
  }

 private:
  bool SameForm(const AVFrame* frame) const {
    return frame->sample_rate == rate_ && frame->format == format_ &&
           frame->ch_layout.nb_channels == channels_;
  }

  int Start(const AVFrame* frame) {
    channels_ = frame->ch_layout.nb_channels;
    rate_ = frame->sample_rate;
    format_ = frame->format;
    if (channels_ < 1 || channels_ > kMaxChannels || !IsRateTaken(rate_))
      return AVERROR_INVALIDDATA;
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    AVChannelLayout any{};
    any.order = AV_CHANNEL_ORDER_UNSPEC;
    any.nb_channels = channels_;
    SwrContext* made = nullptr;
    int error = swr_alloc_set_opts2(&made,
                                    &mono,
                                    AV_SAMPLE_FMT_FLT,
                                    sample_rate_,
                                    &any,
                                    static_cast<AVSampleFormat>(format_),
                                    rate_,
                                    0,
                                    nullptr);
    resampler_.reset(made);
    // The plain mean of the channels: it never clips, and needs no layout to be known.
    const std::vector<double> mean(channels_, 1.0 / channels_);
    if (error >= 0) error = swr_set_matrix(made, mean.data(), channels_);
    if (error >= 0) error = swr_init(made);
    if (error < 0) resampler_.reset();
    return error;
  }

  int Convert(const std::uint8_t** input, int count) {
    auto* out = reinterpret_cast<std::uint8_t*>(samples_.data() + written_);
    const auto room = static_cast<int>(std::min<std::size_t>(samples_.size() - written_, 1 << 28));
    const int made = swr_convert(resampler_.get(), &out, room, input, count);
    if (made < 0) return made;
    for (float& sample : samples_.subspan(written_, made))
      sample = std::isfinite(sample) ? std::clamp(sample, -1.F, 1.F) : 0.F;
    written_ += made;
    return 0;
  }

  int sample_rate_;
  std::span<float> samples_;
  std::size_t written_ = 0;
  Ffmpeg<SwrContext> resampler_;
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
};

/// All frames that the codec has ready. Damaged ones are passed over.
void Drain(AVCodecContext* codec, AVFrame* frame, MonoWriter& writer) {
  while (!writer.full() && avcodec_receive_frame(codec, frame) >= 0) {
    writer.Write(frame);
    av_frame_unref(frame);
  }
}

}  // namespace

Decoded<std::uint64_t> DecodeSoundTrack(Bytes file,
                                        FileType type,
                                        const SoundTask& task,
                                        const Budget& budget,
                                        std::span<float> samples) {
  if (IsPicture(type)) return Unsupported("the file is a picture, not a sound");
  auto container = Container::Open(type, file, budget);
  if (!container) return tl::unexpected(container.error());
  if (container->sound() == nullptr) return Unsupported("the file has no sound track");
  if (const int rate = container->sound()->codecpar->sample_rate; rate != 0 && !IsRateTaken(rate)) {
    return Unsupported("it has " + std::to_string(rate) +
                       " samples a second; 1,000 to 768,000 are taken");
  }
  auto codec = OpenCodec(*container->sound()->codecpar, budget, "the sound");
  if (!codec) return tl::unexpected(codec.error());
  (*codec)->pkt_timebase = container->sound()->time_base;
  container->ReadOnly(container->sound());
  const Ffmpeg<AVPacket> packet(av_packet_alloc());
  const Ffmpeg<AVFrame> frame(av_frame_alloc());
  if (packet == nullptr || frame == nullptr)
    return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the sound", budget));
  MonoWriter writer(task.sample_rate, samples);
  while (!writer.full() && container->NextPacket(packet.get())) {
    if (budget.Spent()) return TooSlow();
    if (packet->stream_index != container->sound()->index) continue;
    if (avcodec_send_packet(codec->get(), packet.get()) >= 0)
      Drain(codec->get(), frame.get(), writer);
  }
  if (budget.Spent()) return TooSlow();
  avcodec_send_packet(codec->get(), nullptr);
  Drain(codec->get(), frame.get(), writer);
  if (!writer.full()) writer.Flush();
  if (writer.written() == 0) return Corrupt("the sound is empty, damaged or cut short");
  return writer.written();
}

}  // namespace medley::decoding
