#include "medley/recommenders/model_file.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"

namespace medley::recommenders {
namespace {

constexpr std::string_view kMagic = "MEDLEYM1";
constexpr std::size_t kAlignment = 64;
constexpr const char* kFileName = "model.bin";

std::size_t Aligned(std::size_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

template <typename T>
std::string_view Bytes(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

void ModelWriter::Add(std::string name, std::span<const float> values) {
  arrays_.push_back({std::move(name), "f32", Bytes(values), values.size()});
}
void ModelWriter::Add(std::string name, std::span<const std::uint32_t> values) {
  arrays_.push_back({std::move(name), "u32", Bytes(values), values.size()});
}
void ModelWriter::Add(std::string name, std::span<const std::uint64_t> values) {
  arrays_.push_back({std::move(name), "u64", Bytes(values), values.size()});
}

void ModelWriter::AddSparseRows(const linalg::CsrMatrix& matrix) {
  static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));
  Add("starts", matrix.starts);
  Add("targets", matrix.columns);
  Add("similarities", matrix.values);
}

Status ModelWriter::Write(const std::filesystem::path& directory) const {
  Json header = {{"kind", kind_}, {"note", note_}, {"arrays", Json::array()}};
  for (const auto& array : arrays_) {
    header["arrays"].push_back(
        {{"name", array.name}, {"type", array.type}, {"length", array.length}});
  }
  const std::string text = DumpJson(header);
  std::string out(kMagic);
  const std::uint64_t length = text.size();
  out.append(reinterpret_cast<const char*>(&length), sizeof(length));
  out += text;
  for (const auto& array : arrays_) {
    out.resize(Aligned(out.size()));
    out += array.bytes;
  }
  return WriteFileAtomically(directory / kFileName, out);
}

tl::unexpected<Error> ModelReader::Corrupt(std::string_view what) const {
  return Fail(ErrorCode::kCorrupt,
              file_.string() + ": " + std::string(what) + "; train again with `medley train`");
}

Result<ModelReader> ModelReader::Read(const std::filesystem::path& directory,
                                      std::string_view kind) {
  ModelReader reader;
  reader.file_ = directory / kFileName;
  MEDLEY_ASSIGN_OR_RETURN(reader.bytes_, ReadFile(reader.file_));
  const std::string_view bytes = reader.bytes_;
  const std::size_t fixed = kMagic.size() + sizeof(std::uint64_t);
  if (bytes.size() < fixed || bytes.substr(0, kMagic.size()) != kMagic) {
    return reader.Corrupt("is no model file");
  }
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, bytes.data() + kMagic.size(), sizeof(header_size));
  if (header_size > bytes.size() - fixed) return reader.Corrupt("is cut off");
  const auto header = ParseJson(bytes.substr(fixed, header_size));
  if (!header || !header->is_object() || !header->contains("arrays") ||
      !(*header)["arrays"].is_array()) {
    return reader.Corrupt("has no header");
  }
  if (header->value("kind", Json()) != Json(kind)) {
    return reader.Corrupt("is not a model of '" + std::string(kind) + "'");
  }
  reader.note_ = header->value("note", Json::object());
  std::size_t offset = fixed + header_size;
  for (const auto& array : (*header)["arrays"]) {
    if (!array.is_object() || !array.contains("name") || !array["name"].is_string() ||
        !array.contains("type") || !array["type"].is_string() || !array.contains("length") ||
        !array["length"].is_number_unsigned()) {
      return reader.Corrupt("has a damaged header");
    }
    offset = Aligned(offset);
    Array entry{array["type"].get<std::string>(), offset, array["length"].get<std::size_t>()};
    const std::size_t width = entry.type == "u64" ? 8 : 4;
    if (offset > bytes.size() || entry.length > (bytes.size() - offset) / width) {
      return reader.Corrupt("is cut off");
    }
    offset += entry.length * width;
    reader.arrays_[array["name"].get<std::string>()] = std::move(entry);
  }
  return reader;
}

Result<std::size_t> ModelReader::Size(std::string_view name) const {
  const auto found = note_.is_object() ? note_.find(std::string(name)) : note_.end();
  if (found == note_.end() || !found->is_number_unsigned()) {
    return Corrupt("lacks '" + std::string(name) + "'");
  }
  return found->get<std::size_t>();
}

Result<double> ModelReader::Real(std::string_view name) const {
  const auto found = note_.is_object() ? note_.find(std::string(name)) : note_.end();
  if (found == note_.end() || !found->is_number() || !std::isfinite(found->get<double>())) {
    return Corrupt("lacks '" + std::string(name) + "'");
  }
  return found->get<double>();
}

Result<bool> ModelReader::Bool(std::string_view name) const {
  const auto found = note_.is_object() ? note_.find(std::string(name)) : note_.end();
  if (found == note_.end() || !found->is_boolean())
    return Corrupt("lacks '" + std::string(name) + "'");
  return found->get<bool>();
}

Result<std::string> ModelReader::Text(std::string_view name) const {
  const auto found = note_.is_object() ? note_.find(std::string(name)) : note_.end();
  if (found == note_.end() || !found->is_string())
    return Corrupt("lacks '" + std::string(name) + "'");
  return found->get<std::string>();
}

template <typename T>
Result<std::vector<T>> ModelReader::Get(std::string_view name,
                                        std::string_view type,
                                        std::size_t length) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end() || found->second.type != type ||
      (length != kAnyLength && found->second.length != length)) {
    return Corrupt("lacks '" + std::string(name) + "' or has it in another size");
  }
  std::vector<T> out(found->second.length);
  if (!out.empty())
    std::memcpy(out.data(), bytes_.data() + found->second.offset, out.size() * sizeof(T));
  return out;
}

Result<std::vector<float>> ModelReader::Floats(std::string_view name, std::size_t length) const {
  return Get<float>(name, "f32", length);
}
Result<std::vector<std::uint32_t>> ModelReader::Indices(std::string_view name,
                                                        std::size_t length) const {
  return Get<std::uint32_t>(name, "u32", length);
}
Result<std::vector<std::uint64_t>> ModelReader::Offsets(std::string_view name,
                                                        std::size_t length) const {
  return Get<std::uint64_t>(name, "u64", length);
}

Result<linalg::Matrix> ModelReader::Dense(std::string_view name,
                                          std::size_t rows,
                                          std::size_t cols) const {
  if (cols != 0 && rows > bytes_.size() / cols) return Corrupt("is cut off");
  MEDLEY_ASSIGN_OR_RETURN(const auto values, Floats(name, rows * cols));
  linalg::Matrix out(rows, cols);
  std::copy(values.begin(), values.end(), out.data());
  return out;
}

Result<linalg::CsrMatrix> ModelReader::SparseRows(std::size_t rows, std::size_t cols) const {
  linalg::CsrMatrix out{rows, cols, {}, {}, {}};
  MEDLEY_ASSIGN_OR_RETURN(out.starts, Offsets("starts", rows + 1));
  MEDLEY_ASSIGN_OR_RETURN(out.columns, Indices("targets"));
  MEDLEY_ASSIGN_OR_RETURN(out.values, Floats("similarities", out.columns.size()));
  const bool fits = std::is_sorted(out.starts.begin(), out.starts.end()) &&
                    out.starts.front() == 0 && out.starts.back() == out.columns.size() &&
                    std::all_of(out.columns.begin(), out.columns.end(), [cols](auto target) {
                      return target < cols;
                    });
  if (!fits) return Corrupt("is damaged");
  return out;
}

}  // namespace medley::recommenders
