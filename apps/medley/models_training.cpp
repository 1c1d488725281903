#include "apps/medley/models_training.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/jobs/model_training.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/workspace.h"
#include "medley/training/sound_model.h"

namespace medley::apps {
namespace {

namespace fs = std::filesystem;

struct TrainArguments {
  std::string kind;
  std::string modality = "audio";
  std::string labels;
  std::string out;
  std::vector<std::string> settings;
};

struct ClassifyArguments {
  std::string model;
  std::vector<std::string> sources;
  std::string labels;
};

Result<Parameters> ParametersOf(const TrainArguments& arguments) {
  std::map<std::string, std::string> given;
  for (const std::string& one : arguments.settings) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(ErrorCode::kInvalidInput, "--set takes key=value, not '" + one + "'");
    given[one.substr(0, equals)] = one.substr(equals + 1);
  }
  return Parameters::FromText(
      arguments.kind == "head" ? jobs::HeadTrainingSpecs() : training::SoundTrainingSpecs(), given);
}

Status Train(const fs::path& workspace, const TrainArguments& arguments) {
  const auto modality = data::ParseModality(arguments.modality);
  if (!modality || (arguments.kind != "head" && modality != data::Modality::kAudio))
    return Fail(ErrorCode::kInvalidInput, arguments.kind + " can't be trained on that modality");
  const fs::path out(arguments.out);
  if (out.extension() != "." + arguments.kind)
    return Fail(ErrorCode::kInvalidInput, "--out: the file's name must end in ." + arguments.kind);
  MEDLEY_ASSIGN_OR_RETURN(const auto parameters, ParametersOf(arguments));
  MEDLEY_ASSIGN_OR_RETURN(const auto files, jobs::ReadLabelledFiles(arguments.labels, *modality));
  const auto progress = MakeProgress(stderr);
  const auto train = [&]() -> Result<jobs::TrainingReport> {
    if (arguments.kind != "head")
      return jobs::TrainCnnLstm(files, parameters, out, *progress, StopOnSignals());
    std::map<std::string, std::string> settings;
    std::error_code ignored;
    if (fs::exists(workspace / "medley.toml", ignored)) {
      MEDLEY_ASSIGN_OR_RETURN(const auto opened, storage::Workspace::Open(workspace));
      settings = opened.Section("encoders." + arguments.modality);
    }
    return jobs::TrainHead(files, *modality, settings, parameters, out, *progress, StopOnSignals());
  };
  MEDLEY_ASSIGN_OR_RETURN(const auto report, train());
  Json shown = {{"model", out.string()},
                {"examples", report.examples},
                {"labels", report.labels},
                {"seconds", report.seconds}};
  if (report.last_loss > 0) shown["loss"] = report.last_loss;
  std::printf("%s\n", DumpJson(shown).c_str());
  return {};
}

Status Classify(const ClassifyArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto classifier, encoders::LoadClassifier(arguments.model));
  jobs::LabelledFiles files{arguments.sources, {}};
  if (!arguments.labels.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(files,
                            jobs::ReadLabelledFiles(arguments.labels, classifier->modality()));
  }
  if (files.sources.empty())
    return Fail(ErrorCode::kInvalidInput, "name files (or texts), or --labels FILE");
  const auto progress = MakeProgress(stderr);
  MEDLEY_ASSIGN_OR_RETURN(
      const auto rows, jobs::ClassifyFiles(*classifier, files.sources, *progress, StopOnSignals()));
  std::size_t right = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.Row(i);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    const std::string& label = classifier->labels()[best];
    Json line = {{"source", files.sources[i]}, {"label", label}, {"probability", row[best]}};
    if (!files.labels.empty()) {
      line["truth"] = files.labels[i];
      right += files.labels[i] == label ? 1 : 0;
    }
    std::printf("%s\n", DumpJson(line).c_str());
  }
  if (files.labels.empty()) return {};
  const double accuracy = static_cast<double>(right) / static_cast<double>(rows.rows());
  std::printf(
      "%s\n",
      DumpJson({{"accuracy", accuracy}, {"right", right}, {"examples", rows.rows()}}).c_str());
  return {};
}

std::string Described(const std::string& title, const std::vector<ParameterSpec>& specs) {
  std::string text = title + "\n";
  for (const auto& spec : specs) {
    const std::string value =
        std::visit([](const auto& one) { return Json(one).dump(); }, spec.default_value);
    text += "  " + spec.name + " = " + value + ": " + spec.help + "\n";
  }
  return text;
}

}  // namespace

void AddModelTraining(CLI::App& models, Context& context) {
  const auto train = std::make_shared<TrainArguments>();
  auto* command = models.add_subcommand(
      "train",
      "Train a model of your own: cnn_lstm, which learns to listen from nothing, or head, a "
      "classifier on the vectors of the encoder in use; `models add` makes it an encoder");
  command->add_option("kind", train->kind, "cnn_lstm or head")
      ->required()
      ->check(CLI::IsMember({"cnn_lstm", "head"}));
  command->add_option("--labels", train->labels, "Lines of a file (or text) and its label")
      ->required();
  command->add_option("--out", train->out, "The file to write: NAME.cnn_lstm or NAME.head")
      ->required();
  command->add_option(
      "--modality", train->modality, "Of a head: text, image, audio (default) or video");
  command->add_option("--set", train->settings, "parameter=value; may be repeated")
      ->allow_extra_args(false);
  command->footer(Described("Parameters of cnn_lstm:", training::SoundTrainingSpecs()) +
                  Described("Parameters of head:", jobs::HeadTrainingSpecs()));
  command->callback([&context, train] {
    if (auto done = Train(context.workspace, *train); !done) context.Fail(done.error());
  });
  const auto classify = std::make_shared<ClassifyArguments>();
  auto* second = models.add_subcommand(
      "classify",
      "Say what files are, one JSON line each, by a model that `models train` made; with --labels "
      "also how often that is right");
  second->add_option("model", classify->model, "The model's file, or its name in `models list`")
      ->required();
  second->add_option("sources", classify->sources, "Files, or texts");
  second->add_option("--labels", classify->labels, "Lines of a file (or text) and its label");
  second->callback([&context, classify] {
    if (auto done = Classify(*classify); !done) context.Fail(done.error());
  });
}

}  // namespace medley::apps
