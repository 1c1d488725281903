#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/result.h"

namespace medley::storage {

/// Media files by the SHA-256 of their bytes: media/ab/cdef....  The same bytes are kept once;
/// nothing is ever overwritten. A file appears under its hash whole or not at all; Sync makes it
/// survive a power cut, too. Threads: any.
class MediaStore {
 public:
  explicit MediaStore(std::filesystem::path root) : root_(std::move(root)) {}
  /// Files beyond this are refused.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{2} << 30;

  /// Copies the bytes in (a reflink where the file system can; never a hard link, through which a
  /// later edit of the original would change what is stored). Returns the hash. Errors: kNotFound,
  /// kInvalidInput for what is no plain file, kIo, kLimitExceeded.
  Result<std::string> AddFile(const std::filesystem::path& file) const;
  /// Of bytes that come alone: their content is on the disk when it returns.
  Result<std::string> AddBytes(std::string_view bytes) const;
  /// Where the bytes lie. Errors: kInvalidInput for what is no hash, kNotFound.
  Result<std::filesystem::path> PathOf(std::string_view hash) const;
  /// Flushes everything added so far to the disk: once before the records that name it are
  /// committed.
  Status Sync() const;

 private:
  std::filesystem::path root_;
};

}  // namespace medley::storage
