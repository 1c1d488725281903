#include "medley/training/fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/training/batches.h"
#include "medley/training/early_stopping.h"
#include "medley/training/learning_rate.h"
#include "medley/training/network.h"
#include "medley/training/sequence_encoder.h"
#include "medley/training/trainer.h"

namespace medley::training {
namespace {

using Piece = Batches::Piece;

constexpr std::size_t kPlaces = 10;
constexpr std::size_t kUsersAtATime = 256;
constexpr std::size_t kUsersAPiece = 8;
constexpr std::size_t kShortestHeldOut = 3;

/// What is trained on, and what of whom is held out.
struct Parts {
  std::vector<Piece> train;
  std::vector<Piece> held_out;  ///< whole sequences; the last item is the one to be found
};

Parts Divide(std::span<const std::vector<ItemIndex>> sequences,
             const FitOptions& options,
             bool hold_out) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (hold_out && sequences[i].size() >= kShortestHeldOut) order.push_back(i);
  }
  Random random = Random(options.trainer.seed).Fork("hold out");
  random.Shuffle(std::span(order));
  order.resize(std::min(order.size(), options.validation_users));
  const std::unordered_set<std::size_t> chosen(order.begin(), order.end());
  Parts parts;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const Piece all(sequences[i]);
    const bool held = chosen.contains(i);
    if (held) parts.held_out.push_back(all);
    if (const Piece train = held ? all.first(all.size() - 1) : all; train.size() >= 2)
      parts.train.push_back(train);
  }
  return parts;
}

/// Where the last item of `sequence` stands by `scores` among the items not in it, from 0; ties
/// count half of those that are level.
double PlaceOfLast(Piece sequence, std::span<const float> scores) {
  const float own = scores[sequence.back()];
  std::size_t above = 0;
  std::size_t level = 0;
  for (const float score : scores) {
    above += score > own ? 1 : 0;
    level += score == own ? 1 : 0;
  }
  std::vector<ItemIndex> past(sequence.begin(), sequence.end() - 1);
  std::sort(past.begin(), past.end());
  past.erase(std::unique(past.begin(), past.end()), past.end());
  for (const auto item : past) {
    above -= scores[item] > own ? 1 : 0;
    level -= scores[item] == own && item != sequence.back() ? 1 : 0;
  }
  return static_cast<double>(above) + static_cast<double>(level - 1) / 2;
}

/// NDCG@10 of the held-out items.
double Validate(const NetworkShape& shape,
                Weights weights,
                linalg::ConstMatrixView content,
                std::span<const Piece> held_out) {
  if (held_out.empty()) return 0;
  const auto tower = ItemTower(weights, content, {});
  const SequenceEncoder encoder(shape, std::move(weights));
  std::vector<double> gains(held_out.size());
  linalg::Matrix vectors(kUsersAtATime, shape.dimension);
  linalg::Matrix scores(kUsersAtATime, tower.rows());
  for (std::size_t start = 0; start < held_out.size(); start += kUsersAtATime) {
    const std::size_t n = std::min(kUsersAtATime, held_out.size() - start);
    ParallelFor(n, kUsersAPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto& sequence = held_out[start + i];
        encoder.Encode(sequence.first(sequence.size() - 1), tower.View(), vectors.Row(i));
      }
    });
    linalg::TimesTransposed({vectors.data(), n, vectors.cols(), vectors.cols()},
                            tower.View(),
                            {scores.data(), n, scores.cols(), scores.cols()});
    ParallelFor(n, kUsersAPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const double place = PlaceOfLast(held_out[start + i], scores.Row(i));
        gains[start + i] = place < static_cast<double>(kPlaces) ? 1 / std::log2(place + 2) : 0;
      }
    });
  }
  return std::accumulate(gains.begin(), gains.end(), 0.0) / static_cast<double>(gains.size());
}

