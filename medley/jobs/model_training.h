#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/linalg/matrix.h"

namespace medley::jobs {

/// Files, or texts, and what each is.
struct LabelledFiles {
  std::vector<std::string> sources;  ///< file names; of texts, the texts themselves
  std::vector<std::string> labels;
};

/// Rows of two cells: a file, by its name from where `path` lies, or a text; and its label. Any
/// delimiter. Errors: kNotFound, kIo; kInvalidInput naming the line that is not like this.
Result<LabelledFiles> ReadLabelledFiles(const std::filesystem::path& path, data::Modality modality);

/// What is kept of a training, to be shown.
struct TrainingReport {
  std::size_t examples = 0;
  std::vector<std::string> labels;
  double last_loss = 0;  ///< of a CNN-LSTM's last epoch
  double seconds = 0;
};

/// Trains a CNN-LSTM on sound files and writes it to `out`. Parameters: SoundTrainingSpecs. A kill
/// leaves nothing. Errors: a file that can't be decoded, naming it; as training::FitSounds.
Result<TrainingReport> TrainCnnLstm(const LabelledFiles& files,
                                    const Parameters& parameters,
                                    const std::filesystem::path& out,
                                    Progress& progress,
                                    const CancelToken& cancel);

/// What TrainHead can be told.
const std::vector<ParameterSpec>& HeadTrainingSpecs();

/// Trains a head on the vectors that the encoder of `modality` and `settings` (of medley.toml)
/// makes of the files, and of "copies" varied copies of each, and writes it to `out`. A kill leaves
/// nothing. Errors: as above.
Result<TrainingReport> TrainHead(const LabelledFiles& files,
                                 data::Modality modality,
                                 const std::map<std::string, std::string>& settings,
                                 const Parameters& parameters,
                                 const std::filesystem::path& out,
                                 Progress& progress,
                                 const CancelToken& cancel);

/// One row of probabilities a source. Errors: as above.
Result<linalg::Matrix> ClassifyFiles(encoders::Classifier& classifier,
                                     std::span<const std::string> sources,
                                     Progress& progress,
                                     const CancelToken& cancel);

}  // namespace medley::jobs
