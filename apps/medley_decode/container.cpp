#include "apps/medley_decode/container.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"

namespace medley::decoding {
namespace {

constexpr int kReadBytes = 32 << 10;
constexpr std::int64_t kProbeBytes = 4 << 20;

struct Source {
  Bytes file;
  std::int64_t at = 0;
  Budget budget;
};

int ReadSource(void* opaque, std::uint8_t* out, int length) {
  auto* source = static_cast<Source*>(opaque);
  if (source->budget.Spent()) return AVERROR_EXIT;
  const auto size = static_cast<std::int64_t>(source->file.size());
  const std::int64_t count = std::min<std::int64_t>(length, size - source->at);
  if (count <= 0) return AVERROR_EOF;
  std::memcpy(out, source->file.data() + source->at, count);
  source->at += count;
  return static_cast<int>(count);
}

std::int64_t SeekSource(void* opaque, std::int64_t offset, int whence) {
  auto* source = static_cast<Source*>(opaque);
  const auto size = static_cast<std::int64_t>(source->file.size());
  if ((whence & AVSEEK_SIZE) != 0) return size;
  whence &= ~AVSEEK_FORCE;
  std::int64_t base = 0;
  if (whence == SEEK_CUR) base = source->at;
  if (whence == SEEK_END) base = size;
  if (offset < -base || offset > size - base) return AVERROR(EINVAL);
  source->at = base + offset;
  return source->at;
}

int RefuseAddress(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EACCES);
}

int HasTimeLeft(void* opaque) { return static_cast<Source*>(opaque)->budget.Spent() ? 1 : 0; }

/// The options that libavformat hands to the codecs it opens to look into a stream.
class StreamOptions {
 public:
  StreamOptions(const AVFormatContext* format, const Budget& budget)
      : options_(format->nb_streams, nullptr) {
    for (AVDictionary*& options : options_) {
      av_dict_set(&options, "threads", "1", 0);
      av_dict_set_int(&options, "max_pixels", budget.max_pixels, 0);
    }
  }
  StreamOptions(const StreamOptions&) = delete;
  StreamOptions& operator=(const StreamOptions&) = delete;
  ~StreamOptions() {
    for (AVDictionary*& options : options_) av_dict_free(&options);
  }
  AVDictionary** get() { return options_.empty() ? nullptr : options_.data(); }

 private:
  std::vector<AVDictionary*> options_;
};

/// av_find_best_stream would prefer a cover over nothing, and opens what it likes.
AVStream* BestStream(const AVFormatContext* format, AVMediaType type) {
  AVStream* best = nullptr;
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    AVStream* stream = format->streams[i];
    if (stream->codecpar->codec_type != type ||
        (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
      continue;
    const bool is_default = (stream->disposition & AV_DISPOSITION_DEFAULT) != 0;
    if (best == nullptr || (is_default && (best->disposition & AV_DISPOSITION_DEFAULT) == 0))
      best = stream;
  }
  return best;
}

Decoded<void> CheckPixels(const AVFormatContext* format, const Budget& budget) {
  for (unsigned i = 0; i < format->nb_streams; ++i) {
    const AVCodecParameters& stream = *format->streams[i]->codecpar;
    if (stream.codec_type != AVMEDIA_TYPE_VIDEO) continue;
    if (auto fits = budget.CheckPixels(stream.width, stream.height); !fits) return fits;
  }
  return {};
}

}  // namespace

struct Container::State {
  Source source;
  AVIOContext* io = nullptr;
  AVFormatContext* format = nullptr;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    avformat_close_input(&format);
    if (io != nullptr) av_freep(static_cast<void*>(&io->buffer));
    avio_context_free(&io);
  }

  int Open(const char* demuxer) {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kReadBytes));
    format = avformat_alloc_context();
    if (buffer != nullptr)
      io = avio_alloc_context(buffer, kReadBytes, 0, &source, &ReadSource, nullptr, &SeekSource);
    if (format == nullptr || io == nullptr) return AVERROR(ENOMEM);
    format->pb = io;
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->io_open = &RefuseAddress;
    format->interrupt_callback = {&HasTimeLeft, &source};
    format->probesize = kProbeBytes;
    format->max_streams = 32;
    format->max_probe_packets = 8;  // else a WAV is searched through for DTS hidden in it
    format->codec_whitelist = av_strdup(kCodecs);
    format->format_whitelist = av_strdup(demuxer);
    format->protocol_whitelist = av_strdup("none");
    const AVInputFormat* input = av_find_input_format(demuxer);
    if (input == nullptr) return AVERROR_DEMUXER_NOT_FOUND;
    return avformat_open_input(&format, "", input, nullptr);
  }
};

