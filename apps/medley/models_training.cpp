#include "apps/medley/models_training.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/stop_signal.h"
#include "medley/core/clock.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/jobs/model_training.h"
#include "medley/jobs/text_training.h"
#include "medley/linalg/matrix.h"
#include "medley/metrics/classification_report.h"
#include "medley/storage/workspace.h"
#include "medley/training/fit_transformer.h"
#include "medley/training/sound_model.h"

namespace medley::apps {
namespace {

namespace fs = std::filesystem;

struct TrainArguments {
  std::string kind;
  std::string modality;
  std::string validation;
  std::string teacher;
  std::string labels;
  std::string out;
  std::vector<std::string> settings;
};

struct ClassifyArguments {
  std::string model;
  std::vector<std::string> sources;
  std::string labels;
};

/// What can be trained.
struct TrainedKind {
  const char* name;
  const char* modality;  ///< where none is named
  const std::vector<ParameterSpec>& (*specs)();
};
constexpr std::array kKinds = {
    TrainedKind{"cnn_lstm", "audio", &training::SoundTrainingSpecs},
    TrainedKind{"head", "audio", &jobs::HeadTrainingSpecs},
    TrainedKind{"transformer", "text", &training::TransformerTrainingSpecs},
    TrainedKind{"ngrams", "text", &encoders::NgramModel::TrainingSpecs}};

const TrainedKind& KindNamed(const std::string& name) {
  return *std::ranges::find(kKinds, name, &TrainedKind::name);
}

Result<Parameters> ParametersOf(const TrainArguments& arguments) {
  std::map<std::string, std::string> given;
  for (const std::string& one : arguments.settings) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(ErrorCode::kInvalidInput, "--set takes key=value, not '" + one + "'");
    given[one.substr(0, equals)] = one.substr(equals + 1);
  }
  return Parameters::FromText(KindNamed(arguments.kind).specs(), given);
}

/// What a report says of any training.
Json Shown(const jobs::TrainingReport& report) {
  Json out = {
      {"examples", report.examples}, {"labels", report.labels}, {"seconds", report.seconds}};
  if (report.last_loss > 0) out["loss"] = report.last_loss;
  return out;
}

Result<Json> TrainTransformer(const TrainArguments& arguments,
                              const jobs::LabelledFiles& texts,
                              const Parameters& parameters,
                              Progress& progress) {
  jobs::LabelledFiles validation;
  if (!arguments.validation.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(validation,
                            jobs::ReadLabelledFiles(arguments.validation, data::Modality::kText));
  }
  MEDLEY_ASSIGN_OR_RETURN(
      const auto report,
      jobs::TrainTransformer(
          texts, validation, parameters, arguments.out, progress, StopOnSignals()));
  Json shown = Shown(report.training);
  shown["validated"] = report.validated;
  shown["best_epoch"] = report.best_epoch;
  for (const auto& epoch : report.epochs)
    shown["epochs"].push_back({{"loss", epoch.loss}, {"accuracy", epoch.accuracy}});
  return shown;
}

Result<Json> TrainNgrams(const TrainArguments& arguments,
                         const jobs::LabelledFiles& texts,
                         const Parameters& parameters,
                         Progress& progress) {
  std::unique_ptr<encoders::Classifier> teacher;
  if (!arguments.teacher.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(teacher, encoders::LoadClassifier(arguments.teacher));
    if (teacher->modality() != data::Modality::kText)
      return Fail(ErrorCode::kInvalidInput, "--teacher: it does not classify texts");
  }
  MEDLEY_ASSIGN_OR_RETURN(
      const auto report,
      jobs::TrainNgrams(
          texts, teacher.get(), parameters, arguments.out, progress, StopOnSignals()));
  return Shown(report);
}

Result<Json> TrainKind(const fs::path& workspace,
                       const TrainArguments& arguments,
                       data::Modality modality,
                       const jobs::LabelledFiles& files,
                       const Parameters& parameters) {
  const auto progress = MakeProgress(stderr);
  if (arguments.kind == "transformer")
    return TrainTransformer(arguments, files, parameters, *progress);
  if (arguments.kind == "ngrams") return TrainNgrams(arguments, files, parameters, *progress);
  if (arguments.kind == "cnn_lstm") {
    MEDLEY_ASSIGN_OR_RETURN(
        const auto report,
        jobs::TrainCnnLstm(files, parameters, arguments.out, *progress, StopOnSignals()));
    return Shown(report);
  }
  std::map<std::string, std::string> settings;
  std::error_code ignored;
  if (fs::exists(workspace / "medley.toml", ignored)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto opened, storage::Workspace::Open(workspace));
    settings = opened.Section("encoders." + std::string(data::ModalityName(modality)));
  }
  MEDLEY_ASSIGN_OR_RETURN(
      const auto report,
      jobs::TrainHead(
          files, modality, settings, parameters, arguments.out, *progress, StopOnSignals()));
  return Shown(report);
}

