#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/encoders/classifier.h"
#include "medley/jobs/model_training.h"
#include "medley/training/fit_transformer.h"

namespace medley::jobs {

struct TransformerReport {
  TrainingReport training;
  std::size_t validated = 0;  ///< texts it was validated with
  std::size_t best_epoch = 0;
  std::vector<training::Epoch> epochs;
};

/// Trains the upper layers of the pack's text encoder to tell labelled texts apart and writes it to
/// `out`. Without sources, `validation` is a tenth of each label's texts, drawn by the seed.
/// Parameters: training::TransformerTrainingSpecs. A kill leaves nothing. Errors: those of the
/// pack; kInvalidInput for a validation with a label that no other text has; as
/// training::FitTransformer.
Result<TransformerReport> TrainTransformer(const LabelledFiles& texts,
                                           const LabelledFiles& validation,
                                           const Parameters& parameters,
                                           const std::filesystem::path& out,
                                           Progress& progress,
                                           const CancelToken& cancel);

/// Trains a fast model of n-grams to answer as `teacher` does (null: as the labels say) and writes
/// it to `out`. Parameters: encoders::NgramModel::TrainingSpecs. A kill leaves nothing.
Result<TrainingReport> TrainNgrams(const LabelledFiles& texts,
                                   encoders::Classifier* teacher,
                                   const Parameters& parameters,
                                   const std::filesystem::path& out,
                                   Progress& progress,
                                   const CancelToken& cancel);

}  // namespace medley::jobs
