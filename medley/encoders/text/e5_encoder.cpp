#include "medley/encoders/text/e5_encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/llama.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/network.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {
namespace {

constexpr std::int32_t kPadToken = 1;
/// No token of this vocabulary is longer, so that no more of a text than this many bytes a token
/// can matter.
constexpr std::size_t kMaxTokenBytes = 64;
/// Texts that share a pass are padded to the longest; so many keep both cores busy and the padding
/// small.
constexpr std::size_t kTextsAPass = 16;
/// Padded lengths are multiples of this: the runtime prepares itself anew for every shape that it
/// meets.
constexpr std::size_t kLengthStep = 8;

}  // namespace

const std::vector<ParameterSpec>& E5Encoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "max_tokens",
       .default_value = std::int64_t{128},
       .help = "how much of a text is read; about 0.7 words or 1.5 Chinese characters a token",
       .min = 8,
       .max = 512},
      {.name = "precision",
       .default_value = std::string("float"),
       .help = "what it computes in: float (bfloat16 where the processor can), or int8, faster on "
               "processors with AVX2 alone and close to it (docs/decisions/int8-encoders.md)",
       .choices = {"float", "int8"}}};
  return specs;
}

Result<std::unique_ptr<Encoder>> E5Encoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
  MEDLEY_ASSIGN_OR_RETURN(const inference::PackModel model, pack.Find("multilingual-e5-small"));
  MEDLEY_ASSIGN_OR_RETURN(const auto tokenizer_file, model.File("tokenizer"));
  MEDLEY_ASSIGN_OR_RETURN(const auto network_file, model.File("network"));
  MEDLEY_ASSIGN_OR_RETURN(
      auto tokenizer,
      inference::LlamaModel::Load(tokenizer_file, inference::LlamaPart::kTokenizer));
  const bool int8 = parameters.Text("precision") == "int8";
  const inference::NetworkOptions options{.precision = int8 ? inference::Precision::kInt8
                                                            : inference::Precision::kFastest};
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network,
                          inference::Network::Load(network_file, options));
  std::unique_ptr<E5Encoder> encoder(new E5Encoder(std::move(tokenizer), std::move(network)));
  encoder->max_tokens_ = static_cast<std::size_t>(parameters.Int("max_tokens"));
  encoder->fingerprint_ = FingerprintOf(int8 ? "e5 1 int8" : "e5 1",
                                        model.fingerprint,
                                        "max_tokens=" + std::to_string(encoder->max_tokens_));
  return encoder;
}

std::vector<inference::Token> E5Encoder::TokensOf(const std::string& text, TextRole role) const {
  std::string prefixed = role == TextRole::kQuery ? "query: " : "passage: ";
  prefixed.append(text, 0, max_tokens_ * kMaxTokenBytes);
  std::vector<inference::Token> tokens = tokenizer_->Tokenize(prefixed);
  if (tokens.size() > max_tokens_) {
    const inference::Token end = tokens.back();
    tokens.resize(max_tokens_);
    tokens.back() = end;
  }
  return tokens;
}

Status E5Encoder::Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
  std::vector<std::vector<inference::Token>> tokens(texts.size());
  ParallelFor(texts.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) tokens[i] = TokensOf(*texts[i], role);
  });
  std::vector<std::size_t> by_length(texts.size());
  std::iota(by_length.begin(), by_length.end(), std::size_t{0});
  std::ranges::stable_sort(by_length, {}, [&](std::size_t i) { return tokens[i].size(); });
  for (std::size_t begin = 0; begin < by_length.size(); begin += kTextsAPass) {
    const std::size_t count = std::min(kTextsAPass, by_length.size() - begin);
    MEDLEY_RETURN_IF_ERROR(EncodeBatch(tokens, std::span(by_length).subspan(begin, count), out));
  }
  return {};
}

Status E5Encoder::EncodeBatch(std::span<const std::vector<inference::Token>> texts,
                              std::span<const std::size_t> rows,
                              linalg::MatrixView out) {
  const std::size_t longest = texts[rows.back()].size();
  const std::size_t length = (longest + kLengthStep - 1) / kLengthStep * kLengthStep;
  std::vector<std::int32_t> ids(rows.size() * length, kPadToken);
  std::vector<std::int32_t> mask(rows.size() * length, 0);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto& tokens = texts[rows[row]];
    std::ranges::copy(tokens, ids.begin() + static_cast<std::ptrdiff_t>(row * length));
    std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(row * length), tokens.size(), 1);
  }
  const std::vector<inference::InputTensor> feed = {{.name = "input_ids",
                                                     .type = inference::ElementType::kInt32,
                                                     .shape = {rows.size(), length},
                                                     .data = ids.data()},
                                                    {.name = "attention_mask",
                                                     .type = inference::ElementType::kInt32,
                                                     .shape = {rows.size(), length},
                                                     .data = mask.data()}};
  MEDLEY_ASSIGN_OR_RETURN(const auto outputs, network_.Run(feed));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    WriteUnitRow(std::span(outputs[0].values).subspan(row * kDimension, kDimension),
                 out.Row(rows[row]));
  }
  return {};
}

}  // namespace medley::encoders
