// llama.cpp by itself, as small as a program over it can be: what acceptance/4.7 holds our speed
// against.
//   bench_llama_generate MODEL THREADS < prompts      one JSON line {"prompt", "max_tokens"} a
//   prompt
// Greedy, nothing kept between prompts. Prints one JSON line a prompt: the same names as `medley
// llm write --json`.
#include <llama.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

nlohmann::json Generate(llama_context* context,
                        llama_sampler* greedy,
                        const std::string& prompt,
                        int max_tokens) {
  const llama_vocab* vocabulary = llama_model_get_vocab(llama_get_model(context));
  const double begin = Now();
  llama_memory_clear(llama_get_memory(context), false);
  std::vector<llama_token> tokens(prompt.size() + 8);
  tokens.resize(static_cast<std::size_t>(llama_tokenize(vocabulary,
                                                        prompt.data(),
                                                        static_cast<int>(prompt.size()),
                                                        tokens.data(),
                                                        static_cast<int>(tokens.size()),
                                                        true,
                                                        false)));
  llama_batch batch = llama_batch_get_one(tokens.data(), static_cast<int>(tokens.size()));
  double first = 0;
  int written = 0;
  std::string text;
  llama_token token = 0;
  for (; written < max_tokens && llama_decode(context, batch) == 0; ++written) {
    token = llama_sampler_sample(greedy, context, -1);
    if (first == 0) first = Now() - begin;
    if (llama_vocab_is_eog(vocabulary, token)) break;
    char piece[256];
    text.append(piece,
                static_cast<std::size_t>(std::max(
                    0, llama_token_to_piece(vocabulary, token, piece, sizeof(piece), 0, false))));
    batch = llama_batch_get_one(&token, 1);
  }
  return {{"text", text},
          {"prompt_tokens", tokens.size()},
          {"tokens", written},
          {"first_token_seconds", first},
          {"seconds", Now() - begin}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  setenv("OMP_WAIT_POLICY", "passive", 0);
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_backend_init();
  llama_model_params with = llama_model_default_params();
  llama_model* model = llama_model_load_from_file(argv[1], with);
  if (model == nullptr) return 2;
  llama_context_params parameters = llama_context_default_params();
  parameters.n_ctx = 2048;
  parameters.n_threads = std::atoi(argv[2]);
  parameters.n_threads_batch = parameters.n_threads;
  llama_context* context = llama_init_from_model(model, parameters);
  llama_sampler* greedy = llama_sampler_init_greedy();
  if (context == nullptr) return 2;
  for (std::string line; std::getline(std::cin, line);) {
    const auto asked = nlohmann::json::parse(line);
    const auto done = Generate(context, greedy, asked["prompt"], asked.value("max_tokens", 80));
    std::printf("%s\n",
                done.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    std::fflush(stdout);
  }
  llama_sampler_free(greedy);
  llama_free(context);
  llama_model_free(model);
  return 0;
}
