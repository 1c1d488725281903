#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/fusion/fusion.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"
#include "medley/training/adam.h"

namespace medley::fusion {

/// The steps that fit a TrainedFusion; what they lower is said there.
class FusionTraining {
 public:
  /// Views: all outlive it.
  FusionTraining(TrainedFusion& fusion,
                 std::span<const alignment::Space> spaces,
                 std::span<const alignment::ItemPair> together,
                 const Random& random);
  void Run();

  /// The loss of one batch without dropout, its gradients on `tape`: for checks of them.
  double Loss(alignment::Tape& tape, std::span<const alignment::ItemPair> batch);

 private:
  /// One side of a batch: the modalities of its items.
  struct View {
    std::vector<std::vector<float>> factors;  ///< by slot
    std::vector<alignment::Tape::Node> parts;
    alignment::Tape::Node fused = 0;
  };
  View Look(alignment::Tape& tape, std::span<const ItemIndex> items, double dropout);
  double Fill(alignment::Tape& tape, std::span<const alignment::ItemPair> batch, double dropout);
  double Align(alignment::Tape& tape,
               std::span<const ItemIndex> items,
               std::size_t a,
               std::size_t b,
               const View& view,
               float weight) const;
  void Weigh(alignment::Tape& tape,
             std::span<const std::uint32_t> groups,
             const View& left,
             const View& right);
  void Groups();
  void Move(training::Adam& adam, const alignment::Tape& tape);

  TrainedFusion& fusion_;
  std::vector<const alignment::Space*> spaces_;  ///< by slot
  std::span<const alignment::ItemPair> together_;
  Random random_;
  std::vector<std::uint32_t> items_;  ///< with any vector
  /// By slot and item: items of one number have the very same vector there.
  std::vector<std::vector<std::uint32_t>> same_;
  std::vector<float> pace_;  ///< by slot: what balance multiplies the head's gradient by
};

}  // namespace medley::fusion
