#include <CLI/CLI.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/llm/language_model.h"

namespace medley::apps {
namespace {

struct WriteArguments {
  std::string prompt;
  std::string prompts;  ///< a file of JSON lines; "-": standard input
  std::string grammar;  ///< a file of GBNF
  bool chat = false;
  bool json = false;
  int max_tokens = 200;
  double temperature = 0;
  double seconds = 60;
};

Result<std::unique_ptr<llm::LanguageModel>> LoadModel(const Context& context) {
  MEDLEY_ASSIGN_OR_RETURN(const auto workspace, context.OpenWorkspace());
  MEDLEY_ASSIGN_OR_RETURN(const auto source, llm::FindLanguageModel(workspace.Section("llm")));
  return source.load();
}

/// What one line of the file of prompts asks for, or the command line alone.
struct Asked {
  std::string prompt;
  llm::GenerateOptions options;
};

Result<Asked> AskedBy(const std::string& line, const WriteArguments& arguments) {
  Asked asked{.prompt = arguments.prompt};
  asked.options.max_tokens = arguments.max_tokens;
  asked.options.temperature = arguments.temperature;
  if (!arguments.grammar.empty()) {
    MEDLEY_ASSIGN_OR_RETURN(asked.options.grammar, ReadFile(arguments.grammar));
  }
  if (line.empty()) return asked;
  MEDLEY_ASSIGN_OR_RETURN(const Json json, ParseJson(line));
  if (!json.is_object() || !json.contains("prompt") || !json["prompt"].is_string()) {
    return Fail(ErrorCode::kInvalidInput,
                R"(each line must be like {"prompt": "...", "grammar": "...", "max_tokens": 80})");
  }
  asked.prompt = json["prompt"].get<std::string>();
  if (json.contains("grammar") && json["grammar"].is_string())
    asked.options.grammar = json["grammar"].get<std::string>();
  if (json.contains("max_tokens") && json["max_tokens"].is_number_integer())
    asked.options.max_tokens = json["max_tokens"].get<int>();
  return asked;
}

/// Writes one text, as it comes where people read along. Returns what --json prints of it.
Json Write(llm::LanguageModel& model, Asked asked, const WriteArguments& arguments) {
  const Stopwatch watch;
  double first = 0;
  asked.options.deadline =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1000));
  asked.options.on_piece = [&](std::string_view piece) {
    if (first == 0) first = watch.Seconds();
    if (!arguments.json) {
      std::fwrite(piece.data(), 1, piece.size(), stdout);
      std::fflush(stdout);
    }
    return true;
  };
  const std::vector<llm::ChatMessage> messages = {{"user", asked.prompt}};
  const auto text = arguments.chat ? model.Chat(messages, asked.options)
                                   : model.Generate(asked.prompt, asked.options);
  const double seconds = watch.Seconds();
  if (!arguments.json) std::printf("\n");
  if (!text) {
    return {
        {"error", {{"code", ErrorCodeName(text.error().code)}, {"message", text.error().message}}},
        {"seconds", seconds}};
  }
  return {{"text", text->text},
          {"complete", text->complete},
          {"prompt_tokens", text->prompt_tokens},
          {"tokens", text->tokens},
          {"first_token_seconds", first},
          {"seconds", seconds}};
}

Status WriteAll(Context& context, const WriteArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, LoadModel(context));
  const auto write = [&](const std::string& line) -> Status {
    MEDLEY_ASSIGN_OR_RETURN(auto asked, AskedBy(line, arguments));
    const Json outcome = Write(*model, std::move(asked), arguments);
    if (arguments.json) {
      std::printf("%s\n", DumpJson(outcome).c_str());
      std::fflush(stdout);
    } else if (outcome.contains("error")) {
      std::fprintf(stderr, "medley: %s\n", outcome["error"]["message"].get<std::string>().c_str());
    }
    if (outcome.contains("error")) context.exit_status = arguments.prompts.empty() ? 2 : 1;
    return {};
  };
  if (arguments.prompts.empty()) return write("");
  std::ifstream file;
  if (arguments.prompts != "-") {
    file.open(arguments.prompts);
    if (!file) return Fail(ErrorCode::kNotFound, "there is no file " + arguments.prompts);
  }
  std::istream& lines = arguments.prompts == "-" ? std::cin : file;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) MEDLEY_RETURN_IF_ERROR(write(line));
  }
  return {};
}

struct ScoreArguments {
  std::string prompt;
  std::vector<std::string> continuations;
  bool json = false;
  double seconds = 60;
};

Status Score(const Context& context, const ScoreArguments& arguments) {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, LoadModel(context));
  const auto deadline =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1000));
  MEDLEY_ASSIGN_OR_RETURN(
      const auto scores,
      model->LogLikelihood(arguments.prompt, arguments.continuations, {deadline, nullptr}));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto& text = arguments.continuations[i];
    if (arguments.json) {
      std::printf("%s\n", DumpJson({{"text", text}, {"log_likelihood", scores[i]}}).c_str());
    } else {
      std::printf("%10.4f  %s\n", scores[i], text.c_str());
    }
  }
  return {};
}

void AddLikelihoods(CLI::App& llm, Context& context) {
  const auto arguments = std::make_shared<ScoreArguments>();
  auto* score = llm.add_subcommand(
      "score", "How likely it is to go on so: the natural logarithm of each probability");
  score->add_option("prompt", arguments->prompt, "What stands before")->required();
  score->add_option("continuations", arguments->continuations, "What may follow, blanks included")
      ->required();
  score->add_flag("--json", arguments->json, "A line of JSON each");
  score->add_option("--seconds", arguments->seconds, "At most so long")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  score->callback([&context, arguments] {
    if (const auto done = Score(context, *arguments); !done) context.Fail(done.error());
  });
}

Status PrintStatus(const Context& context) {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, LoadModel(context));
  Json status = model->status();
  status["name"] = model->name();
  status["version"] = model->version();
  std::printf("%s\n", status.dump(2).c_str());
  return {};
}

}  // namespace

void AddLlm(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<WriteArguments>();
  auto* command =
      app.add_subcommand("llm", "Try the language model that [llm] of medley.toml names");
  command->require_subcommand(1);
  auto* write = command->add_subcommand("write", "Let it continue a text");
  write->add_option("prompt", arguments->prompt, "The text");
  write->add_option("--prompts",
                    arguments->prompts,
                    R"(A file of lines {"prompt": "..."} instead; -: standard input)");
  write->add_option("--grammar", arguments->grammar, "A file of GBNF that the answer keeps to");
  write->add_flag("--chat", arguments->chat, "The text is a message to answer");
  write->add_flag("--json", arguments->json, "Text, counts and times of each as JSON");
  write->add_option("--max-tokens", arguments->max_tokens, "At most so long")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  write->add_option("--temperature", arguments->temperature, "0: the likeliest")
      ->check(CLI::Range(0.0, 10.0));
  write->add_option("--seconds", arguments->seconds, "At most so long for each")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  write->callback([&context, arguments] {
    if (const auto done = WriteAll(context, *arguments); !done) context.Fail(done.error());
  });
  AddLikelihoods(*command, context);
  command->add_subcommand("status", "Name, address, budget and what is used of it")
      ->callback([&context] {
        if (const auto done = PrintStatus(context); !done) context.Fail(done.error());
      });
}

}  // namespace medley::apps
