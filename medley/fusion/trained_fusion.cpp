#include "medley/fusion/trained_fusion.h"

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
#include "medley/alignment/tape.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/fusion/fusion_training.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/training/weights_file.h"

namespace medley::fusion {
namespace {

constexpr std::string_view kFile = "fusion.bin";

std::vector<alignment::Space> SpacesOf(std::span<const FeatureSpace> spaces) {
  std::vector<alignment::Space> out;
  for (const auto& space : spaces) out.push_back({space.name, space.vectors, space.present});
  return out;
}

std::vector<std::string> NamesOf(const alignment::ProjectionHeads& heads) {
  std::vector<std::string> names;
  for (const auto& head : heads.heads()) names.push_back(head.space);
  return names;
}

Status CheckSpaces(std::span<const FeatureSpace> spaces,
                   std::span<const alignment::ItemPair> together) {
  if (spaces.empty())
    return Fail(ErrorCode::kInvalidInput, "fusion needs at least one space of vectors");
  const std::size_t n = spaces.front().vectors.rows;
  for (const auto& space : spaces) {
    if (space.vectors.rows != n || space.present.size() != n) {
      return Fail(ErrorCode::kInvalidInput,
                  "the '" + space.name + "' vectors are not of the same items as the others");
    }
  }
  for (const auto& [a, b] : together) {
    if (a >= n || b >= n)
      return Fail(ErrorCode::kInvalidInput, "a pair of items names one that has no vectors");
  }
  return {};
}

}  // namespace

std::vector<ParameterSpec> TrainedFusion::Specs() {
  return {
      {"dimension", std::int64_t{128}, "Length of the fused vector, a multiple of 8", 8, 4096, {}},
      {"epochs", std::int64_t{20}, "Passes over the items; 0: heads stay random", 0, 10'000, {}},
      {"batch", std::int64_t{128}, "Items to be told from each other in a step", 2, 4096, {}},
      {"learning_rate", 0.002, "Of Adam", 1e-7, 1, {}},
      {"temperature", 0.1, "Of InfoNCE: smaller looks at the nearest others more", 0.005, 10, {}},
      {"dropout", 0.3, "Share of modalities left out while training", 0, 0.95, {}},
      {"align",
       0.5,
       "How much bringing an item's own modalities together counts; 0: not at all",
       0,
       100,
       {}},
      {"balance",
       0.5,
       "How much a strong modality is held back while the others learn; 0: not at all",
       0,
       10,
       {}}};
}

TrainedFusion::TrainedFusion(const Parameters& parameters)
    : epochs_(static_cast<std::size_t>(parameters.Int("epochs"))),
      batch_(static_cast<std::size_t>(parameters.Int("batch"))),
      rate_(parameters.Real("learning_rate")),
      temperature_(parameters.Real("temperature")),
      dropout_(parameters.Real("dropout")),
      align_(parameters.Real("align")),
      balance_(parameters.Real("balance")) {
  learned_.dimension = static_cast<std::size_t>(parameters.Int("dimension")) / 8 * 8;
}

Status TrainedFusion::Fit(std::span<const FeatureSpace> spaces,
                          std::span<const alignment::ItemPair> together,
                          std::uint64_t seed) {
  MEDLEY_RETURN_IF_ERROR(CheckSpaces(spaces, together));
  const Random random = Random(seed).Fork(name());
  alignment::Weights weights;
  const auto own = SpacesOf(spaces);
  MEDLEY_ASSIGN_OR_RETURN(auto heads,
                          alignment::ProjectionHeads::Make(
                              own, SlotDimension(own.size()), random.Fork("heads"), weights));
  learned_ = {dimension(), NamesOf(heads), heads, std::move(weights)};
  DrawJoin(random.Fork("join"));
  FusionTraining(*this, own, together, random.Fork("steps")).Run();
  return {};
}

bool TrainedFusion::Fuse(const std::map<std::string, std::span<const float>>& modalities,
                         std::span<float> out) const {
  std::fill(out.begin(), out.end(), 0.0F);
  alignment::Tape tape;
  std::vector<Part> parts;
  std::vector<float> factors(spaces().size(), 0.0F);
  for (std::size_t slot = 0; slot < spaces().size(); ++slot) {
    const auto found = modalities.find(spaces()[slot]);
    const auto& head = learned_.heads.heads()[slot];
    if (found == modalities.end()) continue;
    const auto vector = found->second;
    if (vector.size() != weights().find(head.map)->second.cols()) continue;
    factors[slot] = alignment::TrustIn(vector);
    linalg::Matrix row(1, vector.size());
    std::copy(vector.begin(), vector.end(), row.data());
    const std::span<const float> factor(&factors[slot], 1);
    const auto node = learned_.heads.Project(tape, weights(), head, row, factor);
    if (linalg::SquaredNorm(tape.Value(node).Row(0)) > 0)
      parts.push_back({slot, spaces()[slot], node, factor});
  }
  if (parts.empty()) return false;
  const auto& fused = tape.Value(tape.UnitRows(Join(tape, parts)));
  if (!linalg::AllFinite(fused.Row(0)) || !(linalg::SquaredNorm(fused.Row(0)) > 0)) return false;
  std::copy(fused.Row(0).begin(), fused.Row(0).end(), out.begin());
  return true;
}

Status TrainedFusion::Save(const std::filesystem::path& directory) const {
  return training::WriteWeights(
      directory / kFile,
      {.note = {{"kind", name()}, {"dimension", dimension()}}, .weights = weights()});
}

Status TrainedFusion::Load(const std::filesystem::path& directory) {
  auto read = training::ReadWeights(directory / kFile, name());
  if (!read) return Fail(read.error().code, read.error().message + "; run `medley encode --again`");
  auto& stored = *read;
  const auto corrupt = [&](const std::string& why) {
    return Fail(ErrorCode::kCorrupt,
                "'" + (directory / kFile).string() + "' is no " + std::string(name()) +
                    " fusion (" + why + "); run `medley encode --again`");
  };
  auto heads = alignment::ProjectionHeads::Over(stored.weights);
  if (!heads) return corrupt(heads.error().message);
  const Json& dimension = stored.note.contains("dimension") ? stored.note["dimension"] : Json();
  if (!dimension.is_number_unsigned()) return corrupt("its size is missing");
  Learned before = std::exchange(
      learned_, {dimension.get<std::size_t>(), NamesOf(*heads), *heads, std::move(stored.weights)});
  const bool fits =
      this->dimension() > 0 && JoinFits() &&
      std::ranges::all_of(learned_.heads.heads(), [&](const auto& head) {
        return weights().find(head.map)->second.rows() == SlotDimension(spaces().size());
      });
  if (fits) return {};
  learned_ = std::move(before);
  return corrupt("its weights don't fit together");
}

}  // namespace medley::fusion
