#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/inference/loopback_server.h"
#include "medley/llm/language_model.h"
#include "tests/contract/language_model_contract.h"

namespace medley::llm::contract {
namespace {

using inference::LoopbackServer;
using Exchange = LoopbackServer::Exchange;

/// A model together with the server that it asks.
class Served : public LanguageModel {
 public:
  Served(LoopbackServer::Script script, std::map<std::string, std::string> settings)
      : server_(std::move(script)) {
    settings["backend"] = "endpoint";
    settings["url"] = server_.url();
    settings["key_env"] = "MEDLEY_TEST_KEY";
    // One look, so that the suite meets the fault and not the circuit breaker's pauses.
    settings.try_emplace("retries", "0");
    settings.try_emplace("first_token_seconds", "0.05");
    ::setenv("MEDLEY_TEST_KEY", "secret-of-the-test", 1);
    model_ = FindLanguageModel(settings)->load().value();
  }
  std::string_view name() const override { return model_->name(); }
  std::string_view version() const override { return model_->version(); }
  Result<Generation> Generate(std::string_view prompt, const GenerateOptions& options) override {
    return model_->Generate(prompt, options);
  }
  Result<Generation> Chat(std::span<const ChatMessage> messages,
                          const GenerateOptions& options) override {
    return model_->Chat(messages, options);
  }
  Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                            std::span<const std::string> continuations,
                                            const CallLimits& limits) override {
    return model_->LogLikelihood(prompt, continuations, limits);
  }
  Result<std::vector<std::vector<float>>> Embed(std::span<const std::string> texts,
                                                const CallLimits& limits) override {
    return model_->Embed(texts, limits);
  }
  Json status() const override { return model_->status(); }

 private:
  LoopbackServer server_;
  std::unique_ptr<LanguageModel> model_;
};

Subject Faulty(std::string name,
               LoopbackServer::Script script,
               std::map<std::string, std::string> settings = {}) {
  return {.name = std::move(name),
          .make = [script = std::move(script),
                   settings =
                       std::move(settings)] { return std::make_unique<Served>(script, settings); },
          .sound = false};
}

std::unique_ptr<LanguageModel> Load(const std::map<std::string, std::string>& settings) {
  const auto source = FindLanguageModel(settings);
  if (!source) return nullptr;
  auto model = source->load();
  return model ? *std::move(model) : nullptr;
}

/// The endpoint that the environment names (acceptance/4.6 does), with the pack's model behind it.
std::unique_ptr<LanguageModel> RealEndpoint() {
  const char* url = std::getenv("MEDLEY_TEST_ENDPOINT");
  if (url == nullptr) return nullptr;
  const bool keyed = std::getenv("MEDLEY_TEST_ENDPOINT_KEY") != nullptr;
  return Load({{"backend", "endpoint"},
               {"url", url},
               {"key_env", keyed ? "MEDLEY_TEST_ENDPOINT_KEY" : ""}});
}

std::vector<Subject> Subjects() {
  const auto wrong = [](const Exchange& exchange) {
    exchange.BeginStream();
    exchange.Piece("\"Title: something else, and my key is secret-of-the-test\"");
    exchange.EndStream();
  };
  const auto truncated = [](const Exchange& exchange) {
    exchange.BeginStream();
    exchange.Piece("\"Title: a \"");
    exchange.Send("data: {\"choices\":[{\"te");
  };
  return {{.name = "InProcess", .make = [] { return Load({}); }},
          {.name = "RealEndpoint", .make = &RealEndpoint},
          Faulty("Slow", [](const Exchange& exchange) { exchange.Hang(); }),
          Faulty("Wrong", wrong),
          Faulty("WrongOverChat", wrong, {{"api", "chat"}, {"grammar", "schema"}}),
          Faulty("Truncated", truncated),
          Faulty("Down", [](const Exchange&) {}),
          Faulty("Overloaded", [](const Exchange& e) { e.Answer(503, "secret-of-the-test"); }),
          Faulty("Babbling", [](const Exchange& exchange) {
            exchange.BeginStream();
            for (int i = 0; i < 3000; ++i) exchange.Piece("\" five\"");
          })};
}

INSTANTIATE_TEST_SUITE_P(Backends,
                         LanguageModelContract,
                         ::testing::ValuesIn(Subjects()),
                         &SubjectName);

}  // namespace
}  // namespace medley::llm::contract