Status Train(const fs::path& workspace, const TrainArguments& arguments) {
  const TrainedKind& kind = KindNamed(arguments.kind);
  const auto modality =
      data::ParseModality(arguments.modality.empty() ? kind.modality : arguments.modality);
  if (!modality || (arguments.kind != "head" &&
                    data::ModalityName(*modality) != std::string_view(kind.modality)))
    return Fail(ErrorCode::kInvalidInput, arguments.kind + " can't be trained on that modality");
  const fs::path out(arguments.out);
  if (out.extension() != "." + arguments.kind)
    return Fail(ErrorCode::kInvalidInput, "--out: the file's name must end in ." + arguments.kind);
  MEDLEY_ASSIGN_OR_RETURN(const auto parameters, ParametersOf(arguments));
  MEDLEY_ASSIGN_OR_RETURN(const auto files, jobs::ReadLabelledFiles(arguments.labels, *modality));
  MEDLEY_ASSIGN_OR_RETURN(Json shown,
                          TrainKind(workspace, arguments, *modality, files, parameters));
  shown["model"] = out.string();
  std::printf("%s\n", DumpJson(shown).c_str());
  return {};
}

/// How often the answers are right, class by class: a table for eyes, and a line of JSON.
void PrintReport(const std::vector<std::string>& labels,
                 const std::vector<std::string>& truth,
                 const std::vector<std::string>& said,
                 double seconds) {
  std::vector<std::string> names = labels;
  for (const auto& label : truth)  // a label that the model does not know is never right
    if (std::ranges::find(names, label) == names.end()) names.push_back(label);
  const auto numbers = [&](const std::vector<std::string>& words) {
    std::vector<std::uint32_t> out;
    for (const auto& word : words)
      out.push_back(static_cast<std::uint32_t>(std::ranges::find(names, word) - names.begin()));
    return out;
  };
  const auto report = metrics::ReportClasses(numbers(truth), numbers(said), names.size());
  std::fputs(metrics::ToText(report, names).c_str(), stderr);
  Json shown = metrics::ToJson(report, names);
  shown["examples"] = truth.size();
  shown["right"] =
      static_cast<std::size_t>(std::lround(report.accuracy * static_cast<double>(truth.size())));
  shown["seconds"] = seconds;
  std::printf("%s\n", DumpJson(shown).c_str());
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
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(
      const auto rows, jobs::ClassifyFiles(*classifier, files.sources, *progress, StopOnSignals()));
  const double seconds = watch.Seconds();
  std::vector<std::string> said;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.Row(i);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    said.push_back(classifier->labels()[best]);
    Json line = {{"source", files.sources[i]}, {"label", said.back()}, {"probability", row[best]}};
    if (!files.labels.empty()) line["truth"] = files.labels[i];
    std::printf("%s\n", DumpJson(line).c_str());
  }
  if (!files.labels.empty()) PrintReport(classifier->labels(), files.labels, said, seconds);
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
      "Train a model of your own: cnn_lstm, which learns to listen from nothing (`models add` "
      "makes "
      "it an encoder); head, a classifier on the vectors of the encoder in use; transformer, the "
      "text encoder's upper layers trained on to tell labels; ngrams, a fast one for texts that "
      "learns from a teacher");
  std::vector<std::string> kinds;
  for (const auto& kind : kKinds) kinds.emplace_back(kind.name);
  command->add_option("kind", train->kind, "What to train")
      ->required()
      ->check(CLI::IsMember(kinds));
  command->add_option("--labels", train->labels, "Lines of a file (or text) and its label")
      ->required();
  command->add_option("--out", train->out, "The file to write: NAME.KIND")->required();
  command->add_option(
      "--modality", train->modality, "Of a head: text, image, audio (default) or video");
  command->add_option("--validation",
                      train->validation,
                      "Of a transformer: labelled texts to validate with; without, a tenth");
  command->add_option("--teacher",
                      train->teacher,
                      "Of ngrams: the model whose answers are learnt instead of the labels");
  command->add_option("--set", train->settings, "parameter=value; may be repeated")
      ->allow_extra_args(false);
  std::string footer;
  for (const auto& kind : kKinds)
    footer += Described("Parameters of " + std::string(kind.name) + ":", kind.specs());
  command->footer(footer);
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
