#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {

/// What a trained recommender keeps: named arrays and a JSON note, in one file "model.bin" of its
/// directory:
///   "MEDLEYM1", length of the header (8 bytes), header (JSON: kind, note, arrays with type and
///   length), the arrays, 64-byte aligned
/// Numbers are little-endian as in memory, so that what is loaded is bit for bit what was saved.
class ModelWriter {
 public:
  explicit ModelWriter(std::string kind, Json note = Json::object())
      : kind_(std::move(kind)), note_(std::move(note)) {}
  void SetNote(Json note) { note_ = std::move(note); }
  /// Views: `values` must live until Write.
  void Add(std::string name, std::span<const float> values);
  void Add(std::string name, std::span<const std::uint32_t> values);
  void Add(std::string name, std::span<const std::uint64_t> values);
  /// As ModelReader::SparseRows reads them.
  void AddSparseRows(const linalg::CsrMatrix& matrix);
  /// Errors: kIo.
  Status Write(const std::filesystem::path& directory) const;

 private:
  struct Array {
    std::string name;
    std::string type;
    std::string_view bytes;
    std::size_t length;
  };
  std::string kind_;
  Json note_;
  std::vector<Array> arrays_;
};

/// Reads back what ModelWriter wrote, trusting nothing: every length is checked against the file.
class ModelReader {
 public:
  /// Errors: kNotFound, kIo; kCorrupt where the file is not whole or of another `kind`.
  static Result<ModelReader> Read(const std::filesystem::path& directory, std::string_view kind);
  const Json& note() const { return note_; }
  /// A whole number of the note. Errors: kCorrupt where it is missing or negative.
  Result<std::size_t> Size(std::string_view name) const;
  /// A finite number of the note. Errors: kCorrupt.
  Result<double> Real(std::string_view name) const;
  /// Errors: kCorrupt.
  Result<bool> Bool(std::string_view name) const;
  Result<std::string> Text(std::string_view name) const;
  /// Shapes: `length` values, or any number where it is kAnyLength. Errors: kCorrupt.
  static constexpr std::size_t kAnyLength = ~std::size_t{0};
  Result<std::vector<float>> Floats(std::string_view name, std::size_t length = kAnyLength) const;
  Result<std::vector<std::uint32_t>> Indices(std::string_view name,
                                             std::size_t length = kAnyLength) const;
  Result<std::vector<std::uint64_t>> Offsets(std::string_view name,
                                             std::size_t length = kAnyLength) const;
  /// Errors: kCorrupt where the array is not of rows x cols.
  Result<linalg::Matrix> Dense(std::string_view name, std::size_t rows, std::size_t cols) const;
  /// The arrays "starts", "targets", "similarities". Errors: kCorrupt where they don't fit
  /// together.
  Result<linalg::CsrMatrix> SparseRows(std::size_t rows, std::size_t cols) const;

 private:
  struct Array {
    std::string type;
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  template <typename T>
  Result<std::vector<T>> Get(std::string_view name,
                             std::string_view type,
                             std::size_t length) const;
  tl::unexpected<Error> Corrupt(std::string_view what) const;

  std::filesystem::path file_;
  std::string bytes_;
  Json note_;
  std::map<std::string, Array, std::less<>> arrays_;
};

}  // namespace medley::recommenders
