#include "medley/storage/media_store.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/result.h"

namespace medley::storage {
namespace {

constexpr std::size_t kHashDigits = 64;

tl::unexpected<Error> SystemFail(const char* what, const std::filesystem::path& path) {
  const int number = errno;
  return Fail(
      number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
      std::string(what) + " '" + path.string() + "': " + std::generic_category().message(number));
}

std::filesystem::path PlaceOf(const std::filesystem::path& root, std::string_view hash) {
  return root / hash.substr(0, 2) / hash.substr(2);
}

/// A file that vanishes unless it is moved to its place.
class TemporaryFile {
 public:
  static Result<TemporaryFile> Make(const std::filesystem::path& root) {
    std::error_code error;
    std::filesystem::create_directories(root / "incoming", error);
    std::string path = (root / "incoming" / "XXXXXX").string();
    FileDescriptor fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd) return SystemFail("cannot create a file in", root / "incoming");
    ::fchmod(fd.get(), 0644);
    return TemporaryFile(std::move(path), std::move(fd));
  }
  TemporaryFile(TemporaryFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), fd_(std::move(other.fd_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }
  Status MoveTo(const std::filesystem::path& place) {
    std::error_code error;
    std::filesystem::create_directories(place.parent_path(), error);
    if (::rename(path_.c_str(), place.c_str()) != 0) return SystemFail("cannot create", place);
    path_.clear();
    return {};
  }

 private:
  TemporaryFile(std::string path, FileDescriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  FileDescriptor fd_;
};

Status CopyBytes(int from, int to, const std::filesystem::path& file) {
  if (::ioctl(to, FICLONE, from) == 0) return {};
  std::string buffer(std::size_t{1} << 18, '\0');
  std::uint64_t total = 0;
  while (true) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFail("cannot read", file);
    if (count == 0) return {};
    total += static_cast<std::uint64_t>(count);
    if (total > MediaStore::kMaxBytes)
      return Fail(ErrorCode::kLimitExceeded,
                  "'" + file.string() + "' grew beyond the limit of 2 GiB");
    std::string_view rest(buffer.data(), static_cast<std::size_t>(count));
    while (!rest.empty()) {
      const ssize_t written = ::write(to, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return SystemFail("cannot write a copy of", file);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

}  // namespace

Result<std::string> MediaStore::AddFile(const std::filesystem::path& file) const {
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  const FileDescriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!from) return SystemFail("cannot open", file);
  struct stat info{};
  if (::fstat(from.get(), &info) != 0) return SystemFail("cannot measure", file);
  if (!S_ISREG(info.st_mode))
    return Fail(ErrorCode::kInvalidInput, "'" + file.string() + "' is no plain file");
  if (static_cast<std::uint64_t>(info.st_size) > kMaxBytes) {
    return Fail(ErrorCode::kLimitExceeded,
                "'" + file.string() + "' is larger than the limit of 2 GiB");
  }
  MEDLEY_ASSIGN_OR_RETURN(TemporaryFile copy, TemporaryFile::Make(root_));
  MEDLEY_RETURN_IF_ERROR(CopyBytes(from.get(), copy.fd(), file));
  MEDLEY_ASSIGN_OR_RETURN(std::string hash, Sha256OfFile(copy.path()));
  const auto place = PlaceOf(root_, hash);
  std::error_code ignored;
  if (!std::filesystem::exists(place, ignored)) MEDLEY_RETURN_IF_ERROR(copy.MoveTo(place));
  return hash;
}

Result<std::string> MediaStore::AddBytes(std::string_view bytes) const {
  if (bytes.size() > kMaxBytes) return Fail(ErrorCode::kLimitExceeded, "media of more than 2 GiB");
  std::string hash = Sha256(bytes);
  const auto place = PlaceOf(root_, hash);
  std::error_code ignored;
  if (std::filesystem::exists(place, ignored)) return hash;
  MEDLEY_ASSIGN_OR_RETURN(TemporaryFile copy, TemporaryFile::Make(root_));
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t written = ::write(copy.fd(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemFail("cannot write", copy.path());
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(copy.fd()) != 0) return SystemFail("cannot write", copy.path());
  MEDLEY_RETURN_IF_ERROR(copy.MoveTo(place));
  return hash;
}

Result<std::filesystem::path> MediaStore::PathOf(std::string_view hash) const {
  if (hash.size() != kHashDigits ||
      hash.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidInput, "a media hash has 64 lower-case hexadecimal digits");
  }
  auto place = PlaceOf(root_, hash);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(place, ignored))
    return Fail(ErrorCode::kNotFound, "no media " + std::string(hash));
  return place;
}

Status MediaStore::Sync() const {
  const FileDescriptor fd(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? Status{} : Status(SystemFail("cannot open", root_));
  if (::syncfs(fd.get()) != 0) return SystemFail("cannot flush", root_);
  return {};
}

}  // namespace medley::storage
