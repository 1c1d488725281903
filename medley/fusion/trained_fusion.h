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

#include "medley/alignment/heads.h"
#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/fusion/fusion.h"

namespace medley::fusion {

/// What the learned fusions share: projection heads and a join, trained together. A step draws
/// pairs of items that the same people dealt with (or items by themselves where there are none),
/// leaves modalities of each out at random (modality dropout), and lowers
///   InfoNCE(z(i), z(j)) + align * mean over pairs of modalities of InfoNCE(p_m(i), p_m'(i)).
/// Balance: a modality that finds its partner better than the others learns slower, by
/// 1 - tanh(balance (s_m / mean s - 1)), s = exp(-InfoNCE(p_m(i), p_m(j))), so that it does not
/// silence them. Cost: epochs x items x dimension x (sum of d_m). Source: Neverova et al. 2016
/// (dropout); Peng et al. 2022 (balance); contrastive.h.
class TrainedFusion : public Fusion {
 public:
  static std::vector<ParameterSpec> Specs();

  std::size_t dimension() const override { return learned_.dimension; }
  Status Fit(std::span<const FeatureSpace> spaces) override { return Fit(spaces, {}, 1); }
  /// `together`: items that the same people dealt with. Errors: also kInvalidInput for items out of
  /// range; it stays as it was.
  Status Fit(std::span<const FeatureSpace> spaces,
             std::span<const alignment::ItemPair> together,
             std::uint64_t seed);
  bool Fuse(const std::map<std::string, std::span<const float>>& modalities,
            std::span<float> out) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory) override;

  /// One modality of some items.
  struct Part {
    std::size_t slot = 0;  ///< its place among the fitted spaces
    std::string_view space;
    alignment::Tape::Node vectors = 0;  ///< unit rows of slot_dimension, zeros where absent
    std::span<const float> factors;     ///< by row: 0 absent, else how far it can be trusted
  };
  /// Joins the parts; rows need no length yet. Shapes: dimension() columns.
  virtual alignment::Tape::Node Join(alignment::Tape& tape, std::span<const Part> parts) const = 0;
  /// The fitted spaces, ascending; a Part's slot is the place in it.
  const std::vector<std::string>& spaces() const { return learned_.spaces; }
  const alignment::Weights& weights() const { return learned_.weights; }
  alignment::Weights& weights() { return learned_.weights; }

 protected:
  explicit TrainedFusion(const Parameters& parameters);

  /// What the heads project to.
  virtual std::size_t SlotDimension(std::size_t slots) const {
    (void)slots;
    return dimension();
  }
  /// Adds the join's own weights for spaces().
  virtual void DrawJoin(const Random& random) = 0;
  /// Whether weights() holds what DrawJoin draws, in these shapes.
  virtual bool JoinFits() const = 0;

 private:
  friend class FusionTraining;

  struct Learned {
    std::size_t dimension = 0;
    std::vector<std::string> spaces;
    alignment::ProjectionHeads heads;
    alignment::Weights weights;
  };

  std::size_t epochs_;
  std::size_t batch_;
  double rate_;
  double temperature_;
  double dropout_;
  double align_;
  double balance_;

  Learned learned_;
};

}  // namespace medley::fusion
