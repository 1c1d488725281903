#include "medley/storage/embeddings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/linalg/float16.h"
#include "medley/storage/store.h"

namespace medley::storage {
namespace {

constexpr std::array<char, 8> kMagic = {'M', 'D', 'L', 'Y', 'V', 'E', 'C', '\n'};
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kRowsStart = 2 * kHeaderBytes;
constexpr std::size_t kRowHead = 24;
constexpr std::size_t kRowAlignment = 32;
constexpr std::size_t kMaxDimension = 65536;
// Below this many replaced rows a rewrite is not worth its time.
constexpr std::size_t kMinWaste = 1024;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t format = kFormat;
  std::uint32_t dimension = 0;
  std::uint64_t number = 0;
  std::uint64_t rows = 0;
  std::array<char, kHeaderBytes - 48> fingerprint{};
  std::uint64_t reserved = 0;
  std::uint64_t checksum = 0;
};
static_assert(sizeof(Header) == kHeaderBytes);

std::string_view BytesOf(const Header& header) {
  return {reinterpret_cast<const char*>(&header), sizeof(header)};
}
std::uint64_t ChecksumOf(const Header& header) {
  return Hash64(BytesOf(header).substr(0, kHeaderBytes - sizeof(std::uint64_t)));
}

std::size_t StrideOf(std::size_t dimension) {
  const std::size_t bytes = kRowHead + dimension * sizeof(std::uint16_t);
  return (bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

/// Longer fingerprints are kept as their hash: they are only ever compared.
std::string FittingFingerprint(std::string_view fingerprint) {
  return fingerprint.size() < Header{}.fingerprint.size() ? std::string(fingerprint)
                                                          : Sha256(fingerprint);
}

std::string FingerprintOf(const Header& header) {
  return {header.fingerprint.data(),
          ::strnlen(header.fingerprint.data(), header.fingerprint.size())};
}

Header MakeHeader(std::size_t dimension,
                  std::string_view fingerprint,
                  std::uint64_t number,
                  std::uint64_t rows) {
  Header header;
  header.dimension = static_cast<std::uint32_t>(dimension);
  header.number = number;
  header.rows = rows;
  fingerprint.copy(header.fingerprint.data(), header.fingerprint.size() - 1);
  header.checksum = ChecksumOf(header);
  return header;
}

tl::unexpected<Error> Corrupt(const std::filesystem::path& file, const std::string& why) {
  return Fail(ErrorCode::kCorrupt,
              "'" + file.string() + "' is damaged: " + why +
                  "; delete it and run `medley encode` to make it anew");
}

tl::unexpected<Error> SystemFail(const char* what, const std::filesystem::path& file) {
  return Fail(
      ErrorCode::kIo,
      std::string(what) + " '" + file.string() + "': " + std::generic_category().message(errno));
}

/// The newer whole one of the two headers.
Result<Header> ReadHeader(std::string_view bytes, const std::filesystem::path& file) {
  std::optional<Header> best;
  for (std::size_t slot = 0; slot < 2 && bytes.size() >= (slot + 1) * kHeaderBytes; ++slot) {
    Header header;
    std::memcpy(&header, bytes.data() + slot * kHeaderBytes, kHeaderBytes);
    if (header.magic != kMagic || header.checksum != ChecksumOf(header)) continue;
    if (!best || header.number > best->number) best = header;
  }
  if (!best) return Corrupt(file, "no whole header");
  if (best->format > kFormat)
    return Fail(ErrorCode::kUnsupported, "'" + file.string() + "' was written by a newer medley");
  if (best->dimension == 0 || best->dimension > kMaxDimension)
    return Corrupt(file, "impossible dimension");
  if (best->rows >
      (bytes.size() - std::min(bytes.size(), kRowsStart)) / StrideOf(best->dimension)) {
    return Corrupt(file, "it is shorter than its header says");
  }
  return *best;
}

Status WriteAt(int fd,
               std::string_view bytes,
               std::size_t offset,
               const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemFail("cannot write", file);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::size_t>(count);
  }
  return {};
}

/// A whole file without rows, or with the rows of `body`.
std::string FileBytes(const Header& header, std::string_view body) {
  std::string bytes(kRowsStart, '\0');
  // The slot follows from the number, so that the next commit writes the other one.
  std::memcpy(bytes.data() + (header.number % 2) * kHeaderBytes, &header, kHeaderBytes);
  bytes += body;
  return bytes;
}

}  // namespace

struct EmbeddingSpace::State {
  std::filesystem::path file;
  std::string fingerprint;
  std::size_t dimension = 0;
  std::size_t stride = 0;
  Header header;
  MappedFile mapped;
  std::unordered_map<Key, std::uint64_t> row_of;

  const char* RowAt(std::uint64_t row) const {
    return mapped.text().data() + kRowsStart + row * stride;
  }
  static std::uint64_t Word(const char* row, std::size_t index) {
    std::uint64_t value = 0;
    std::memcpy(&value, row + index * sizeof(value), sizeof(value));
    return value;
  }
  std::uint64_t RowChecksum(const char* row) const {
    return Hash64({row + kRowHead, dimension * sizeof(std::uint16_t)},
                  Word(row, 0) ^ (Word(row, 1) * 0x9e3779b97f4a7c15ULL));
  }

