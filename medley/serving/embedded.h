#pragma once

#include <span>
#include <string_view>

namespace medley::serving {

/// A file that the build put into the program (cmake/EmbedFiles.cmake).
struct EmbeddedFile {
  std::string_view path;  ///< below the folder it came from: "assets/index-3f2a.js"
  std::string_view bytes;
  std::string_view etag;  ///< quoted hash of the bytes
};

/// The console as built into web/dist; empty when it was not there at build time.
std::span<const EmbeddedFile> ConsoleFiles();

/// api/openapi.yaml as JSON: one file.
std::span<const EmbeddedFile> ApiFiles();

}  // namespace medley::serving
