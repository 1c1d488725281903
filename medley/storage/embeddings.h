#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// The vectors of one space ("text", "image", "audio", "video", "fused") made by one version of one
/// encoder, on disk as float16 in one memory-mapped file, in the byte order of the machine:
///   two headers of 512 bytes, written in turn: magic, format, dimension, number of the write,
///   committed row count,
///           fingerprint of the encoder, XXH3 of the header. The whole one with the greater number
///           counts, so that a torn write leaves the state before it.
///   row     item key (8 bytes), hash of the source it was made from (8; 0: the item was removed),
///   XXH3 of the row (8),
///           dimension x float16, padding to 32
/// Rows are appended, flushed, and then committed by the next header: a crash leaves whole calls of
/// Append only. A later row of the same item replaces the earlier one; when more than half of the
/// rows are replaced, Append first rewrites the file. Missing: an item without that modality has no
/// row. Errors: kCorrupt naming the file when a checksum fails. Threads: one writer, in this
/// process or another (a lock on FILE.lock is held during a write); const members from any. What
/// another process appends is seen by the next Open or write. Cost: Open reads the whole file once
/// (several GB/s) and takes 24 bytes of memory an item.
class EmbeddingSpace {
 public:
  struct Row {
    Key item = 0;
    std::uint64_t source = 0;
    std::span<const float> vector;
  };
  /// Opens or creates. Rows of another `fingerprint` or dimension are dropped: the encoder changed.
  static Result<EmbeddingSpace> Open(const std::filesystem::path& file,
                                     std::size_t dimension,
                                     std::string_view fingerprint);
  EmbeddingSpace(EmbeddingSpace&&) noexcept;
  EmbeddingSpace& operator=(EmbeddingSpace&&) noexcept;
  ~EmbeddingSpace();

  std::size_t dimension() const;
  std::size_t size() const;  ///< items with a vector
  const std::string& fingerprint() const;
  /// Items with a vector, in the order of their keys.
  std::vector<Key> Keys() const;
  /// The source hash the item's vector was made from; 0: it has none.
  std::uint64_t SourceOf(Key item) const;
  /// Copies the item's vector to `out` (dimension floats). False where it has none.
  bool Read(Key item, std::span<float> out) const;
  /// Appends all of `rows`, flushed and committed together. Errors: kInvalidInput for a vector of
  /// another length or with values that are not finite, or a source of 0; nothing is written then.
  Status Append(std::span<const Row> rows);
  Status Remove(std::span<const Key> items);

 private:
  struct State;
  explicit EmbeddingSpace(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What a space file says of itself, without knowing the encoder; `rows` counts the replaced ones,
/// too. Errors: kNotFound, kCorrupt, kUnsupported for a format of a newer Medley.
struct EmbeddingSpaceInfo {
  std::size_t dimension = 0;
  std::string fingerprint;
  std::size_t rows = 0;
};
Result<EmbeddingSpaceInfo> InspectEmbeddingSpace(const std::filesystem::path& file);

}  // namespace medley::storage
