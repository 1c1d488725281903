#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {

/// z = normalise(sum over present m of |x_m| normalise(P_m (x_m / |x_m| - mu_m))), |x_m| how far it
/// can be trusted, mu_m the mean of modality m and P_m a random Gaussian projection of its own.
/// Centring takes out what all vectors of an encoder share (e5's crowd within .73-.87); independent
/// projections make cross-modal products vanish, so that the cosine of two fused vectors is about
/// the mean of the modalities'. Cost: sum of d_m x dimension multiplications an item. Source:
/// Johnson and Lindenstrauss, 1984; Mu and Viswanath, All-but-the-Top, 2018 (centring).
class MeanFusion : public Fusion {
 public:
  static std::vector<ParameterSpec> Specs();
  explicit MeanFusion(const Parameters& parameters);

  std::string_view name() const override { return "mean"; }
  std::size_t dimension() const override { return dimension_; }
  Status Fit(std::span<const FeatureSpace> spaces) override;
  bool Fuse(const std::map<std::string, std::span<const float>>& modalities,
            std::span<float> out) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory) override;

 private:
  struct Modality {
    std::vector<float> mean;
    linalg::Matrix projection;  ///< d_m x dimension
  };
  /// The projection depends on the space's name and size alone, so that only the mean has to be
  /// stored.
  Modality MakeModality(std::string_view space, std::vector<float> mean) const;

  std::size_t dimension_;
  std::map<std::string, Modality> modalities_;
};

}  // namespace medley::fusion
