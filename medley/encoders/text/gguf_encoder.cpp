#include "medley/encoders/text/gguf_encoder.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/model_file.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/llama.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kMaxTokenBytes = 64;

}  // namespace

const std::vector<ParameterSpec>& GgufEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "model",
       .default_value = std::string(),
       .help = "the GGUF file, or the name `medley models add` gave it"},
      {.name = "max_tokens",
       .default_value = std::int64_t{128},
       .help = "how much of a text is read",
       .min = 8,
       .max = 8192},
      {.name = "query_prefix",
       .default_value = std::string(),
       .help = "set before what a user searches for"},
      {.name = "passage_prefix",
       .default_value = std::string(),
       .help = "set before an item's text"}};
  return specs;
}

Result<std::unique_ptr<Encoder>> GgufEncoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(const ModelFile file, FindModelFile(parameters.Text("model"), "weights"));
  MEDLEY_ASSIGN_OR_RETURN(auto model, inference::LlamaModel::Load(file.path));
  const auto max_tokens = static_cast<int>(parameters.Int("max_tokens"));
  MEDLEY_ASSIGN_OR_RETURN(inference::LlamaEmbedder embedder,
                          inference::LlamaEmbedder::Start(std::move(model), max_tokens));
  std::unique_ptr<GgufEncoder> encoder(new GgufEncoder(std::move(embedder)));
  encoder->query_prefix_ = parameters.Text("query_prefix");
  encoder->passage_prefix_ = parameters.Text("passage_prefix");
  encoder->max_bytes_ = static_cast<std::size_t>(max_tokens) * kMaxTokenBytes;
  encoder->fingerprint_ = FingerprintOf("gguf 1", file.fingerprint, DumpJson(parameters.ToJson()));
  return encoder;
}

Status GgufEncoder::Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
  std::vector<std::string> prefixed;
  prefixed.reserve(texts.size());
  for (const std::string* text : texts) {
    prefixed.push_back((role == TextRole::kQuery ? query_prefix_ : passage_prefix_) +
                       text->substr(0, max_bytes_));
  }
  linalg::Matrix rows(prefixed.size(), dimension());
  MEDLEY_RETURN_IF_ERROR(embedder_.Embed(prefixed, rows.View()));
  for (std::size_t row = 0; row < rows.rows(); ++row) WriteUnitRow(rows.Row(row), out.Row(row));
  return {};
}

}  // namespace medley::encoders
