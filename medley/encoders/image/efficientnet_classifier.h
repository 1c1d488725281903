#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/image/efficientnet_encoder.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {

/// What a picture shows, as one of the 1,000 classes of ImageNet: the classifier that the pack's
/// EfficientNet-Lite0 was trained with. It needs no training, and knows nothing else: of what is
/// none of its classes it says the nearest. Source: Russakovsky et al., ImageNet Large Scale Visual
/// Recognition Challenge, 2015.
class EfficientNetClassifier : public Classifier {
 public:
  /// What LoadClassifier knows it by: the name of the model in the pack.
  static constexpr std::string_view kName = "efficientnet-lite0";

  /// Errors: kNotFound without the model or the classes' names in the pack, kCorrupt.
  static Result<std::unique_ptr<Classifier>> Load();

  data::Modality modality() const override { return data::Modality::kImage; }
  media::ClipSpec decode_spec() const override { return network_->decode_spec(); }
  /// Each class by its names in WordNet, the first the commonest: "teapot", "jean, blue jean,
  /// denim".
  const std::vector<std::string>& labels() const override { return labels_; }
  Result<linalg::Matrix> Classify(std::span<const Input> inputs) override;

 private:
  EfficientNetClassifier(std::unique_ptr<EfficientNetEncoder> network,
                         std::vector<std::string> labels)
      : network_(std::move(network)), labels_(std::move(labels)) {}

  std::unique_ptr<EfficientNetEncoder> network_;
  std::vector<std::string> labels_;
};

}  // namespace medley::encoders
