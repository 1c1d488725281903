#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "apps/medley/models_training.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/inference/model_install.h"
#include "medley/inference/model_pack.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/storage/settings.h"
#include "medley/storage/workspace.h"

namespace medley::apps {
namespace {

namespace fs = std::filesystem;
using Settings = std::map<std::string, std::string>;

struct AddOptions {
  std::string what;
  std::string name;
  std::string modality;
  std::vector<std::string> settings;  ///< "key=value"
};

struct EncodeOptions {
  std::string modality;
  std::string file;
  std::string text;
  bool query = false;
};

Json Described(const inference::PackModel& model) {
  std::uintmax_t bytes = 0;
  for (const auto& [part, file] : model.files) bytes += file.bytes;
  return {{"name", model.name},
          {"role", model.role},
          {"summary", model.summary},
          {"licence", model.licence},
          {"source", model.source},
          {"fingerprint", model.fingerprint},
          {"bytes", bytes},
          {"notice", model.notice},
          {"folder", model.folder.string()}};
}

Status List(bool json) {
  MEDLEY_ASSIGN_OR_RETURN(const auto pack, inference::ModelPack::Open());
  bool has_gemma = false;
  for (const inference::PackModel& model : pack.models()) {
    const Json row = Described(model);
    has_gemma = has_gemma || model.name == "gemma";
    if (json) {
      std::printf("%s\n", DumpJson(row).c_str());
    } else {
      std::printf("%-24s %-9s %6.1f MB  %s (%s)\n",
                  model.name.c_str(),
                  model.role.c_str(),
                  static_cast<double>(row["bytes"].get<std::uintmax_t>()) / 1e6,
                  model.summary.c_str(),
                  model.licence.c_str());
    }
  }
  if (!json && !has_gemma) {
    std::printf(
        "Not added: gemma, a better small language model under Google's Gemma Terms of Use "
        "(`medley models add gemma`).\n");
  }
  return {};
}

Status Verify(const std::string& name) {
  MEDLEY_ASSIGN_OR_RETURN(const auto pack, inference::ModelPack::Open());
  std::string broken;
  bool found = false;
  for (const inference::PackModel& model : pack.models()) {
    if (!name.empty() && model.name != name) continue;
    found = true;
    const auto status = pack.Verify(model);
    std::printf("%-24s %s\n", model.name.c_str(), status ? "good" : status.error().message.c_str());
    if (!status) broken += " " + model.name;
  }
  if (!found)
    return Fail(
        ErrorCode::kNotFound,
        name.empty() ? "the model pack is empty; run `make setup`" : "no model '" + name + "'");
  if (!broken.empty()) return Fail(ErrorCode::kCorrupt, "damaged:" + broken);
  return {};
}

/// Runs the pack's recipe for `name`; what it prints goes through.
Status RunRecipe(const std::string& name) {
  const fs::path cache = inference::CacheFolder();
  const std::string python = (cache / "venv/bin/python").string();
  const std::string recipe = (cache / "recipes/build.py").string();
  std::error_code ignored;
  if (!fs::exists(recipe, ignored))
    return Fail(ErrorCode::kNotFound, "no recipes in " + cache.string() + "; run `make setup`");
  std::vector<std::string> words = {python, recipe, "--cache", cache.string(), "--add", name};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, python.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
    return Fail(ErrorCode::kIo, python + " can't be started; run `make setup`");
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Fail(ErrorCode::kIo, "model '" + name + "' was not added");
  }
  return {};
}

Result<Settings> ParseSettings(const std::vector<std::string>& given) {
  Settings settings;
  for (const std::string& one : given) {
    const std::size_t equals = one.find('=');
    if (equals == std::string::npos || equals == 0)
      return Fail(ErrorCode::kInvalidInput, "--set takes key=value, not '" + one + "'");
    settings[one.substr(0, equals)] = one.substr(equals + 1);
  }
  return settings;
}

std::string SectionText(data::Modality modality, const Settings& settings) {
  std::string text = "[encoders." + std::string(data::ModalityName(modality)) + "]\n";
  for (const auto& [key, value] : settings) text += key + " = " + Json(value).dump() + "\n";
  return text;
}

/// `text` with the section's settings below its header, where that stands alone on a line, or with
/// all of it at the end.
std::string WithSection(const std::string& text,
                        const std::string& header,
                        const std::string& section) {
  const std::string padded = "\n" + text;
  const std::size_t at = padded.find("\n" + header + "\n");
  if (at == std::string::npos) return text + (text.ends_with('\n') ? "\n" : "\n\n") + section;
  const std::size_t below = at + header.size() + 1;  // in `text`: behind the header's line
  return text.substr(0, below) + section.substr(header.size() + 1) + text.substr(below);
}

/// Puts the section into the workspace's medley.toml, unless there is no workspace or it has that
/// section.
Status Configure(const fs::path& workspace, data::Modality modality, const std::string& section) {
  const fs::path file = workspace / "medley.toml";
  std::error_code ignored;
  const std::string header = section.substr(0, section.find('\n'));
  if (fs::exists(file, ignored)) {
    MEDLEY_ASSIGN_OR_RETURN(std::string text, ReadFile(file));
    MEDLEY_ASSIGN_OR_RETURN(const auto present, storage::ReadSettings(text));
    const std::string prefix = "encoders." + std::string(data::ModalityName(modality)) + ".";
    const auto found = present.lower_bound(prefix);
    const bool taken = found != present.end() && found->first.starts_with(prefix);
    const std::string extended = WithSection(text, header, section);
    if (!taken && storage::ReadSettings(extended)) {
      MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(file, extended));
      std::printf("%s now uses it; `medley encode` makes the vectors again.\n", file.c_str());
      return {};
    }
    std::printf("%s has a section %s already; to use the model, make it:\n\n%s\n",
                file.c_str(),
                header.c_str(),
                section.c_str());
    return {};
  }
  std::printf("To use it, put this into a workspace's medley.toml:\n\n%s\n", section.c_str());
  return {};
}