  /// Maps the file and reads its rows. Threads: nobody else uses this meanwhile.
  Status Load();
  Status CreateEmpty(std::uint64_t number);
  /// Sees what other processes wrote; the caller holds the lock.
  Status Refresh();
  Status Compact();
  Status AppendBytes(const std::string& rows, std::size_t count);
  void PackRow(Key item,
               std::uint64_t source,
               std::span<const float> vector,
               std::string& out) const;
  Result<FileLock> Lock() const;
};

Status EmbeddingSpace::State::CreateEmpty(std::uint64_t number) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  return WriteFileAtomically(file, FileBytes(MakeHeader(dimension, fingerprint, number, 0), {}));
}

Status EmbeddingSpace::State::Load() {
  MEDLEY_ASSIGN_OR_RETURN(mapped, MappedFile::Open(file));
  MEDLEY_ASSIGN_OR_RETURN(header, ReadHeader(mapped.text(), file));
  row_of.clear();
  row_of.reserve(header.rows);
  for (std::uint64_t row = 0; row < header.rows; ++row) {
    const char* at = RowAt(row);
    if (Word(at, 2) != RowChecksum(at))
      return Corrupt(file, "row " + std::to_string(row) + " fails its checksum");
    const auto item = static_cast<Key>(Word(at, 0));
    if (Word(at, 1) == 0) {
      row_of.erase(item);
    } else {
      row_of[item] = row;
    }
  }
  return {};
}

Result<FileLock> EmbeddingSpace::State::Lock() const {
  auto lock = FileLock::Acquire(file.string() + ".lock");
  if (!lock && lock.error().code == ErrorCode::kUnavailable) {
    return Fail(ErrorCode::kUnavailable, "another process is writing '" + file.string() + "'");
  }
  return lock;
}

Status EmbeddingSpace::State::Refresh() {
  MEDLEY_ASSIGN_OR_RETURN(const MappedFile now, MappedFile::Open(file));
  MEDLEY_ASSIGN_OR_RETURN(const Header current, ReadHeader(now.text(), file));
  if (current.dimension != dimension || FingerprintOf(current) != fingerprint) {
    return Fail(ErrorCode::kUnavailable,
                "another process now fills '" + file.string() + "' with another encoder");
  }
  return current.checksum == header.checksum ? Status{} : Load();
}

Status EmbeddingSpace::State::Compact() {
  std::vector<std::uint64_t> rows;
  rows.reserve(row_of.size());
  for (const auto& [item, row] : row_of) rows.push_back(row);
  std::ranges::sort(rows);
  std::string body;
  body.reserve(rows.size() * stride);
  for (const std::uint64_t row : rows) body.append(RowAt(row), stride);
  MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(
      file, FileBytes(MakeHeader(dimension, fingerprint, header.number + 1, rows.size()), body)));
  return Load();
}

void EmbeddingSpace::State::PackRow(Key item,
                                    std::uint64_t source,
                                    std::span<const float> vector,
                                    std::string& out) const {
  const std::size_t start = out.size();
  out.resize(start + stride, '\0');
  char* row = out.data() + start;
  std::memcpy(row, &item, sizeof(item));
  std::memcpy(row + 8, &source, sizeof(source));
  if (!vector.empty()) {
    std::vector<std::uint16_t> half(dimension);
    linalg::ToFloat16(vector, half);
    std::memcpy(row + kRowHead, half.data(), half.size() * sizeof(std::uint16_t));
  }
  const std::uint64_t checksum = RowChecksum(row);
  std::memcpy(row + 16, &checksum, sizeof(checksum));
}

Status EmbeddingSpace::State::AppendBytes(const std::string& rows, std::size_t count) {
  if (header.rows - row_of.size() > std::max(row_of.size(), kMinWaste))
    MEDLEY_RETURN_IF_ERROR(Compact());
  {
    const FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) return SystemFail("cannot open", file);
    MEDLEY_RETURN_IF_ERROR(WriteAt(fd.get(), rows, kRowsStart + header.rows * stride, file));
    if (::fdatasync(fd.get()) != 0) return SystemFail("cannot flush", file);
    const Header next = MakeHeader(dimension, fingerprint, header.number + 1, header.rows + count);
    MEDLEY_RETURN_IF_ERROR(
        WriteAt(fd.get(), BytesOf(next), (next.number % 2) * kHeaderBytes, file));
    if (::fdatasync(fd.get()) != 0) return SystemFail("cannot flush", file);
  }
  const std::uint64_t first = header.rows;
  MEDLEY_ASSIGN_OR_RETURN(mapped, MappedFile::Open(file));
  MEDLEY_ASSIGN_OR_RETURN(header, ReadHeader(mapped.text(), file));
  for (std::uint64_t row = first; row < header.rows; ++row) {
    const auto item = static_cast<Key>(Word(RowAt(row), 0));
    if (Word(RowAt(row), 1) == 0) {
      row_of.erase(item);
    } else {
      row_of[item] = row;
    }
  }
  return {};
}

