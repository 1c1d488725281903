#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "apps/medley_decode/container.h"
#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/picture_header.h"
#include "apps/medley_decode/refusal.h"
#include "apps/medley_decode/square_picture.h"
#include "apps/medley_decode/tracks.h"

namespace medley::decoding {
namespace {

AVCodecID CodecOf(FileType type) {
  switch (type) {
    case FileType::kJpeg:
      return AV_CODEC_ID_MJPEG;
    case FileType::kPng:
      return AV_CODEC_ID_PNG;
    case FileType::kWebp:
      return AV_CODEC_ID_WEBP;
    default:
      return AV_CODEC_ID_BMP;
  }
}

/// A copy with the zeros behind it that libavcodec's readers may run into.
Decoded<Ffmpeg<AVPacket>> PacketOf(Bytes file, const Budget& budget) {
  Ffmpeg<AVPacket> packet(av_packet_alloc());
  if (packet == nullptr || av_new_packet(packet.get(), static_cast<int>(file.size())) < 0) {
    return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the picture", budget));
  }
  std::memcpy(packet->data, file.data(), file.size());
  packet->flags |= AV_PKT_FLAG_KEY;
  return packet;
}

Decoded<Ffmpeg<AVFrame>> DecodeWhole(Bytes file, AVCodecID id, const Budget& budget) {
  Ffmpeg<AVCodecParameters> parameters(avcodec_parameters_alloc());
  if (parameters == nullptr)
    return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the picture", budget));
  parameters->codec_type = AVMEDIA_TYPE_VIDEO;
  parameters->codec_id = id;
  auto codec = OpenCodec(*parameters, budget, "the picture");
  if (!codec) return tl::unexpected(codec.error());
  (*codec)->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
  auto packet = PacketOf(file, budget);
  if (!packet) return tl::unexpected(packet.error());
  Ffmpeg<AVFrame> frame(av_frame_alloc());
  if (frame == nullptr) return tl::unexpected(FromFfmpeg(AVERROR(ENOMEM), "the picture", budget));
  int error = avcodec_send_packet(codec->get(), packet->get());
  if (error >= 0) avcodec_send_packet(codec->get(), nullptr);
  if (error >= 0) error = avcodec_receive_frame(codec->get(), frame.get());
  if (error < 0) return tl::unexpected(FromFfmpeg(error, "the picture", budget));
  return frame;
}

}  // namespace

Decoded<void> DecodePicture(Bytes file,
                            FileType type,
                            const PictureTask& task,
                            const Budget& budget,
                            std::span<std::uint8_t> rgb) {
  if (!IsPicture(type)) return Unsupported("the file is a sound or a film, not a picture");
  auto header = ReadPictureHeader(type, file);
  if (!header) return tl::unexpected(header.error());
  if (auto fits = budget.CheckPixels(header->width, header->height); !fits) return fits;
  if (type == FileType::kGif) return DecodeFilmTrack(file, type, task, 1, budget, rgb);
  std::vector<std::uint8_t> still;
  if (header->animated_webp) {
    auto first = FirstFrameOfWebp(file);
    if (!first) return tl::unexpected(first.error());
    still = std::move(*first);
    file = still;
  }
  auto frame = DecodeWhole(file, CodecOf(type), budget);
  if (!frame) return tl::unexpected(frame.error());
  return SquarePicture(task.side, task.crop).Draw(frame->get(), {header->orientation}, budget, rgb);
}

}  // namespace medley::decoding
