#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/inference/llama.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/network.h"

namespace medley::encoders {

/// The model of the pack that the text encoder, and what is trained on top of it, comes from.
Result<inference::PackModel> FindE5();

/// Texts as multilingual-e5-small takes them. Threads: immutable.
class E5Tokens {
 public:
  using Tokens = std::vector<inference::Token>;

  /// Of a text `max_tokens` are read.
  static Result<E5Tokens> Open(const inference::PackModel& model, std::size_t max_tokens);
  std::size_t max_tokens() const { return max_tokens_; }

  /// `prefix` says what the texts are for: "query: ", "passage: " or nothing. Cost: all threads.
  std::vector<Tokens> Of(std::span<const std::string* const> texts, std::string_view prefix) const;

 private:
  E5Tokens(std::shared_ptr<const inference::LlamaModel> tokenizer, std::size_t max_tokens)
      : tokenizer_(std::move(tokenizer)), max_tokens_(max_tokens) {}

  std::shared_ptr<const inference::LlamaModel> tokenizer_;
  std::size_t max_tokens_;
};

/// Runs a network with e5's inputs over texts of like length together, and gives `take` what it
/// says of each, in any order: its row of the output.
Status RunByLength(std::span<const E5Tokens::Tokens> texts,
                   inference::Network& network,
                   const std::function<void(std::size_t text, std::span<const float> row)>& take);

}  // namespace medley::encoders