EmbeddingSpace::EmbeddingSpace(std::unique_ptr<State> state) : state_(std::move(state)) {}
EmbeddingSpace::EmbeddingSpace(EmbeddingSpace&&) noexcept = default;
EmbeddingSpace& EmbeddingSpace::operator=(EmbeddingSpace&&) noexcept = default;
EmbeddingSpace::~EmbeddingSpace() = default;

Result<EmbeddingSpace> EmbeddingSpace::Open(const std::filesystem::path& file,
                                            std::size_t dimension,
                                            std::string_view fingerprint) {
  if (dimension == 0 || dimension > kMaxDimension) {
    return Fail(ErrorCode::kInvalidInput,
                "vectors must have 1 to " + std::to_string(kMaxDimension) + " dimensions, not " +
                    std::to_string(dimension));
  }
  auto state = std::make_unique<State>();
  state->file = file;
  state->dimension = dimension;
  state->stride = StrideOf(dimension);
  state->fingerprint = FittingFingerprint(fingerprint);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) MEDLEY_RETURN_IF_ERROR(state->CreateEmpty(1));
  MEDLEY_ASSIGN_OR_RETURN(const EmbeddingSpaceInfo info, InspectEmbeddingSpace(file));
  if (info.dimension != dimension || info.fingerprint != state->fingerprint) {
    MEDLEY_ASSIGN_OR_RETURN(const FileLock lock, state->Lock());
    MEDLEY_RETURN_IF_ERROR(state->CreateEmpty(1));
  }
  MEDLEY_RETURN_IF_ERROR(state->Load());
  return EmbeddingSpace(std::move(state));
}

std::size_t EmbeddingSpace::dimension() const { return state_->dimension; }
std::size_t EmbeddingSpace::size() const { return state_->row_of.size(); }
const std::string& EmbeddingSpace::fingerprint() const { return state_->fingerprint; }

std::vector<Key> EmbeddingSpace::Keys() const {
  std::vector<Key> keys;
  keys.reserve(state_->row_of.size());
  for (const auto& [item, row] : state_->row_of) keys.push_back(item);
  std::ranges::sort(keys);
  return keys;
}

std::uint64_t EmbeddingSpace::SourceOf(Key item) const {
  const auto found = state_->row_of.find(item);
  return found == state_->row_of.end() ? 0 : State::Word(state_->RowAt(found->second), 1);
}

bool EmbeddingSpace::Read(Key item, std::span<float> out) const {
  const auto found = state_->row_of.find(item);
  if (found == state_->row_of.end()) return false;
  // Rows start at multiples of 32 plus 24: two-byte values are aligned.
  const auto* half =
      reinterpret_cast<const std::uint16_t*>(state_->RowAt(found->second) + kRowHead);
  linalg::FromFloat16({half, state_->dimension}, out);
  return true;
}

Status EmbeddingSpace::Append(std::span<const Row> rows) {
  if (rows.empty()) return {};
  std::string bytes;
  bytes.reserve(rows.size() * state_->stride);
  for (const Row& row : rows) {
    if (row.vector.size() != state_->dimension || row.source == 0) {
      return Fail(ErrorCode::kInvalidInput,
                  "a vector for '" + state_->file.string() + "' needs " +
                      std::to_string(state_->dimension) + " values and a source other than 0");
    }
    constexpr float kMaxFloat16 = 65504;
    if (!std::ranges::all_of(row.vector,
                             [](float value) { return std::abs(value) <= kMaxFloat16; })) {
      return Fail(ErrorCode::kInvalidInput,
                  "a vector for '" + state_->file.string() +
                      "' has a value that is not finite or beyond 65504");
    }
    state_->PackRow(row.item, row.source, row.vector, bytes);
  }
  MEDLEY_ASSIGN_OR_RETURN(const FileLock lock, state_->Lock());
  MEDLEY_RETURN_IF_ERROR(state_->Refresh());
  return state_->AppendBytes(bytes, rows.size());
}

Status EmbeddingSpace::Remove(std::span<const Key> items) {
  MEDLEY_ASSIGN_OR_RETURN(const FileLock lock, state_->Lock());
  MEDLEY_RETURN_IF_ERROR(state_->Refresh());
  std::string bytes;
  std::size_t count = 0;
  for (const Key item : items) {
    if (!state_->row_of.contains(item)) continue;
    state_->PackRow(item, 0, {}, bytes);
    ++count;
  }
  return count == 0 ? Status{} : state_->AppendBytes(bytes, count);
}

Result<EmbeddingSpaceInfo> InspectEmbeddingSpace(const std::filesystem::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::Open(file));
  MEDLEY_ASSIGN_OR_RETURN(const Header header, ReadHeader(mapped.text(), file));
  return EmbeddingSpaceInfo{header.dimension, FingerprintOf(header), header.rows};
}

}  // namespace medley::storage
