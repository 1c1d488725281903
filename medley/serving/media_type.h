#pragma once

#include <string_view>

namespace medley::serving {

/// What a media file is, told from its first bytes (64 are enough): only formats that the decoder
/// takes have a name here, so that a stored file can never reach a browser as a page or a script.
struct MediaType {
  std::string_view mime;       ///< "application/octet-stream": none of them
  std::string_view extension;  ///< "jpg"
};
MediaType SniffMediaType(std::string_view head);

/// The type of one of the console's own files, by its name. Missing: "application/octet-stream".
std::string_view AssetContentType(std::string_view path);

}  // namespace medley::serving
