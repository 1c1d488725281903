#include "medley/encoders/text/e5_encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/text/e5_tokens.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/four_bit_transformer.h"
#include "medley/inference/network.h"
#include "medley/inference/transformer_file.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kHeads = 12;

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
  MEDLEY_ASSIGN_OR_RETURN(const auto model, FindE5());
  MEDLEY_ASSIGN_OR_RETURN(const auto network_file, model.File("network"));
  const auto max_tokens = static_cast<std::size_t>(parameters.Int("max_tokens"));
  MEDLEY_ASSIGN_OR_RETURN(auto tokens, E5Tokens::Open(model, max_tokens));
  const bool int8 = parameters.Text("precision") == "int8";
  MEDLEY_ASSIGN_OR_RETURN(auto encoder, Open(network_file, std::move(tokens), int8));
  encoder->fingerprint_ = FingerprintOf(
      int8 ? "e5 2 int8" : "e5 1", model.fingerprint, "max_tokens=" + std::to_string(max_tokens));
  return encoder;
}

Result<std::unique_ptr<E5Encoder>> E5Encoder::Open(const std::filesystem::path& file,
                                                   E5Tokens tokens,
                                                   bool int8) {
  if (!int8) {
    MEDLEY_ASSIGN_OR_RETURN(auto network, inference::Network::Load(file));
    return std::unique_ptr<E5Encoder>(new E5Encoder(std::move(tokens), std::move(network)));
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto opened, inference::TransformerFile::Open(file));
  MEDLEY_ASSIGN_OR_RETURN(auto layers, inference::FourBitTransformer::Open(opened, kHeads));
  MEDLEY_ASSIGN_OR_RETURN(auto lowest, opened.Below(0));
  std::unique_ptr<E5Encoder> encoder(new E5Encoder(std::move(tokens), std::move(lowest)));
  encoder->layers_ = std::move(layers);
  return encoder;
}

Status E5Encoder::Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
  const auto tokens = tokens_.Of(texts, role == TextRole::kQuery ? "query: " : "passage: ");
  if (layers_) return EncodeInt8(*layers_, tokens, out);
  return RunByLength(tokens, network_, [&](std::size_t text, std::span<const float> row) {
    WriteUnitRow(row, out.Row(text));
  });
}

Status E5Encoder::EncodeInt8(const inference::FourBitTransformer& layers,
                             std::span<const E5Tokens::Tokens> texts,
                             linalg::MatrixView out) {
  std::vector<std::size_t> lengths;
  std::vector<std::size_t> begins = {0};
  for (const auto& tokens : texts) {
    lengths.push_back(tokens.size());
    begins.push_back(begins.back() + tokens.size());
  }
  linalg::Matrix entered(begins.back(), kDimension);
  const auto take = [&](std::size_t text, std::span<const float> row) {
    std::ranges::copy(row.first(lengths[text] * kDimension),
                      entered.data() + begins[text] * kDimension);
  };
  MEDLEY_RETURN_IF_ERROR(RunByLength(texts, network_, take));
  linalg::Matrix means(texts.size(), kDimension);
  layers.Encode(entered.View(), lengths, means.View());
  for (std::size_t text = 0; text < texts.size(); ++text)
    WriteUnitRow(means.Row(text), out.Row(text));
  return {};
}

}  // namespace medley::encoders
