#include "medley/training/fit_transformer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/float16.h"
#include "medley/linalg/matrix.h"
#include "medley/training/early_stopping.h"
#include "medley/training/learning_rate.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"
#include "medley/training/transformer_trainer.h"

namespace medley::training {
namespace {

/// So many steps' texts are drawn, then sorted by length: texts of a step are of like length, and
/// still of any kind.
constexpr std::size_t kStepsSorted = 40;
constexpr double kWarmUp = 0.06;  ///< of the steps
constexpr std::size_t kTextsAPiece = 8;
constexpr double kLeastOdds = 1e-7;

class TransformerRun {
 public:
  TransformerRun(const LabelledTokens& data,
                 const LabelledTokens& validation,
                 const TransformerShape& shape,
                 const Parameters& parameters)
      : data_(data),
        validation_(validation),
        shape_(shape),
        batch_(static_cast<std::size_t>(parameters.Int("batch"))),
        epochs_(static_cast<std::size_t>(parameters.Int("epochs"))),
        steps_((data.size() + batch_ - 1) / batch_),
        rate_{parameters.Real("learning_rate"),
              static_cast<std::size_t>(kWarmUp * static_cast<double>(steps_ * epochs_)),
              steps_ * epochs_,
              true},
        stopping_(static_cast<std::size_t>(parameters.Int("patience"))),
        random_(static_cast<std::uint64_t>(parameters.Int("seed"))) {}

  Result<TrainedTransformer> Train(TransformerTrainer& trainer,
                                   Progress& progress,
                                   const CancelToken* cancel) {
    TrainedTransformer out;
    progress.Begin("train transformer", epochs_ * steps_, "steps");
    for (std::size_t epoch = 0; epoch < epochs_ && !stopping_.ShouldStop(); ++epoch) {
      MEDLEY_ASSIGN_OR_RETURN(const double loss, RunEpoch(epoch, trainer, progress, cancel));
      auto weights = trainer.Current();
      const auto judged = Judge(weights);
      out.epochs.push_back({loss, judged.accuracy, judged.loss});
      progress.Note("training loss", loss);
      progress.Note("validation loss", judged.loss);
      progress.Note("validation accuracy", judged.accuracy);
      if (stopping_.Improves(shape_.asks ? -judged.loss : judged.accuracy))
        out.weights = std::move(weights);
    }
    progress.End();
    out.best_epoch = stopping_.best_epoch();
    return out;
  }

 private:
  /// Each step's texts.
  std::vector<std::vector<std::size_t>> Draw(std::size_t epoch) const {
    Random random = random_.Fork("order").Fork(epoch);
    std::vector<std::size_t> order(data_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random.Shuffle(std::span(order));
    std::vector<std::vector<std::size_t>> out;
    for (std::size_t begin = 0; begin < order.size(); begin += kStepsSorted * batch_) {
      const auto some =
          std::span(order).subspan(begin, std::min(kStepsSorted * batch_, order.size() - begin));
      std::ranges::stable_sort(some, {}, [&](std::size_t i) { return data_.Tokens(i).size(); });
      for (std::size_t i = 0; i < some.size(); i += batch_) {
        const auto step = some.subspan(i, std::min(batch_, some.size() - i));
        out.emplace_back(step.begin(), step.end());
      }
    }
    random.Shuffle(std::span(out));
    return out;
  }

  Result<double> RunEpoch(std::size_t epoch,
                          TransformerTrainer& trainer,
                          Progress& progress,
                          const CancelToken* cancel) {
    double sum = 0;
    std::size_t seen = 0;
    std::size_t step = epoch * steps_;
    for (const auto& texts : Draw(epoch)) {
      if (cancel != nullptr && cancel->cancelled())
        return Fail(ErrorCode::kCancelled, "the training was stopped");
      std::vector<TokensExample> examples;
      for (const std::size_t i : texts) examples.push_back({data_.Tokens(i), data_.Labels(i)});
      MEDLEY_ASSIGN_OR_RETURN(const double loss, trainer.Step(examples, rate_.At(step++)));
      if (!std::isfinite(loss))
        return Fail(ErrorCode::kInvalidInput, "it did not converge: lower learning_rate");
      sum += loss * static_cast<double>(texts.size());
      seen += texts.size();
      progress.Note("epoch", static_cast<double>(epoch + 1));
      progress.Note("loss", sum / static_cast<double>(seen));
      progress.Advance(1);
    }
    return sum / static_cast<double>(seen);
  }

  struct Judged {
    double accuracy = 0;
    double loss = 0;
    double labels = 0;
  };

  Judged Judge(const Weights& weights) const {
    const Transformer network(shape_, weights);
    std::vector<Judged> found(validation_.size());
    ParallelFor(found.size(), kTextsAPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) found[i] = JudgeOne(network, i);
    });
    Judged sum;
    for (const auto& one : found) {
      sum.accuracy += one.accuracy;
      sum.loss += one.loss;
      sum.labels += one.labels;
    }
    return {sum.accuracy / sum.labels, sum.loss / sum.labels, sum.labels};
  }

