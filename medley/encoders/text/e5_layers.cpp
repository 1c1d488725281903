#include "medley/encoders/text/e5_layers.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <utility>

#include "medley/core/result.h"
#include "medley/encoders/text/e5_tokens.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/network.h"
#include "medley/inference/transformer_file.h"
#include "medley/training/transformer.h"
#include "medley/training/weights.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kDimension = 384;
constexpr std::size_t kHeads = 12;

}  // namespace

Result<E5Layers> E5Layers::Open(std::size_t upper, std::size_t max_tokens) {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, FindE5());
  MEDLEY_ASSIGN_OR_RETURN(const auto network, model.File("network"));
  MEDLEY_ASSIGN_OR_RETURN(auto tokens, E5Tokens::Open(model, max_tokens));
  MEDLEY_ASSIGN_OR_RETURN(auto file, inference::TransformerFile::Open(network));
  if (upper == 0 || upper > file.layers()) {
    return Fail(ErrorCode::kInvalidInput,
                "layers: the text encoder has " + std::to_string(file.layers()));
  }
  MEDLEY_ASSIGN_OR_RETURN(auto lower, file.Below(file.layers() - upper));
  E5Layers out(std::move(tokens), std::move(file), std::move(lower));
  out.upper_ = upper;
  out.fingerprint_ =
      FingerprintOf("e5 layers 1",
                    model.fingerprint,
                    "upper=" + std::to_string(upper) + " max_tokens=" + std::to_string(max_tokens));
  return out;
}

training::TransformerShape E5Layers::ShapeFor(std::size_t classes) const {
  return {.dimension = kDimension,
          .layers = upper_,
          .heads = kHeads,
          .wide = 4 * kDimension,
          .classes = classes};
}

Result<training::Weights> E5Layers::Upper() const {
  training::Weights out;
  for (std::size_t i = 0; i < upper_; ++i) {
    MEDLEY_ASSIGN_OR_RETURN(auto weights, file_.Layer(file_.layers() - upper_ + i));
    for (auto& [name, values] : weights)
      out.emplace("layers." + std::to_string(i) + "." + name, std::move(values));
  }
  return out;
}

Status E5Layers::Encode(std::span<const std::string* const> texts,
                        const std::function<void(std::size_t, std::span<const float>)>& take) {
  const auto tokens = tokens_.Of(texts, "");
  return RunByLength(tokens, lower_, [&](std::size_t text, std::span<const float> row) {
    take(text, row.first(tokens[text].size() * kDimension));
  });
}

}  // namespace medley::encoders
