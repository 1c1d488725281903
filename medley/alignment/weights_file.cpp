#include "medley/alignment/weights_file.h"

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {

Status SaveWeights(const std::filesystem::path& file, const Json& note, const Weights& weights) {
  Json shapes = Json::array();
  for (const auto& [name, weight] : weights)
    shapes.push_back({{"name", name}, {"rows", weight.rows()}, {"cols", weight.cols()}});
  std::string bytes = Json{{"note", note}, {"weights", shapes}}.dump() + "\n";
  for (const auto& [name, weight] : weights) {
    bytes.append(reinterpret_cast<const char*>(weight.data()),
                 weight.rows() * weight.cols() * sizeof(float));
  }
  return WriteFileAtomically(file, bytes);
}

Result<StoredWeights> LoadWeights(const std::filesystem::path& file) {
  const auto corrupt = [&] {
    return Fail(ErrorCode::kCorrupt,
                "'" + file.string() + "' is damaged; run `medley encode --again`");
  };
  MEDLEY_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file));
  const std::size_t line = bytes.find('\n');
  if (line == std::string::npos) return corrupt();
  MEDLEY_ASSIGN_OR_RETURN(Json header, ParseJson(bytes.substr(0, line)));
  std::size_t at = line + 1;
  StoredWeights out;
  try {
    out.note = header.at("note");
    for (const Json& shape : header.at("weights")) {
      const auto rows = shape.at("rows").get<std::size_t>();
      const auto cols = shape.at("cols").get<std::size_t>();
      const std::size_t numbers = (bytes.size() - at) / sizeof(float);
      if (cols != 0 && rows > numbers / cols) return corrupt();
      linalg::Matrix weight(rows, cols);
      std::memcpy(weight.data(), bytes.data() + at, rows * cols * sizeof(float));
      if (!linalg::AllFinite({weight.data(), rows * cols})) return corrupt();
      at += rows * cols * sizeof(float);
      out.weights.emplace(shape.at("name").get<std::string>(), std::move(weight));
    }
  } catch (const Json::exception&) {
    return corrupt();
  }
  if (at != bytes.size()) return corrupt();
  return out;
}

}  // namespace medley::alignment