std::vector<float> CountItems(std::span<const Piece> sequences, std::size_t n_items) {
  std::vector<float> counts(n_items);
  for (const auto& sequence : sequences) {
    for (const auto item : sequence) counts[item] += 1;
  }
  return counts;
}

/// One training from the first step to the last.
class Run {
 public:
  Run(const FitOptions& options, linalg::ConstMatrixView content, Parts parts)
      : options_(options),
        content_(content),
        parts_(std::move(parts)),
        batches_(parts_.train, options.trainer.shape, options.batch),
        rate_{options.rate,
              std::min(options.warm_up, batches_.steps()),
              batches_.steps() * options.epochs,
              options.cosine},
        order_(Random(options.trainer.seed).Fork("order")) {}

  Result<Trained> Train(std::size_t epochs, Progress& progress, const CancelToken* cancel) {
    if (batches_.targets() == 0) {
      return Fail(ErrorCode::kInvalidInput,
                  options_.name + " learns from what follows what: nobody has two items");
    }
    const auto& trainer_options = options_.trainer;
    const auto start = DrawWeights(trainer_options.shape, Random(trainer_options.seed));
    const auto counts = CountItems(parts_.train, trainer_options.shape.n_items);
    MEDLEY_ASSIGN_OR_RETURN(const auto trainer,
                            MakeTrainer(trainer_options, start, content_, counts));
    Trained out;
    EarlyStopping stopping(parts_.held_out.empty() ? 0 : options_.patience);
    progress.Begin("train " + options_.name, epochs, "epochs");
    for (std::size_t epoch = 1; epoch <= epochs && !stopping.ShouldStop(); ++epoch) {
      MEDLEY_ASSIGN_OR_RETURN(const double loss, Epoch(*trainer, cancel));
      auto weights = trainer->Current();
      const double ndcg = Validate(trainer_options.shape, weights, content_, parts_.held_out);
      if (stopping.Improves(parts_.held_out.empty() ? static_cast<double>(epoch) : ndcg)) {
        out.weights = std::move(weights);
        out.best_epoch = epoch;
        if (options_.checkpoint) options_.checkpoint(out);
      }
      progress.Note("loss", loss);
      if (!parts_.held_out.empty()) progress.Note("validation ndcg@10", ndcg);
      progress.Advance(1);
    }
    progress.End();
    return out;
  }

 private:
  Result<double> Epoch(NetworkTrainer& trainer, const CancelToken* cancel) {
    double sum = 0;
    const auto batches = batches_.Draw(order_);
    for (const auto& batch : batches) {
      if (cancel != nullptr && cancel->cancelled())
        return Fail(ErrorCode::kCancelled, "the training of " + options_.name + " was stopped");
      MEDLEY_ASSIGN_OR_RETURN(const double loss, trainer.Step(batch, rate_.At(step_++)));
      sum += loss;
    }
    if (!std::isfinite(sum)) {
      return Fail(ErrorCode::kInvalidInput,
                  options_.name + " did not converge: lower " + options_.name + ".learning_rate");
    }
    return sum / static_cast<double>(batches.size());
  }

  const FitOptions& options_;
  linalg::ConstMatrixView content_;
  Parts parts_;
  Batches batches_;
  LearningRate rate_;
  Random order_;
  std::size_t step_ = 0;
};

}  // namespace

Result<Trained> FitNetwork(std::span<const std::vector<ItemIndex>> sequences,
                           linalg::ConstMatrixView content,
                           const FitOptions& options,
                           Progress& progress,
                           const CancelToken* cancel) {
  Run first(options, content, Divide(sequences, options, true));
  MEDLEY_ASSIGN_OR_RETURN(auto trained, first.Train(options.epochs, progress, cancel));
  if (!options.refit) return trained;
  Run second(options, content, Divide(sequences, options, false));
  MEDLEY_ASSIGN_OR_RETURN(auto again, second.Train(trained.best_epoch, progress, cancel));
  trained.weights = std::move(again.weights);
  return trained;
}

}  // namespace medley::training
