#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::storage {

/// Media files by the SHA-256 of their bytes: media/ab/cdef....  The same bytes are kept once; nothing is ever overwritten.
/// Threads: any.
class MediaStore {
 public:
  explicit MediaStore(std::filesystem::path root) : root_(std::move(root)) {}
  /// Copies the bytes in (a hard link or reflink where it can). Returns the hash. Errors: kNotFound, kIo, kLimitExceeded.
  Result<std::string> AddFile(const std::filesystem::path& file) const;
  Result<std::string> AddBytes(std::string_view bytes) const;
  /// Where the bytes lie. Errors: kInvalidInput for what is no hash, kNotFound.
  Result<std::filesystem::path> PathOf(std::string_view hash) const;

 private:
  std::filesystem::path root_;
};

}  // namespace medley::storage
