#include "medley/fusion/mean_fusion.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/heads.h"
#include "medley/alignment/space.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {
namespace {

constexpr std::string_view kFile = "mean_fusion.json";

/// False where the vector is (nearly) zero and has no direction.
bool Normalise(std::span<float> vector) {
  double sum = 0;
  for (const float value : vector) sum += static_cast<double>(value) * value;
  if (!(sum > 1e-20) || !std::isfinite(sum)) return false;
  const auto scale = static_cast<float>(1.0 / std::sqrt(sum));
  for (float& value : vector) value *= scale;
  return true;
}

}  // namespace

std::vector<ParameterSpec> MeanFusion::Specs() {
  return {{.name = "dimension",
           .default_value = std::int64_t{384},
           .help = "Length of the fused vector; longer keeps the modalities' cosines more exactly",
           .min = 8,
           .max = 4096}};
}

MeanFusion::MeanFusion(const Parameters& parameters)
    : dimension_(static_cast<std::size_t>(parameters.Int("dimension"))) {}

MeanFusion::Modality MeanFusion::MakeModality(std::string_view space,
                                              std::vector<float> mean) const {
  Modality modality{std::move(mean), {}};
  modality.projection = linalg::Matrix(modality.mean.size(), dimension_);
  Random random = Random(0x6d65646c6579ULL).Fork(space);
  for (std::size_t row = 0; row < modality.projection.rows(); ++row) {
    for (float& value : modality.projection.Row(row)) value = static_cast<float>(random.Normal());
  }
  return modality;
}

Status MeanFusion::Fit(std::span<const FeatureSpace> spaces) {
  if (spaces.empty())
    return Fail(ErrorCode::kInvalidInput, "fusion needs at least one space of vectors");
  std::map<std::string, Modality> fitted;
  for (const auto& space : spaces) {
    MEDLEY_ASSIGN_OR_RETURN(auto mean,
                            alignment::MeanOf({space.name, space.vectors, space.present}));
    fitted.emplace(space.name, MakeModality(space.name, std::move(mean)));
  }
  modalities_ = std::move(fitted);
  return {};
}

bool MeanFusion::Fuse(const std::map<std::string, std::span<const float>>& modalities,
                      std::span<float> out) const {
  std::fill(out.begin(), out.end(), 0.0F);
  std::vector<float> projected(dimension_);
  bool any = false;
  for (const auto& [space, vector] : modalities) {
    const auto found = modalities_.find(space);
    if (found == modalities_.end() || found->second.mean.size() != vector.size()) continue;
    const Modality& modality = found->second;
    std::fill(projected.begin(), projected.end(), 0.0F);
    const float trust = alignment::TrustIn(vector);
    if (!(trust > 0)) continue;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const float centred = vector[i] / trust - modality.mean[i];
      const auto row = modality.projection.Row(i);
      for (std::size_t j = 0; j < dimension_; ++j) projected[j] += centred * row[j];
    }
    if (!Normalise(projected)) continue;
    for (std::size_t j = 0; j < dimension_; ++j) out[j] += trust * projected[j];
    any = true;
  }
  if (any && Normalise(out)) return true;
  std::fill(out.begin(), out.end(), 0.0F);
  return false;
}

Status MeanFusion::Save(const std::filesystem::path& directory) const {
  Json json = {{"dimension", dimension_}, {"means", Json::object()}};
  for (const auto& [space, modality] : modalities_) json["means"][space] = modality.mean;
  return WriteFileAtomically(directory / kFile, json.dump());
}

Status MeanFusion::Load(const std::filesystem::path& directory) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string text, ReadFile(directory / kFile));
  MEDLEY_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  try {
    dimension_ = json.at("dimension").get<std::size_t>();
    std::map<std::string, Modality> loaded;
    for (const auto& [space, mean] : json.at("means").items()) {
      loaded.emplace(space, MakeModality(space, mean.get<std::vector<float>>()));
    }
    modalities_ = std::move(loaded);
  } catch (const Json::exception&) {
    return Fail(
        ErrorCode::kCorrupt,
        "'" + (directory / kFile).string() + "' is no fusion model; run `medley encode --again`");
  }
  return {};
}

}  // namespace medley::fusion
