#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/text/e5_tokens.h"
#include "medley/inference/four_bit_transformer.h"
#include "medley/inference/network.h"

namespace medley::encoders {

/// Sentence vectors of multilingual-e5-small: 384 numbers, 100 languages.
/// Source: Wang et al., Multilingual E5 Text Embeddings (2024).
class E5Encoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return "e5"; }
  data::Modality modality() const override { return data::Modality::kText; }
  std::size_t dimension() const override { return kDimension; }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 128; }
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  static constexpr std::size_t kDimension = 384;

  E5Encoder(E5Tokens tokens, inference::Network network)
      : tokens_(std::move(tokens)), network_(std::move(network)) {}
  /// All of the network, or, in 8 bits, what goes into its lowest layer.
  static Result<std::unique_ptr<E5Encoder>> Open(const std::filesystem::path& file,
                                                 E5Tokens tokens,
                                                 bool int8);
  Status EncodeInt8(const inference::FourBitTransformer& layers,
                    std::span<const E5Tokens::Tokens> texts,
                    linalg::MatrixView out);

  E5Tokens tokens_;
  inference::Network network_;
  std::optional<inference::FourBitTransformer> layers_;  ///< in 8 bits
  std::string fingerprint_;
};

}  // namespace medley::encoders
