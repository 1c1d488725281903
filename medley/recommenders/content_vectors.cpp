#include "medley/recommenders/content_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

Status ContentVectors::Fill(const ItemFeatures& features) {
  const std::size_t n = features.Find(parts_.front().name)->vectors.rows;
  vectors_ = linalg::Matrix(n, mean_.size());
  described_.assign(n, 0);
  const float share = 1 / std::sqrt(static_cast<float>(parts_.size()));
  for (const auto& part : parts_) {
    const auto& space = *features.Find(part.name);
    if (space.vectors.rows != n || space.present.size() != n) {
      return Fail(ErrorCode::kInvalidInput,
                  "the '" + part.name + "' vectors are not of the same items as the others");
    }
    const auto mean = std::span(mean_).subspan(part.begin, part.size);
    for (std::size_t item = 0; item < n; ++item) {
      if (space.present[item] == 0) continue;
      const auto row = vectors_.Row(item).subspan(part.begin, part.size);
      std::copy_n(space.vectors.Row(item).begin(), part.size, row.begin());
      linalg::Axpy(-1, mean, row);
      if (!linalg::Normalize(row)) std::fill(row.begin(), row.end(), 0.0F);
      linalg::Scale(share, row);
      described_[item] = 1;
    }
  }
  return {};
}

Result<ContentVectors> ContentVectors::Make(const ItemFeatures& features, std::string_view spaces) {
  ContentVectors out;
  for (const auto& name : ChosenSpaces(features, spaces)) {
    const auto* space = features.Find(name);
    if (space == nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  "there are no '" + name + "' vectors: run `medley encode` first");
    }
    const auto named = [&](const Part& part) { return part.name == name; };
    if (std::any_of(out.parts_.begin(), out.parts_.end(), named)) continue;
    const auto mean = MeanOf(*space);
    out.parts_.push_back({name, out.mean_.size(), mean.size()});
    out.mean_.insert(out.mean_.end(), mean.begin(), mean.end());
  }
  if (out.parts_.empty())
    return Fail(ErrorCode::kInvalidInput, "no item has vectors yet: run `medley encode` first");
  MEDLEY_RETURN_IF_ERROR(out.Fill(features));
  return out;
}

void ContentVectors::Save(ModelWriter& writer, Json& note) const {
  note["spaces"] = Json::array();
  for (const auto& part : parts_)
    note["spaces"].push_back({{"name", part.name}, {"size", part.size}});
  writer.Add("content_mean", mean_);
}

Result<ContentVectors> ContentVectors::Load(const ModelReader& reader,
                                            const ItemFeatures& features) {
  ContentVectors out;
  const Json spaces = reader.note().value("spaces", Json());
  if (!spaces.is_array() || spaces.empty())
    return Fail(ErrorCode::kCorrupt, "the model is damaged: it names no space; train again");
  for (const auto& entry : spaces) {
    if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string() ||
        !entry.contains("size") || !entry["size"].is_number_unsigned())
      return Fail(ErrorCode::kCorrupt, "the model is damaged: a space has no name; train again");
    const auto name = entry["name"].get<std::string>();
    const auto size = entry["size"].get<std::size_t>();
    const auto* space = features.Find(name);
    if (space == nullptr || space->vectors.cols != size) {
      return Fail(ErrorCode::kInvalidInput,
                  "the '" + name +
                      "' vectors that the model was trained on are no longer there; "
                      "train again");
    }
    out.parts_.push_back({name, out.mean_.size(), size});
    out.mean_.resize(out.mean_.size() + size);
  }
  MEDLEY_ASSIGN_OR_RETURN(out.mean_, reader.Floats("content_mean", out.mean_.size()));
  MEDLEY_RETURN_IF_ERROR(out.Fill(features));
  return out;
}

std::uint64_t ContentVectors::Fingerprint(std::span<const std::uint32_t> items) const {
  std::uint64_t hash = 0;
  for (const auto item : items) {
    const auto row = Row(item);
    hash = hash * 0x9e3779b97f4a7c15ULL +
           Hash64({reinterpret_cast<const char*>(row.data()), row.size_bytes()});
  }
  return hash;
}

}  // namespace medley::recommenders
