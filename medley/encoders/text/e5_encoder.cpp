#include "medley/encoders/text/e5_encoder.h"

#include <cstddef>
#include <cstdint>
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
#include "medley/inference/network.h"
#include "medley/linalg/matrix.h"

namespace medley::encoders {

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
  const inference::NetworkOptions options{.precision = int8 ? inference::Precision::kInt8
                                                            : inference::Precision::kFastest};
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network,
                          inference::Network::Load(network_file, options));
  std::unique_ptr<E5Encoder> encoder(new E5Encoder(std::move(tokens), std::move(network)));
  encoder->fingerprint_ = FingerprintOf(
      int8 ? "e5 1 int8" : "e5 1", model.fingerprint, "max_tokens=" + std::to_string(max_tokens));
  return encoder;
}

Status E5Encoder::Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
  const auto tokens = tokens_.Of(texts, role == TextRole::kQuery ? "query: " : "passage: ");
  return RunByLength(tokens, network_, [&](std::size_t text, std::span<const float> row) {
    WriteUnitRow(row, out.Row(text));
  });
}

}  // namespace medley::encoders
