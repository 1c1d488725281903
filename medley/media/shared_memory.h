#pragma once

#include <cstddef>
#include <cstdint>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::media {

/// Anonymous memory that a child process maps too. It only ever grows: sealed against shrinking, so
/// that nobody can pull the pages from under the other.
/// Owns: the memory and this process's mapping of it.
/// Threads: one.
class SharedMemory {
 public:
  static Result<SharedMemory> Make(const char* name);
  SharedMemory() = default;
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  /// At least `bytes` long afterwards; data() may move, the content stays.
  /// Errors: kIo when there is no memory for it.
  Status Reserve(std::size_t bytes);
  /// Gives the pages behind the first `bytes` back to the system; they read as zero from then on.
  void Trim(std::size_t bytes);

  std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }
  int fd() const { return fd_.get(); }

 private:
  FileDescriptor fd_;
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace medley::media
