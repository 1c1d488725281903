#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "apps/medley_decode/container.h"
#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"
#include "apps/medley_decode/square_picture.h"
#include "apps/medley_decode/tracks.h"

namespace medley::decoding {
namespace {

/// Farther ahead than this, looking for a key frame is cheaper than decoding everything on the way.
constexpr double kSeekAheadSeconds = 8;
/// Frames decoded between a key frame and the moment asked for; past them, the nearest so far
/// stands for it.
constexpr int kMaxFramesAfterSeek = 300;

/// Decoded frames of one film in the order they are shown.
class FrameReader {
 public:
  static Decoded<FrameReader> Open(Container container, const Budget& budget) {
    auto codec = OpenCodec(*container.film()->codecpar, budget, "the film");
    if (!codec) return tl::unexpected(codec.error());
    (*codec)->pkt_timebase = container.film()->time_base;
    container.ReadOnly(container.film());
    FrameReader reader(std::move(container), std::move(*codec));
    if (reader.packet_ == nullptr || reader.next_ == nullptr) {
      return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the film", budget));
    }
    return reader;
  }

  /// Null before the first.
  AVFrame* current() const { return current_.get(); }
  const Container& container() const { return container_; }

  /// Goes on until current() is what is on screen at `seconds`, or the film ends.
  Decoded<void> GoTo(double seconds, const Budget& budget) {
    int left = kMaxFramesAfterSeek;
    const bool seeks =
        seconds - time_ > kSeekAheadSeconds && container_.Seek(container_.film(), seconds);
    if (seeks) {
      avcodec_flush_buffers(codec_.get());
      next_is_ready_ = false;
      ended_ = false;
    }
    while (!(seeks && left-- == 0 && current_ != nullptr)) {
      if (budget.Spent()) return TooSlow();
      if (!next_is_ready_ && !(next_is_ready_ = Receive())) return {};
      if (current_ != nullptr && TimeOf(next_.get()) > seconds) return {};
      if (current_ == nullptr) current_.reset(av_frame_alloc());
      if (current_ == nullptr)
        return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the film", budget));
      av_frame_unref(current_.get());
      time_ = TimeOf(next_.get());
      av_frame_move_ref(current_.get(), next_.get());
      next_is_ready_ = false;
    }
    return {};
  }

 private:
  FrameReader(Container container, Ffmpeg<AVCodecContext> codec)
      : container_(std::move(container)), codec_(std::move(codec)) {}

  /// A frame without a time is taken to be shown with the one before it.
  double TimeOf(const AVFrame* frame) const {
    const std::int64_t pts = frame->best_effort_timestamp;
    return pts == AV_NOPTS_VALUE ? time_ : SecondsOf(container_.film(), pts);
  }

  bool Receive() {
    while (true) {
      const int error = avcodec_receive_frame(codec_.get(), next_.get());
      if (error >= 0) return true;
      if (error != AVERROR(EAGAIN) || ended_) return false;
      if (!container_.NextPacket(packet_.get())) {
        ended_ = true;
        avcodec_send_packet(codec_.get(), nullptr);
      } else if (packet_->stream_index == container_.film()->index) {
        avcodec_send_packet(codec_.get(), packet_.get());  // a damaged packet gives no frame
      }
    }
  }

  Container container_;
  Ffmpeg<AVCodecContext> codec_;
  Ffmpeg<AVPacket> packet_{av_packet_alloc()};
  Ffmpeg<AVFrame> next_{av_frame_alloc()};
  Ffmpeg<AVFrame> current_;
  double time_ = 0;  ///< of the current frame
  bool next_is_ready_ = false;
  bool ended_ = false;
};

/// The playing time of the film track; by reading all of its packets where no header gives it.
double DurationOf(Bytes file, FileType type, const Container& container, const Budget& budget) {
  if (container.duration_s() > 0) return container.duration_s();
  auto scanned = Container::Open(type, file, budget);
  if (!scanned) return 0;
  scanned->ReadOnly(scanned->film());
  const Ffmpeg<AVPacket> packet(av_packet_alloc());
  double end = 0;
  while (packet != nullptr && scanned->NextPacket(packet.get())) {
    if (packet->pts != AV_NOPTS_VALUE)
      end = std::max(end, SecondsOf(scanned->film(), packet->pts + packet->duration));
  }
  return end;
}

}  // namespace

Decoded<void> DecodeFilmTrack(Bytes file,
                              FileType type,
                              const PictureTask& task,
                              int frames,
                              const Budget& budget,
                              std::span<std::uint8_t> rgb) {
  if (IsPicture(type) && type != FileType::kGif)
    return Unsupported("the file is a picture, not a film");
  auto container = Container::Open(type, file, budget);
  if (!container) return tl::unexpected(container.error());
  if (container->film() == nullptr) return Unsupported("the file has no film track");
  const double duration =
      frames == 1 && type == FileType::kGif ? 0 : DurationOf(file, type, *container, budget);
  if (auto fits = budget.CheckSeconds(duration); !fits) return fits;
  const View view{container->orientation(), container->pixel_aspect()};
  auto reader = FrameReader::Open(std::move(*container), budget);
  if (!reader) return tl::unexpected(reader.error());
  SquarePicture square(task.side, task.crop);
  const std::size_t frame_bytes = rgb.size() / frames;
  for (int i = 0; i < frames; ++i) {
    if (auto gone = reader->GoTo((i + 0.5) / frames * duration, budget); !gone) return gone;
    if (reader->current() == nullptr)
      return Corrupt("not one frame can be decoded: the file is damaged or cut short");
    const Ffmpeg<AVFrame> shown(av_frame_clone(reader->current()));
    if (shown == nullptr) return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the film", budget));
    if (auto drawn =
            square.Draw(shown.get(), view, budget, rgb.subspan(i * frame_bytes, frame_bytes));
        !drawn)
      return drawn;
  }
  return {};
}

}  // namespace medley::decoding