  Judged JudgeOne(const Transformer& network, std::size_t i) const {
    const auto half = validation_.Tokens(i);
    const auto labels = validation_.Labels(i);
    linalg::Matrix tokens(half.size() / shape_.width(), shape_.width());
    linalg::FromFloat16(half, tokens.values());
    Judged out;
    const auto add = [&](std::span<const float> odds, std::uint32_t label) {
      const auto best = std::ranges::max_element(odds) - odds.begin();
      out.accuracy += static_cast<std::size_t>(best) == label ? 1 : 0;
      out.loss -= std::log(std::max(static_cast<double>(odds[label]), kLeastOdds));
      out.labels += 1;
    };
    if (!shape_.asks) {
      add(network.Classify(std::move(tokens)), labels[0]);
      return out;
    }
    const std::size_t before = tokens.rows() - labels.size();
    const auto values = std::as_const(tokens).values();
    linalg::Matrix context(before, tokens.cols());
    linalg::Matrix questions(labels.size(), tokens.cols());
    std::ranges::copy(values.first(before * tokens.cols()), context.data());
    std::ranges::copy(values.subspan(before * tokens.cols()), questions.data());
    const auto odds = network.Ask(network.Read(context), questions);
    for (std::size_t k = 0; k < labels.size(); ++k) add(odds.Row(k), labels[k]);
    return out;
  }

  const LabelledTokens& data_;
  const LabelledTokens& validation_;
  const TransformerShape& shape_;
  std::size_t batch_;
  std::size_t epochs_;
  std::size_t steps_;
  LearningRate rate_;
  EarlyStopping stopping_;
  Random random_;
};

}  // namespace

void LabelledTokens::Add(std::span<const float> tokens, std::span<const std::uint32_t> labels) {
  const std::size_t start = values_.size();
  values_.resize(start + tokens.size());
  linalg::ToFloat16(tokens, std::span(values_).subspan(start));
  starts_.push_back(values_.size());
  labels_.insert(labels_.end(), labels.begin(), labels.end());
  label_starts_.push_back(labels_.size());
}

const std::vector<ParameterSpec>& TransformerTrainingSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "layers",
       .default_value = std::int64_t{4},
       .help =
           "how many of the encoder's layers are trained on, from the top; those below run once",
       .min = 1,
       .max = 48},
      {.name = "max_tokens",
       .default_value = std::int64_t{128},
       .help = "how much of a text is read; about 0.7 words or 1.5 Chinese characters a token",
       .min = 8,
       .max = 512},
      {.name = "dropout", .default_value = 0.1, .help = "while training", .min = 0, .max = 0.9},
      {.name = "weight_decay",
       .default_value = 0.01,
       .help = "how hard weights are pulled towards 0",
       .min = 0,
       .max = 10},
      {.name = "epochs",
       .default_value = std::int64_t{3},
       .help = "passes over the texts, at most",
       .min = 1,
       .max = 1000},
      {.name = "patience",
       .default_value = std::int64_t{1},
       .help = "epochs without a better validation before it stops; 0: never",
       .min = 0,
       .max = 1000},
      {.name = "batch",
       .default_value = std::int64_t{32},
       .help = "texts a step",
       .min = 1,
       .max = 4096},
      {.name = "learning_rate", .default_value = 1e-4, .help = "of Adam", .min = 0, .max = 1},
      {.name = "seed", .default_value = std::int64_t{1}, .help = "of everything drawn", .min = 0}};
  return specs;
}

Result<TrainedTransformer> FitTransformer(const LabelledTokens& data,
                                          const LabelledTokens& validation,
                                          const TransformerShape& shape,
                                          Weights start,
                                          const Parameters& parameters,
                                          Progress& progress,
                                          const CancelToken* cancel,
                                          double forget) {
  if (data.size() == 0 || validation.size() == 0 || shape.classes < 2) {
    return Fail(ErrorCode::kInvalidInput,
                "texts of at least two labels are needed, to learn from and to validate with");
  }
  TransformerTrainerOptions options{.shape = shape};
  options.dropout = parameters.Real("dropout");
  options.weight_decay = parameters.Real("weight_decay");
  options.seed = static_cast<std::uint64_t>(parameters.Int("seed"));
  MEDLEY_RETURN_IF_ERROR(CheckShape(shape));
  options.forget = forget;
  start.merge(DrawWeights(WeightsOf(shape), Random(options.seed).Fork("start")));
  MEDLEY_ASSIGN_OR_RETURN(const auto trainer, MakeTransformerTrainer(options, start));
  return TransformerRun(data, validation, shape, parameters).Train(*trainer, progress, cancel);
}

}  // namespace medley::training
