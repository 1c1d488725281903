#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/storage/store.h"

namespace medley::storage {

/// The vectors of one space ("text", "image", "audio", "video", "fused") made by one version of one encoder, on disk as
/// float16 in one memory-mapped file:
///   header  magic, format, dimension, encoder fingerprint, committed row count, checksum
///   row     item key (8 bytes), hash of the source it was made from (8), XXH3 of the row (8), dim x float16, padding to 32
/// Rows are appended and then committed by rewriting the count, so that a crash leaves whole windows only. A later row of the
/// same item replaces the earlier one.
/// Missing: an item without that modality has no row.
/// Errors: kCorrupt naming the file when a checksum fails.
/// Threads: one writer; readers use snapshots.
class EmbeddingSpace {
 public:
  struct Row {
    Key item = 0;
    std::uint64_t source = 0;
    std::span<const float> vector;
  };
  /// Opens or creates. Rows of another `fingerprint` or dimension are dropped: the encoder changed.
  static Result<EmbeddingSpace> Open(const std::filesystem::path& file, std::size_t dimension, std::string_view fingerprint);
  EmbeddingSpace(EmbeddingSpace&&) noexcept;
  EmbeddingSpace& operator=(EmbeddingSpace&&) noexcept;
  ~EmbeddingSpace();

  std::size_t dimension() const;
  std::size_t size() const;  ///< items with a vector
  /// The source hash the item's vector was made from; 0: it has none.
  std::uint64_t SourceOf(Key item) const;
  /// Copies the item's vector to `out` (dimension floats). False where it has none.
  bool Read(Key item, std::span<float> out) const;
  /// Appends all of `rows`, flushed and committed together.
  Status Append(std::span<const Row> rows);
  Status Remove(std::span<const Key> items);

 private:
  struct State;
  explicit EmbeddingSpace(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What a space file says of itself, without knowing the encoder. Errors: kNotFound, kCorrupt.
struct EmbeddingSpaceInfo {
  std::size_t dimension = 0;
  std::string fingerprint;
  std::size_t rows = 0;
};
Result<EmbeddingSpaceInfo> InspectEmbeddingSpace(const std::filesystem::path& file);

}  // namespace medley::storage
