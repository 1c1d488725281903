#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/inference/llama.h"

namespace medley::encoders {

/// Sentence vectors of any GGUF model that llama.cpp can embed with, of the operator's own
/// choosing.
class GgufEncoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "gguf"; }
  data::Modality modality() const override { return data::Modality::kText; }
  std::size_t dimension() const override { return embedder_.dimension(); }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 16; }
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  explicit GgufEncoder(inference::LlamaEmbedder embedder) : embedder_(std::move(embedder)) {}

  inference::LlamaEmbedder embedder_;
  std::string query_prefix_;
  std::string passage_prefix_;
  std::size_t max_bytes_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