Status AddFile(const fs::path& workspace, const AddOptions& options) {
  const fs::path file = fs::absolute(options.what);
  const std::string kind = inference::EncoderKindOf(file);
  const std::string modality_name =
      options.modality.empty() && kind == "gguf" ? "text" : options.modality;
  const auto modality = data::ParseModality(modality_name);
  if (!modality)
    return Fail(ErrorCode::kInvalidInput,
                "say what the model encodes: --modality image or --modality audio");
  MEDLEY_ASSIGN_OR_RETURN(Settings settings, ParseSettings(options.settings));
  settings["kind"] = kind.empty() ? "openvino" : kind;
  settings["model"] = file.string();
  // Tried before anything is kept: a model that doesn't load or doesn't fit is of no use.
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, encoders::MakeEncoder(*modality, settings));
  std::string name = options.name.empty() ? file.stem().string() : options.name;
  if (options.name.empty())
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  MEDLEY_ASSIGN_OR_RETURN(
      const auto model,
      inference::InstallModel({name, modality_name, file}, inference::CacheFolder() / "models"));
  settings["model"] = model.name;
  std::printf("%s: added, %zu numbers a vector.\n%s\n",
              model.name.c_str(),
              encoder->dimension(),
              model.notice.c_str());
  return Configure(workspace, *modality, SectionText(*modality, settings));
}

Status Add(const fs::path& workspace, const AddOptions& options) {
  std::error_code ignored;
  const bool is_file = options.what.find('/') != std::string::npos ||
                       fs::is_regular_file(options.what, ignored) ||
                       !inference::EncoderKindOf(options.what).empty();
  return is_file ? AddFile(workspace, options) : RunRecipe(options.what);
}

Result<encoders::Input> ReadInput(data::Modality modality,
                                  const encoders::Encoder& encoder,
                                  const EncodeOptions& options) {
  if (modality == data::Modality::kText && options.file.empty())
    return encoders::Input(options.text);
  MEDLEY_ASSIGN_OR_RETURN(std::string bytes, ReadFile(options.file));
  if (modality == data::Modality::kText) return encoders::Input(std::move(bytes));
  MEDLEY_ASSIGN_OR_RETURN(auto decoder, media::Decoder::Start());
  const media::ClipSpec spec = encoder.decode_spec();
  if (modality == data::Modality::kImage) return decoder.DecodeImage(bytes, spec.frame);
  if (modality == data::Modality::kAudio) return decoder.DecodeSound(bytes, spec.sound);
  return decoder.DecodeClip(bytes, spec);
}

