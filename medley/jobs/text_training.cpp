#include "medley/jobs/text_training.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/text/e5_layers.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/encoders/text/text_classifier.h"
#include "medley/jobs/model_training.h"
#include "medley/linalg/matrix.h"
#include "medley/training/fit_transformer.h"

namespace medley::jobs {
namespace {

constexpr std::size_t kTextsTogether = 512;
constexpr std::size_t kHeldOut = 10;

std::vector<std::string> LabelsOf(const LabelledFiles& files) {
  const std::set<std::string> names(files.labels.begin(), files.labels.end());
  return {names.begin(), names.end()};
}

std::size_t NumberOf(const std::vector<std::string>& labels, const std::string& label) {
  return static_cast<std::size_t>(std::ranges::lower_bound(labels, label) - labels.begin());
}

/// Takes a tenth of each label's texts away to validate with.
LabelledFiles HoldOut(std::uint64_t seed, LabelledFiles& texts) {
  std::map<std::string, std::vector<std::size_t>> of_label;
  for (std::size_t i = 0; i < texts.labels.size(); ++i) of_label[texts.labels[i]].push_back(i);
  std::vector<std::uint8_t> held(texts.labels.size());
  for (auto& [label, places] : of_label) {
    Random random = Random(seed).Fork("hold out").Fork(label);
    random.Shuffle(std::span(places));
    for (std::size_t i = 0; i < places.size() / kHeldOut; ++i) held[places[i]] = 1;
  }
  LabelledFiles parts[2];
  for (std::size_t i = 0; i < held.size(); ++i) {
    parts[held[i]].sources.push_back(std::move(texts.sources[i]));
    parts[held[i]].labels.push_back(std::move(texts.labels[i]));
  }
  texts = std::move(parts[0]);
  return std::move(parts[1]);
}

Result<training::LabelledTokens> RunLowerLayers(const LabelledFiles& texts,
                                                const std::vector<std::string>& labels,
                                                encoders::E5Layers& layers,
                                                Progress& progress,
                                                const CancelToken& cancel) {
  training::LabelledTokens out(layers.ShapeFor(labels.size()).dimension);
  for (std::size_t begin = 0; begin < texts.sources.size(); begin += kTextsTogether) {
    if (cancel.cancelled()) return Fail(ErrorCode::kCancelled, "it was stopped");
    std::vector<const std::string*> some;
    for (std::size_t i = begin; i < std::min(texts.sources.size(), begin + kTextsTogether); ++i)
      some.push_back(&texts.sources[i]);
    std::vector<std::vector<float>> found(some.size());
    MEDLEY_RETURN_IF_ERROR(layers.Encode(some, [&](std::size_t i, std::span<const float> values) {
      found[i].assign(values.begin(), values.end());
    }));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::string& label = texts.labels[begin + i];
      const std::size_t number = NumberOf(labels, label);
      if (number == labels.size() || labels[number] != label) {
        return Fail(ErrorCode::kInvalidInput,
                    "the validation has the label '" + label + "', the texts to learn from do not");
      }
      out.Add(found[i], static_cast<std::uint32_t>(number));
    }
    progress.Advance(some.size());
  }
  return out;
}

}  // namespace

Result<TransformerReport> TrainTransformer(const LabelledFiles& texts,
                                           const LabelledFiles& validation,
                                           const Parameters& parameters,
                                           const std::filesystem::path& out,
                                           Progress& progress,
                                           const CancelToken& cancel) {
  const Stopwatch watch;
  LabelledFiles data = texts;
  LabelledFiles held = validation;
  if (held.sources.empty())
    held = HoldOut(static_cast<std::uint64_t>(parameters.Int("seed")), data);
  encoders::TransformerModel model{
      .layers = static_cast<std::size_t>(parameters.Int("layers")),
      .max_tokens = static_cast<std::size_t>(parameters.Int("max_tokens")),
      .labels = LabelsOf(data)};
  MEDLEY_ASSIGN_OR_RETURN(auto layers, encoders::E5Layers::Open(model.layers, model.max_tokens));
  model.fingerprint = layers.fingerprint();
  progress.Begin("run the lower layers", data.sources.size() + held.sources.size(), "texts");
  MEDLEY_ASSIGN_OR_RETURN(const auto held_tokens,
                          RunLowerLayers(held, model.labels, layers, progress, cancel));
  MEDLEY_ASSIGN_OR_RETURN(const auto tokens,
                          RunLowerLayers(data, model.labels, layers, progress, cancel));
  progress.End();
  MEDLEY_ASSIGN_OR_RETURN(auto start, layers.Upper());
  MEDLEY_ASSIGN_OR_RETURN(auto trained,
                          training::FitTransformer(tokens,
                                                   held_tokens,
                                                   layers.ShapeFor(model.labels.size()),
                                                   std::move(start),
                                                   parameters,
                                                   progress,
                                                   &cancel));
  model.weights = std::move(trained.weights);
  MEDLEY_RETURN_IF_ERROR(encoders::SaveTransformer(out, model));
  return TransformerReport{.training = {.examples = data.sources.size(),
                                        .labels = std::move(model.labels),
                                        .last_loss = trained.epochs.back().loss,
                                        .seconds = watch.Seconds()},
                           .validated = held.sources.size(),
                           .best_epoch = trained.best_epoch,
                           .epochs = std::move(trained.epochs)};
}

Result<TrainingReport> TrainNgrams(const LabelledFiles& texts,
                                   encoders::Classifier* teacher,
                                   const Parameters& parameters,
                                   const std::filesystem::path& out,
                                   Progress& progress,
                                   const CancelToken& cancel) {
  const Stopwatch watch;
  std::vector<std::string> labels = teacher != nullptr ? teacher->labels() : LabelsOf(texts);
  linalg::Matrix answers(texts.sources.size(), labels.size());
  if (teacher != nullptr) {
    MEDLEY_ASSIGN_OR_RETURN(answers, ClassifyFiles(*teacher, texts.sources, progress, cancel));
  } else {
    for (std::size_t i = 0; i < texts.labels.size(); ++i)
      answers(i, NumberOf(labels, texts.labels[i])) = 1;
  }
  MEDLEY_ASSIGN_OR_RETURN(
      const auto model,
      encoders::NgramModel::Fit(
          texts.sources, answers.View(), labels, parameters, progress, &cancel));
  MEDLEY_RETURN_IF_ERROR(model.Save(out));
  return TrainingReport{
      .examples = texts.sources.size(), .labels = std::move(labels), .seconds = watch.Seconds()};
}

}  // namespace medley::jobs
