// medley-decode: turns untrusted pictures, sounds and films into pixels and samples for the Decoder
// that started it (medley/media/decoder.h). It speaks only over the descriptors it is born with;
// see medley/media/decode_protocol.h.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <iterator>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "apps/medley_decode/container.h"
#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"
#include "apps/medley_decode/sandbox.h"
#include "apps/medley_decode/tracks.h"
#include "medley/media/decode_protocol.h"

namespace medley::decoding {
namespace {

using media::DecodeHello;
using media::DecodeOutcome;
using media::DecodeReply;
using media::DecodeRequest;
using media::DecodeTask;

/// One of the two shared memories, mapped as far as the calls so far needed it.
class SharedWindow {
 public:
  SharedWindow(int fd, int protection) : fd_(fd), protection_(protection) {}

  std::uint8_t* Map(std::size_t bytes) {
    if (bytes > size_) {
      if (at_ != nullptr) munmap(at_, size_);
      at_ = nullptr;
      size_ = 0;
      void* mapped = mmap(nullptr, bytes, protection_, MAP_SHARED, fd_, 0);
      if (mapped == MAP_FAILED) throw std::bad_alloc();
      at_ = static_cast<std::uint8_t*>(mapped);
      size_ = bytes;
    }
    return at_;
  }

 private:
  int fd_;
  int protection_;
  std::uint8_t* at_ = nullptr;
  std::size_t size_ = 0;
};

std::string_view MimeOf(FileType type, const Container* container) {
  switch (type) {
    case FileType::kJpeg:
      return "image/jpeg";
    case FileType::kPng:
      return "image/png";
    case FileType::kWebp:
      return "image/webp";
    case FileType::kGif:
      return "image/gif";
    case FileType::kBmp:
      return "image/bmp";
    case FileType::kWav:
      return "audio/wav";
    case FileType::kFlac:
      return "audio/flac";
    case FileType::kOgg:
      return "audio/ogg";
    case FileType::kMp3:
      return "audio/mpeg";
    case FileType::kAac:
      return "audio/aac";
    case FileType::kMp4:
      return container->film() == nullptr ? "audio/mp4" : "video/mp4";
    case FileType::kQuickTime:
      return "video/quicktime";
    case FileType::kWebm:
      return "video/webm";
    case FileType::kMatroska:
      return "video/x-matroska";
    case FileType::kAvi:
      return "video/x-msvideo";
  }
  return "";
}

std::uint32_t MimeIndex(std::string_view mime) {
  return static_cast<std::uint32_t>(std::ranges::find(media::kMimeTypes, mime) -
                                    media::kMimeTypes.begin());
}

void SetSize(DecodeReply& reply, int width, int height, Orientation orientation) {
  reply.width = IsQuarterTurn(orientation) ? height : width;
  reply.height = IsQuarterTurn(orientation) ? width : height;
}

Decoded<void> Probe(Bytes file, FileType type, const Budget& budget, DecodeReply& reply) {
  if (IsPicture(type)) {
    auto header = ReadPictureHeader(type, file);
    if (!header) return tl::unexpected(header.error());
    if (auto fits = budget.CheckPixels(header->width, header->height); !fits) return fits;
    reply.mime = MimeIndex(MimeOf(type, nullptr));
    SetSize(reply, header->width, header->height, header->orientation);
    return {};
  }
  auto container = Container::Open(type, file, budget);
  if (!container) return tl::unexpected(container.error());
  reply.mime = MimeIndex(MimeOf(type, &*container));
  reply.duration_s = container->duration_s();
  if (const AVStream* film = container->film(); film != nullptr) {
    SetSize(reply, film->codecpar->width, film->codecpar->height, container->orientation());
  }
  return {};
}

/// The film's sound, if there is any that can be decoded: a film with a broken sound track is still
/// a film to look at.
Decoded<std::uint64_t> DecodeSoundOfFilm(Bytes file,
                                         FileType type,
                                         const SoundTask& task,
                                         const Budget& budget,
                                         std::span<float> samples) {
  auto written = DecodeSoundTrack(file, type, task, budget, samples);
  if (!written && written.error().outcome == DecodeOutcome::kTimeout) return written;
  return written.value_or(0);
}

Decoded<void> Serve(const DecodeRequest& request,
                    Bytes file,
                    const Budget& budget,
                    std::uint8_t* out,
                    DecodeReply& reply) {
  auto type = RecogniseType(file);
  if (!type) return tl::unexpected(type.error());
  const PictureTask picture{request.side, request.crop};
  const SoundTask sound{request.sample_rate, request.max_samples};
  const std::size_t frame_bytes = media::FrameBytes(request.side);
  const auto samples = [&](std::size_t offset) {
    return std::span(reinterpret_cast<float*>(out + offset), request.max_samples);
  };
  Decoded<std::uint64_t> written = 0;
  switch (request.task) {
    case DecodeTask::kProbe:
      return Probe(file, *type, budget, reply);
    case DecodeTask::kImage:
      return DecodePicture(file, *type, picture, budget, {out, frame_bytes});
    case DecodeTask::kSound:
      written = DecodeSoundTrack(file, *type, sound, budget, samples(0));
      break;
    case DecodeTask::kClip: {
      auto film = DecodeFilmTrack(
          file, *type, picture, request.frames, budget, {out, frame_bytes * request.frames});
      if (!film) return film;
      if (request.max_samples == 0 || *type == FileType::kGif) break;
      written = DecodeSoundOfFilm(
          file, *type, sound, budget, samples(media::SamplesOffset(request.side, request.frames)));
      break;
    }
  }
  if (!written) return tl::unexpected(written.error());
  reply.samples = *written;
  return {};
}

void SetRefusal(DecodeReply& reply, const Refusal& refusal) {
  reply.outcome = refusal.outcome;
  const std::size_t length = std::min(refusal.message.size(), reply.message.size() - 1);
  std::copy_n(refusal.message.begin(), length, reply.message.begin());
}

class Service {
 public:
  explicit Service(const DecodeHello& hello) : hello_(hello) {}