Status Encode(const fs::path& workspace, const EncodeOptions& options) {
  const auto modality = data::ParseModality(options.modality);
  if (!modality) return Fail(ErrorCode::kInvalidInput, "--modality is text, image, audio or video");
  Settings settings;
  std::error_code ignored;
  if (fs::exists(workspace / "medley.toml", ignored)) {
    MEDLEY_ASSIGN_OR_RETURN(const auto opened, storage::Workspace::Open(workspace));
    settings = opened.Section("encoders." + options.modality);
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, encoders::MakeEncoder(*modality, settings));
  MEDLEY_ASSIGN_OR_RETURN(const encoders::Input input, ReadInput(*modality, *encoder, options));
  linalg::Matrix row(1, encoder->dimension());
  const auto role = options.query ? encoders::TextRole::kQuery : encoders::TextRole::kPassage;
  MEDLEY_RETURN_IF_ERROR(encoder->Encode(std::span(&input, 1), role, row.View()));
  const auto values = row.Row(0);
  const Json result = {{"encoder", encoder->name()},
                       {"modality", options.modality},
                       {"fingerprint", encoder->fingerprint()},
                       {"vector", std::vector<float>(values.begin(), values.end())}};
  std::printf("%s\n", DumpJson(result).c_str());
  return {};
}

void AddListAndVerify(CLI::App& models, Context& context) {
  auto* list = models.add_subcommand("list", "What is there, with licence and size");
  auto json = std::make_shared<bool>(false);
  list->add_flag("--json", *json, "One JSON object a line");
  list->callback([&context, json] {
    if (auto done = List(*json); !done) context.Fail(done.error());
  });
  auto* verify =
      models.add_subcommand("verify", "Check every file of the models against its SHA-256");
  auto name = std::make_shared<std::string>();
  verify->add_option("name", *name, "Only this one");
  verify->callback([&context, name] {
    if (auto done = Verify(*name); !done) context.Fail(done.error());
  });
}

void AddAdd(CLI::App& models, Context& context) {
  auto* add = models.add_subcommand(
      "add",
      "Add a model: one of the pack's that is fetched only when asked for (gemma), or a file of "
      "your own (ONNX, OpenVINO "
      "IR, TensorFlow Lite, TensorFlow, GGUF), for whose licence and origin you answer");
  auto options = std::make_shared<AddOptions>();
  add->add_option("model", options->what, "A name of the pack's, or a file")->required();
  add->add_option("--name", options->name, "What to call it (default: the file's name)");
  add->add_option("--modality", options->modality, "What it encodes: text, image or audio");
  add->add_option(
         "--set", options->settings, "A setting of its encoder, key=value; may be repeated")
      ->allow_extra_args(false);
  add->callback([&context, options] {
    if (auto done = Add(context.workspace, *options); !done) context.Fail(done.error());
  });
}

void AddEncodeFile(CLI::App& models, Context& context) {
  auto* encode = models.add_subcommand("encode", "Print the vector of one file or text as JSON");
  auto options = std::make_shared<EncodeOptions>();
  encode->add_option("--modality", options->modality, "text, image, audio or video")->required();
  auto* file = encode->add_option("file", options->file, "What to encode");
  encode->add_option("--text", options->text, "A text instead of a file")->excludes(file);
  encode->add_flag(
      "--query", options->query, "The text is what somebody searches for, not an item's");
  encode->callback([&context, options] {
    if (auto done = Encode(context.workspace, *options); !done) context.Fail(done.error());
  });
}

}  // namespace

void AddModels(CLI::App& app, Context& context) {
  auto* models = app.add_subcommand(
      "models", "The models that encode and write: list, add, verify, try, train");
  models->require_subcommand(1);
  AddListAndVerify(*models, context);
  AddAdd(*models, context);
  AddEncodeFile(*models, context);
  AddModelTraining(*models, context);
}

}  // namespace medley::apps
