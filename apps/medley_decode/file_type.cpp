#include "apps/medley_decode/file_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string_view>

#include "apps/medley_decode/refusal.h"

namespace medley::decoding {
namespace {

std::string_view Text(Bytes file, std::size_t from, std::size_t length) {
  if (file.size() < from + length) return {};
  return {reinterpret_cast<const char*>(file.data()) + from, length};
}

bool StartsWith(Bytes file, std::string_view magic) { return Text(file, 0, magic.size()) == magic; }

/// A bitmap's two letters are weak evidence: its second header must have a length that exists, too.
bool IsBmp(Bytes file) {
  if (!StartsWith(file, "BM") || file.size() < 26) return false;
  constexpr std::array<std::uint8_t, 7> kHeaderBytes = {12, 40, 52, 56, 64, 108, 124};
  return std::ranges::find(kHeaderBytes, file[14]) != kHeaderBytes.end() && file[15] == 0;
}

/// The first bytes of an MPEG audio frame: eleven set bits, then no forbidden version, layer, rate.
bool IsMpegAudioFrame(Bytes file) {
  if (file.size() < 4 || file[0] != 0xff || (file[1] & 0xe0) != 0xe0) return false;
  const bool version = (file[1] & 0x18) != 0x08;
  const bool layer_three = (file[1] & 0x06) == 0x02;
  return version && layer_three && (file[2] & 0xf0) != 0xf0 && (file[2] & 0x0c) != 0x0c;
}

bool IsAdtsFrame(Bytes file) {
  return file.size() >= 7 && file[0] == 0xff && (file[1] & 0xf6) == 0xf0 &&
         (file[2] & 0x3c) <= 0x30;
}

Decoded<FileType> RecogniseIsoMedia(Bytes file) {
  const std::string_view brand = Text(file, 8, 4);
  for (const std::string_view still :
       {"heic", "heix", "heim", "heis", "mif1", "msf1", "avif", "avis"}) {
    if (brand == still)
      return Unsupported("HEIC and AVIF pictures are not taken; save it as JPEG or PNG");
  }
  return brand == "qt  " ? FileType::kQuickTime : FileType::kMp4;
}

Decoded<FileType> RecogniseRiff(Bytes file) {
  const std::string_view form = Text(file, 8, 4);
  if (form == "WAVE") return FileType::kWav;
  if (form == "WEBP") return FileType::kWebp;
  if (form == "AVI ") return FileType::kAvi;
  return Unsupported("a RIFF file, but neither WAV nor WebP nor AVI");
}

/// The tag may stand before any kind of sound; what follows it decides.
Decoded<FileType> RecogniseAfterId3(Bytes file) {
  if (file.size() < 10) return Corrupt("the file ends inside its first tag");
  const std::size_t length =
      (file[6] & 0x7f) << 21 | (file[7] & 0x7f) << 14 | (file[8] & 0x7f) << 7 | (file[9] & 0x7f);
  if (file.size() <= 10 + length) return Corrupt("the file ends inside its first tag");
  const Bytes rest = file.subspan(10 + length);
  if (StartsWith(rest, "fLaC")) return FileType::kFlac;
  return IsAdtsFrame(rest) ? FileType::kAac : FileType::kMp3;
}

std::string_view AdviceForText(Bytes file) {
  std::string_view text = Text(file, 0, std::min<std::size_t>(file.size(), 1024));
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0)
    text.remove_prefix(1);
  if (text.find("<svg") != std::string_view::npos)
    return "SVG drawings are not taken; save it as PNG";
  for (const std::string_view sign : {"#EXTM3U", "ffconcat", "[playlist]", "<MPD", "#EXT-X"}) {
    if (text.find(sign) != std::string_view::npos) {
      return "playlists are not taken; give the songs or films themselves";
    }
  }
  if (text.starts_with("%PDF")) return "PDF is not taken; save its pages as JPEG or PNG";
  if (text.starts_with("II*") || text.starts_with("MM"))
    return "TIFF is not taken; save it as JPEG or PNG";
  return "the format is not one of those taken: JPEG, PNG, WebP, GIF, BMP; WAV, FLAC, Ogg, Opus, "
         "MP3, "
         "AAC; MP4, MOV, WebM, MKV, AVI";
}

}  // namespace

Decoded<FileType> RecogniseType(Bytes file) {
  if (file.empty()) return Corrupt("the file is empty");
  if (StartsWith(file, "\xff\xd8\xff")) return FileType::kJpeg;
  if (StartsWith(file, "\x89PNG\r\n\x1a\n")) return FileType::kPng;
  if (StartsWith(file, "GIF87a") || StartsWith(file, "GIF89a")) return FileType::kGif;
  if (IsBmp(file)) return FileType::kBmp;
  if (StartsWith(file, "RIFF")) return RecogniseRiff(file);
  if (StartsWith(file, "fLaC")) return FileType::kFlac;
  if (StartsWith(file, "OggS")) return FileType::kOgg;
  if (StartsWith(file, "ID3")) return RecogniseAfterId3(file);
  if (Text(file, 4, 4) == "ftyp") return RecogniseIsoMedia(file);
  for (const std::string_view atom : {"moov", "mdat", "wide"}) {
    if (Text(file, 4, 4) == atom) return FileType::kQuickTime;
  }
  if (StartsWith(file, "\x1a\x45\xdf\xa3")) {
    const std::string_view head = Text(file, 0, std::min<std::size_t>(file.size(), 64));
    return head.find("webm") != std::string_view::npos ? FileType::kWebm : FileType::kMatroska;
  }
  if (IsAdtsFrame(file)) return FileType::kAac;
  if (IsMpegAudioFrame(file)) return FileType::kMp3;
  return Unsupported(std::string(AdviceForText(file)));
}

bool IsPicture(FileType type) { return type <= FileType::kBmp; }

const char* DemuxerName(FileType type) {
  switch (type) {
    case FileType::kGif:
      return "gif";
    case FileType::kWav:
      return "wav";
    case FileType::kFlac:
      return "flac";
    case FileType::kOgg:
      return "ogg";
    case FileType::kMp3:
      return "mp3";
    case FileType::kAac:
      return "aac";
    case FileType::kMp4:
    case FileType::kQuickTime:
      return "mov";
    case FileType::kWebm:
    case FileType::kMatroska:
      return "matroska";
    case FileType::kAvi:
      return "avi";
    default:
      return nullptr;
  }
}

}  // namespace medley::decoding