Container::Container(std::unique_ptr<State> state) : state_(std::move(state)) {}
Container::Container(Container&&) noexcept = default;
Container::~Container() = default;

Decoded<Container> Container::Open(FileType type, Bytes file, const Budget& budget) {
  auto state = std::make_unique<State>();
  state->source = {file, 0, budget};
  int error = state->Open(DemuxerName(type));
  if (error >= 0) {
    // Asked first of the headers: the codec would refuse, but not say why.
    if (auto fits = CheckPixels(state->format, budget); !fits) return tl::unexpected(fits.error());
    StreamOptions options(state->format, budget);
    error = avformat_find_stream_info(state->format, options.get());
  }
  if (budget.Spent()) return TooSlow();
  if (error < 0) return tl::unexpected(FromFfmpeg(error, "the file", budget));
  Container container(std::move(state));
  container.film_ = BestStream(container.state_->format, AVMEDIA_TYPE_VIDEO);
  container.sound_ = BestStream(container.state_->format, AVMEDIA_TYPE_AUDIO);
  if (container.film_ == nullptr && container.sound_ == nullptr) {
    return Corrupt("the file holds neither pictures nor sound");
  }
  if (auto fits = budget.CheckSeconds(container.duration_s()); !fits)
    return tl::unexpected(fits.error());
  if (auto fits = CheckPixels(container.state_->format, budget); !fits)
    return tl::unexpected(fits.error());
  return container;
}

double SecondsOf(const AVStream* stream, std::int64_t pts) {
  const std::int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  return (static_cast<double>(pts) - static_cast<double>(start)) * av_q2d(stream->time_base);
}

double Container::duration_s() const {
  double duration = 0;
  if (state_->format->duration != AV_NOPTS_VALUE) {
    duration = static_cast<double>(state_->format->duration) / AV_TIME_BASE;
  }
  for (const AVStream* stream : {film_, sound_}) {
    if (stream == nullptr || stream->duration == AV_NOPTS_VALUE) continue;
    duration =
        std::max(duration, static_cast<double>(stream->duration) * av_q2d(stream->time_base));
  }
  return std::isfinite(duration) && duration > 0 ? duration : 0;
}

Orientation Container::orientation() const {
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(film_, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return 1;
  std::array<std::int32_t, 9> turned{};
  std::copy_n(matrix, 9, turned.begin());
  const bool mirrored =
      static_cast<double>(turned[0]) * turned[4] - static_cast<double>(turned[1]) * turned[3] < 0;
  if (mirrored) av_display_matrix_flip(turned.data(), 1, 0);
  const double degrees = av_display_rotation_get(turned.data());  // counter-clockwise
  if (std::isnan(degrees)) return 1;
  const int quarter = (static_cast<int>(std::lround(degrees / 90)) % 4 + 4) % 4;
  constexpr std::array<Orientation, 4> kTurned = {1, 8, 3, 6};
  constexpr std::array<Orientation, 4> kMirrored = {2, 7, 4, 5};
  return mirrored ? kMirrored[quarter] : kTurned[quarter];
}

double Container::pixel_aspect() const {
  const AVRational aspect = av_guess_sample_aspect_ratio(state_->format, film_, nullptr);
  const double value = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
  return value >= 0.25 && value <= 4 ? value : 1;
}

void Container::ReadOnly(const AVStream* stream) {
  for (unsigned i = 0; i < state_->format->nb_streams; ++i) {
    AVStream* other = state_->format->streams[i];
    other->discard = other == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
}

bool Container::NextPacket(AVPacket* packet) {
  av_packet_unref(packet);
  return av_read_frame(state_->format, packet) >= 0;
}

bool Container::Seek(const AVStream* stream, double seconds) {
  const std::int64_t start = stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
  const auto pts = static_cast<std::int64_t>(seconds / av_q2d(stream->time_base));
  return av_seek_frame(state_->format, stream->index, start + pts, AVSEEK_FLAG_BACKWARD) >= 0;
}

}  // namespace medley::decoding
