#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"

namespace medley::training {

/// What the vector of a history is trained to tell from the item that came next.
enum class Loss : std::uint8_t {
  kFull,     ///< every other item: softmax over the catalogue
  kSampled,  ///< items drawn anew for each step, shared by its histories; each weighs 1 / (its
             ///< expected number), so that the sum stands for the catalogue's (logQ correction;
             ///< Bengio, Senécal 2008), a history's own target never counts against it
  kInBatch,  ///< the targets of the step's other histories, corrected by their popularity (Yi et
             ///< al.: Sampling-bias-corrected neural modeling, RecSys 2019)
};

struct TrainerOptions {
  NetworkShape shape;
  double dropout = 0.5;            ///< of numbers in vectors
  double attention_dropout = 0.5;  ///< of whom a place looks at
  double weight_decay = 0;         ///< decoupled from the gradient (AdamW); not of biases and norms
  /// With content: the share of items that must do without their own vector in a step, so that
  /// content learns to stand for items nobody has met.
  double own_dropout = 0;
  Loss loss = Loss::kFull;
  std::size_t negatives = 1024;  ///< kSampled
  double popular_share = 0.5;    ///< kSampled: how many of them are drawn by popularity, not evenly
  bool correct = true;           ///< kSampled, kInBatch: the correction above
  std::uint64_t seed = 1;
  std::string device = "cpu";  ///< or "cuda", where libtorch has it; "auto": where it has it
};

/// A network in training.
/// Threads: one; it uses ThreadCount() itself. Its results do not depend on their number.
class NetworkTrainer {
 public:
  virtual ~NetworkTrainer() = default;
  /// One step of Adam (Kingma, Ba 2015) on the mean loss, which is returned, of: packed, every item
  /// but the first of each sequence; fixed-length, the last item of each. Shapes: at least one
  /// sequence; each of 2 .. max_length + 1 items. Errors: kInternal where libtorch gives up
  /// (memory).
  virtual Result<double> Step(std::span<const std::span<const ItemIndex>> sequences,
                              double rate) = 0;
  virtual Weights Current() const = 0;
};

/// Shapes: `start` as WeightsOf says; `content` n_items x content_dimension or 0 x 0 (views, must
/// outlive the trainer); `counts` how often each item occurs. Errors: kUnavailable where the
/// library that trains, or the device, isn't there, with what to do about it.
Result<std::unique_ptr<NetworkTrainer>> MakeTrainer(const TrainerOptions& options,
                                                    const Weights& start,
                                                    linalg::ConstMatrixView content,
                                                    std::span<const float> counts);

/// What the library shows of itself, under the C name medley_networks. `interface` must be
/// kNetworkInterface: a library of another build is refused.
inline constexpr std::uint64_t kNetworkInterface = 4;
class SoundTrainer;
struct SoundTrainerOptions;
class TransformerTrainer;
struct TransformerTrainerOptions;
struct NetworkLibrary {
  std::uint64_t interface;
  const char* torch_version;
  Result<std::unique_ptr<NetworkTrainer>> (*make)(const TrainerOptions& options,
                                                  const Weights& start,
                                                  linalg::ConstMatrixView content,
                                                  std::span<const float> counts);
  Result<std::unique_ptr<SoundTrainer>> (*make_sounds)(const SoundTrainerOptions& options,
                                                       const Weights& start);
  Result<std::unique_ptr<TransformerTrainer>> (*make_transformers)(
      const TransformerTrainerOptions& options, const Weights& start);
};

/// Loads it once a process, from MEDLEY_NETWORKS, or medley-networks.so beside the running program,
/// in ../lib/medley, or in the build tree that the program lies in. Errors: kUnavailable.
Result<const NetworkLibrary*> LoadNetworkLibrary();

}  // namespace medley::training
