#include "medley/core/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace medley {
namespace {

Error SystemError(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  return {number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
          std::string(what) + " '" + path.string() + "': " + std::strerror(number)};
}

Status WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(SystemError("cannot write", path));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return tl::unexpected(SystemError("cannot flush", path));
  return {};
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(SystemError("cannot open", path));
  std::string bytes;
  struct stat info{};
  if (::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode)) {
    if (static_cast<std::size_t>(info.st_size) > max_bytes) {
      return Fail(ErrorCode::kLimitExceeded,
                  "'" + path.string() + "' is larger than " + std::to_string(max_bytes) + " bytes");
    }
    bytes.reserve(static_cast<std::size_t>(info.st_size));
  }
  std::string buffer(1U << 18, '\0');
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return tl::unexpected(SystemError("cannot read", path));
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (bytes.size() > max_bytes) {
      return Fail(ErrorCode::kLimitExceeded,
                  "'" + path.string() + "' is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  {
    const FileDescriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return tl::unexpected(SystemError("cannot create", temporary));
    ::fchmod(fd.get(), 0644);
    if (auto status = WriteAll(fd.get(), bytes, temporary); !status) {
      ::unlink(temporary.c_str());
      return status;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = SystemError("cannot replace", path);
    ::unlink(temporary.c_str());
    return tl::unexpected(std::move(error));
  }
  return SyncDirectory(path.parent_path().empty() ? "." : path.parent_path());
}

Status SyncDirectory(const std::filesystem::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return tl::unexpected(SystemError("cannot open", directory));
  if (::fsync(fd.get()) != 0) return tl::unexpected(SystemError("cannot flush", directory));
  return {};
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

int FileDescriptor::Release() { return std::exchange(fd_, -1); }

void FileDescriptor::Close() {
  if (fd_ >= 0) ::close(Release());
}

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected(SystemError("cannot open", path));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return tl::unexpected(SystemError("cannot measure", path));
  MappedFile file;
  file.size_ = static_cast<std::size_t>(info.st_size);
  if (file.size_ == 0) return file;
  void* data = ::mmap(nullptr, file.size_, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return tl::unexpected(SystemError("cannot map", path));
  file.data_ = static_cast<const std::byte*>(data);
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

Result<FileLock> FileLock::Acquire(const std::filesystem::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return tl::unexpected(SystemError("cannot open", path));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kUnavailable, "'" + path.string() + "' is locked by another process");
  }
  return FileLock(std::move(fd));
}

}  // namespace medley
