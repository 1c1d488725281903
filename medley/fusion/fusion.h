#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {

/// Vectors of one embedding space for all items. Shapes: n_items x d, rows of length 1. Missing:
/// present[i] == 0, the row is zeros.
struct FeatureSpace {
  std::string name;  ///< "text", "image", "audio", "video", "fused"
  linalg::ConstMatrixView vectors;
  std::span<const std::uint8_t> present;
};

/// Makes one vector of an item from those of its modalities, whichever of them it has.
/// Every implementation is one row of Fusions().
/// Threads: Fuse from any number at once; Fit and Load from one, alone.
class Fusion {
 public:
  virtual ~Fusion() = default;
  virtual std::string_view name() const = 0;
  virtual std::size_t dimension() const = 0;
  /// Learns what it needs of the spaces' distributions. Deterministic.
  /// Errors: kInvalidInput without a space, or for a space with no vector at all.
  virtual Status Fit(std::span<const FeatureSpace> spaces) = 0;
  /// One item: `modalities` holds its vectors by space name, absent ones left out; names never
  /// fitted are ignored. Writes a vector of length 1. False, with `out` zeros, where no fitted
  /// modality is present.
  virtual bool Fuse(const std::map<std::string, std::span<const float>>& modalities,
                    std::span<float> out) const = 0;
  virtual Status Save(const std::filesystem::path& directory) const = 0;
  virtual Status Load(const std::filesystem::path& directory) = 0;
};

struct FusionKind {
  std::string name;
  std::string summary;
  std::string example;  ///< lines of medley.toml
  std::vector<ParameterSpec> parameters;
  std::unique_ptr<Fusion> (*make)(const Parameters& parameters);
};
const std::vector<FusionKind>& Fusions();

/// Errors: kNotFound listing the names; kInvalidInput from the parameters.
Result<std::unique_ptr<Fusion>> MakeFusion(std::string_view name,
                                           const std::map<std::string, std::string>& settings);

}  // namespace medley::fusion
