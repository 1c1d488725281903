#include "medley/media/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::media {
namespace {

constexpr std::size_t kStep = std::size_t{1} << 20;

auto NoMemory() {
  return Fail(ErrorCode::kIo,
              std::string("no shared memory for the decoder: ") + std::strerror(errno));
}

}  // namespace

Result<SharedMemory> SharedMemory::Make(const char* name) {
  SharedMemory memory;
  memory.fd_ = FileDescriptor(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.fd_ || fcntl(memory.fd_.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) return NoMemory();
  return memory;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

Status SharedMemory::Reserve(std::size_t bytes) {
  if (bytes <= size_) return {};
  const std::size_t wanted = (bytes + kStep - 1) / kStep * kStep;
  if (ftruncate(fd_.get(), static_cast<off_t>(wanted)) != 0) return NoMemory();
  void* mapped = mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (mapped == MAP_FAILED) return NoMemory();
  if (data_ != nullptr) munmap(data_, size_);
  data_ = static_cast<std::uint8_t*>(mapped);
  size_ = wanted;
  return {};
}

void SharedMemory::Trim(std::size_t bytes) {
  const std::size_t keep = (bytes + kStep - 1) / kStep * kStep;
  if (keep >= size_) return;
  fallocate(fd_.get(),
            FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            static_cast<off_t>(keep),
            static_cast<off_t>(size_ - keep));
}

}  // namespace medley::media
