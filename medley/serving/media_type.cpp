#include "medley/serving/media_type.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace medley::serving {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  MediaType type;
};

constexpr std::array kMagics = {
    Magic{0, "\xff\xd8\xff"sv, {"image/jpeg", "jpg"}},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, {"image/png", "png"}},
    Magic{0, "GIF87a"sv, {"image/gif", "gif"}},
    Magic{0, "GIF89a"sv, {"image/gif", "gif"}},
    Magic{0, "BM"sv, {"image/bmp", "bmp"}},
    Magic{8, "WEBP"sv, {"image/webp", "webp"}},
    Magic{8, "WAVE"sv, {"audio/wav", "wav"}},
    Magic{8, "AVI "sv, {"video/x-msvideo", "avi"}},
    Magic{0, "fLaC"sv, {"audio/flac", "flac"}},
    Magic{0, "ID3"sv, {"audio/mpeg", "mp3"}},
};

/// Ogg carries sound or film; the first packet says which.
MediaType OggType(std::string_view head) {
  const bool film = head.find("\x80theora"sv) != std::string_view::npos;
  return film ? MediaType{"video/ogg", "ogv"} : MediaType{"audio/ogg", "ogg"};
}

MediaType IsoType(std::string_view brand) {
  if (brand.starts_with("M4A") || brand.starts_with("M4B")) return {"audio/mp4", "m4a"};
  if (brand.starts_with("qt")) return {"video/quicktime", "mov"};
  return {"video/mp4", "mp4"};
}

/// MPEG audio has no signature, only eleven set bits and fields with forbidden values; layer 0 is
/// AAC's.
MediaType FrameType(std::string_view head) {
  constexpr MediaType kNone{"application/octet-stream", "bin"};
  if (head.size() < 4 || static_cast<unsigned char>(head[0]) != 0xff) return kNone;
  const auto second = static_cast<unsigned char>(head[1]);
  if ((second & 0xf6U) == 0xf0) return {"audio/aac", "aac"};
  const bool sync = (second & 0xe0U) == 0xe0;
  const bool known_version = (second & 0x18U) != 0x08;
  const bool known_layer = (second & 0x06U) != 0;
  return sync && known_version && known_layer ? MediaType{"audio/mpeg", "mp3"} : kNone;
}

}  // namespace

MediaType SniffMediaType(std::string_view head) {
  for (const auto& magic : kMagics) {
    if (head.size() < magic.offset + magic.bytes.size()) continue;
    if (head.substr(magic.offset, magic.bytes.size()) != magic.bytes) continue;
    if (magic.offset == 8 && !head.starts_with("RIFF") && !head.starts_with("RF64")) continue;
    return magic.type;
  }
  if (head.starts_with("OggS")) return OggType(head);
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") return IsoType(head.substr(8, 4));
  if (head.starts_with("\x1a\x45\xdf\xa3")) {
    const bool webm = head.find("webm") != std::string_view::npos;
    return webm ? MediaType{"video/webm", "webm"} : MediaType{"video/x-matroska", "mkv"};
  }
  return FrameType(head);
}

std::string_view AssetContentType(std::string_view path) {
  struct Row {
    std::string_view extension;
    std::string_view type;
  };
  static constexpr std::array kRows = {
      Row{".html", "text/html; charset=utf-8"},
      Row{".js", "text/javascript; charset=utf-8"},
      Row{".mjs", "text/javascript; charset=utf-8"},
      Row{".css", "text/css; charset=utf-8"},
      Row{".json", "application/json"},
      Row{".map", "application/json"},
      Row{".webmanifest", "application/manifest+json"},
      Row{".txt", "text/plain; charset=utf-8"},
      Row{".svg", "image/svg+xml"},
      Row{".png", "image/png"},
      Row{".jpg", "image/jpeg"},
      Row{".webp", "image/webp"},
      Row{".ico", "image/x-icon"},
      Row{".woff2", "font/woff2"},
      Row{".wasm", "application/wasm"},
  };
  const auto* row =
      std::ranges::find_if(kRows, [&](const Row& r) { return path.ends_with(r.extension); });
  return row == kRows.end() ? "application/octet-stream" : row->type;
}

}  // namespace medley::serving
