#include "medley/training/weights_file.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {
namespace {

constexpr std::string_view kMagic = "MEDLEYW1";
constexpr std::size_t kHashed = kMagic.size() + sizeof(std::uint64_t);
constexpr std::size_t kStart = kHashed + sizeof(std::uint64_t);
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

tl::unexpected<Error> Corrupt(const std::filesystem::path& path, std::string_view what) {
  return Fail(
      ErrorCode::kCorrupt,
      path.string() + " is no trained model of Medley's, or is damaged: " + std::string(what));
}

std::string Word(std::uint64_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

std::uint64_t WordAt(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

/// Takes the matrices that `listed` names off the front of `values`.
bool TakeWeights(const Json& listed, std::string_view values, Weights& out) {
  if (!listed.is_array()) return false;
  for (const Json& one : listed) {
    const bool whole = one.is_object() && one.contains("name") && one["name"].is_string() &&
                       one.contains("rows") && one["rows"].is_number_unsigned() &&
                       one.contains("cols") && one["cols"].is_number_unsigned();
    if (!whole) return false;
    const auto rows = one["rows"].get<std::uint64_t>();
    const auto cols = one["cols"].get<std::uint64_t>();
    if (rows > kMaxBytes || cols > kMaxBytes || rows * cols > values.size() / sizeof(float))
      return false;
    linalg::Matrix matrix(rows, cols);
    const std::size_t bytes = rows * cols * sizeof(float);
    std::memcpy(matrix.data(), values.data(), bytes);
    values.remove_prefix(bytes);
    if (!linalg::AllFinite({matrix.data(), rows * cols})) return false;
    out.insert_or_assign(one["name"].get<std::string>(), std::move(matrix));
  }
  return values.empty();
}

}  // namespace

Status WriteWeights(const std::filesystem::path& path, const WeightsFile& file) {
  std::string values;
  Json listed = Json::array();
  for (const auto& [name, matrix] : file.weights) {
    listed.push_back({{"name", name}, {"rows", matrix.rows()}, {"cols", matrix.cols()}});
    values.append(reinterpret_cast<const char*>(matrix.data()),
                  matrix.rows() * matrix.cols() * sizeof(float));
  }
  const std::string header = DumpJson({{"note", file.note}, {"weights", std::move(listed)}});
  const std::string rest = Word(header.size()) + header + values;
  return WriteFileAtomically(path, std::string(kMagic) + Word(Hash64(rest)) + rest);
}

Result<WeightsFile> ReadWeights(const std::filesystem::path& path, std::string_view kind) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxBytes));
  if (bytes.size() < kStart || !bytes.starts_with(kMagic)) return Corrupt(path, "its beginning");
  if (WordAt(bytes, kMagic.size()) != Hash64(std::string_view(bytes).substr(kHashed)))
    return Corrupt(path, "its hash");
  const std::uint64_t length = WordAt(bytes, kHashed);
  if (length > bytes.size() - kStart) return Corrupt(path, "its header");
  const auto header = ParseJson(std::string_view(bytes).substr(kStart, length));
  const auto values = std::string_view(bytes).substr(kStart + length);
  if (!header || !header->is_object()) return Corrupt(path, "its header");
  WeightsFile file{.note = header->value("note", Json::object()), .weights = {}};
  if (!TakeWeights(header->value("weights", Json()), values, file.weights))
    return Corrupt(path, "its weights");
  if (!file.note.is_object() || file.note.value("kind", Json()) != Json(kind))
    return Corrupt(path, "it is not of kind " + std::string(kind));
  return file;
}

Status CheckWeights(const Weights& weights, const std::vector<WeightSpec>& specs) {
  for (const auto& spec : specs) {
    const auto found = weights.find(spec.name);
    if (found == weights.end() || found->second.rows() != spec.rows ||
        found->second.cols() != spec.cols)
      return Fail(ErrorCode::kCorrupt, "its weight '" + spec.name + "' is missing or misshapen");
  }
  return {};
}

}  // namespace medley::training
