#include "medley/jobs/fuse_stage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/jobs/encode_plan.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

constexpr const char* kModel = "fusion";

struct FusionSettings {
  std::string name;
  std::map<std::string, std::string> parameters;
};

FusionSettings SettingsOf(const storage::Workspace& workspace) {
  FusionSettings settings{"mean", workspace.Section("fusion")};
  if (const auto name = settings.parameters.find("name"); name != settings.parameters.end()) {
    settings.name = name->second;
    settings.parameters.erase(name);
  }
  return settings;
}

}  // namespace

Result<FuseStage> FuseStage::Open(const storage::Workspace& workspace,
                                  std::map<std::string, const storage::EmbeddingSpace*> spaces,
                                  std::map<std::string, std::string> fingerprints) {
  FuseStage stage(workspace, std::move(spaces), std::move(fingerprints));
  const FusionSettings settings = SettingsOf(workspace);
  MEDLEY_ASSIGN_OR_RETURN(stage.fusion_, fusion::MakeFusion(settings.name, settings.parameters));
  const auto published = workspace.models().Current(kModel);
  const Json made = published ? published->description() : Json::object();
  const bool usable = made.value("spaces", Json()) == Json(stage.fingerprints_) &&
                      made.value("fusion", "") == settings.name &&
                      made.value("settings", Json()) == Json(settings.parameters);
  if (usable) MEDLEY_RETURN_IF_ERROR(stage.LoadPublished());
  return stage;
}

Status FuseStage::LoadPublished() {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, workspace_->models().Current(kModel));
  MEDLEY_RETURN_IF_ERROR(fusion_->Load(model.directory));
  MEDLEY_ASSIGN_OR_RETURN(
      auto fused,
      storage::EmbeddingSpace::Open(workspace_->EmbeddingFile("fused"),
                                    fusion_->dimension(),
                                    model.description().value("fingerprint", "")));
  fused_ = std::move(fused);
  return {};
}

Status FuseStage::Fit(std::span<const EncodePlan::Item> items) {
  std::map<std::string, linalg::Matrix> vectors;
  std::map<std::string, std::vector<std::uint8_t>> present;
  std::vector<fusion::FeatureSpace> features;
  for (const auto& [name, space] : spaces_) {
    auto& matrix = vectors[name] = linalg::Matrix(items.size(), space->dimension());
    auto& has = present[name];
    has.assign(items.size(), 0);
    for (std::size_t i = 0; i < items.size(); ++i)
      has[i] = space->Read(items[i].key, matrix.Row(i)) ? 1 : 0;
    if (std::find(has.begin(), has.end(), 1) != has.end())
      features.push_back({name, matrix.View(), has});
  }
  if (features.empty()) return {};
  MEDLEY_RETURN_IF_ERROR(fusion_->Fit(features));
  const FusionSettings settings = SettingsOf(*workspace_);
  std::string means;
  for (const auto& feature : features) {
    means.append(reinterpret_cast<const char*>(feature.vectors.data),
                 feature.vectors.rows * feature.vectors.cols * sizeof(float));
  }
  const Json description = {
      {"spaces", fingerprints_},
      {"fusion", settings.name},
      {"settings", settings.parameters},
      {"fingerprint",
       settings.name + "/" + Sha256(Json(settings.parameters).dump() + means).substr(0, 16)}};
  MEDLEY_RETURN_IF_ERROR(workspace_->models().Publish(
      kModel, description, [this](const std::filesystem::path& directory) {
        return fusion_->Save(directory);
      }));
  return LoadPublished();
}

std::uint64_t FuseStage::SourceOf(storage::Key item) const {
  std::string sources;
  for (const auto& [name, space] : spaces_) {
    if (const std::uint64_t source = space->SourceOf(item); source != 0)
      sources += name + "=" + std::to_string(source) + ";";
  }
  return sources.empty() ? 0 : std::max<std::uint64_t>(1, Hash64(sources));
}

Result<std::size_t> FuseStage::Fuse(std::span<const EncodePlan::Item> items) {
  if (!fused_) return 0;
  std::map<std::string, std::vector<float>> buffers;
  for (const auto& [name, space] : spaces_) buffers[name].resize(space->dimension());
  linalg::Matrix fused(items.size(), fusion_->dimension());
  std::vector<storage::EmbeddingSpace::Row> rows;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::uint64_t source = SourceOf(items[i].key);
    if (source == 0 || fused_->SourceOf(items[i].key) == source) continue;
    std::map<std::string, std::span<const float>> modalities;
    for (const auto& [name, space] : spaces_) {
      if (space->Read(items[i].key, buffers[name])) modalities[name] = buffers[name];
    }
    if (fusion_->Fuse(modalities, fused.Row(i)))
      rows.push_back({items[i].key, source, fused.Row(i)});
  }
  if (!rows.empty()) MEDLEY_RETURN_IF_ERROR(fused_->Append(rows));
  return rows.size();
}

}  // namespace medley::jobs