  DecodeReply Answer(const DecodeRequest& request) {
    DecodeReply reply;
    Budget budget{hello_.max_pixels,
                  hello_.max_seconds,
                  hello_.memory_bytes,
                  std::chrono::steady_clock::now()};
    budget.deadline += std::chrono::microseconds(static_cast<std::int64_t>(request.seconds * 1e6));
    try {
      const Bytes file(input_.Map(request.input_bytes), request.input_bytes);
      std::uint8_t* out = output_.Map(request.output_bytes);
      if (auto served = Serve(request, file, budget, out, reply); !served)
        SetRefusal(reply, served.error());
    } catch (const std::bad_alloc&) {
      SetRefusal(reply, FromFfmpeg(AVERROR(ENOMEM), "the file", budget));
    } catch (const std::exception&) {
      SetRefusal(reply, Corrupt("the file is damaged").value());
    }
    return reply;
  }

 private:
  DecodeHello hello_;
  SharedWindow input_{media::kInputFd, PROT_READ};
  SharedWindow output_{media::kOutputFd, PROT_READ | PROT_WRITE};
};

/// Some codecs build tables or look at the machine when first opened: after the filter is loaded it
/// would be too late.
void WarmUp() {
  tzset();  // for the dates that cameras write; it reads the zone's file
  av_log_set_callback([](void*, int, const char*, va_list) {});
  const Budget budget{1 << 20, 1, 1 << 20, {}};
  void* walk = nullptr;
  while (const AVCodec* codec = av_codec_iterate(&walk)) {
    if (av_codec_is_decoder(codec) == 0) continue;
    AVCodecParameters* parameters = avcodec_parameters_alloc();
    if (parameters == nullptr) return;
    parameters->codec_type = codec->type;
    parameters->codec_id = codec->id;
    parameters->sample_rate = 16000;
    av_channel_layout_default(&parameters->ch_layout, 1);
    const std::string listed = std::string(",") + kCodecs + ",";
    if (listed.find("," + std::string(codec->name) + ",") != std::string::npos) {
      static_cast<void>(OpenCodec(*parameters, budget, ""));
    }
    avcodec_parameters_free(&parameters);
  }
}

template <typename T>
bool Receive(T& message) {
  ssize_t count = 0;
  do {
    count = read(media::kSocketFd, &message, sizeof message);
  } while (count < 0 && errno == EINTR);
  return count == static_cast<ssize_t>(sizeof message);
}

bool Send(const DecodeReply& reply) {
  return write(media::kSocketFd, &reply, sizeof reply) == sizeof reply;
}

int Run() {
  DecodeHello hello;
  if (!Receive(hello) || hello.magic != media::kProtocolMagic) {
    std::fputs("medley-decode is started by medley, not by hand\n", stderr);
    return 64;
  }
  DecodeReply ready;
  std::string failure = CutLoose(hello.parent_pid);
  if (failure.empty()) {
    av_max_alloc(hello.memory_bytes);
    WarmUp();
    failure = LockIn(hello.memory_bytes + hello.max_input_bytes + media::kMaxOutputBytes);
  }
  if (!failure.empty()) SetRefusal(ready, {DecodeOutcome::kFailed, failure});
  if (!Send(ready) || !failure.empty()) return 1;
  Service service(hello);
  DecodeRequest request;
  while (Receive(request)) {
    if (!Send(service.Answer(request))) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace medley::decoding

int main() { return medley::decoding::Run(); }
