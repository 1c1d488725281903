#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/inference/network.h"

namespace medley::encoders {

/// Picture features of EfficientNet-Lite0: the 1,280 numbers before its classifier.
/// Source: Tan and Le, EfficientNet (2019); the Lite variants.
class EfficientNetEncoder : public Encoder {
 public:
  static constexpr std::size_t kDimension = 1280;

  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);
  /// As Make, for those who need this very encoder.
  static Result<std::unique_ptr<EfficientNetEncoder>> Load();

  std::string_view name() const override { return "efficientnet_lite"; }
  data::Modality modality() const override { return data::Modality::kImage; }
  std::size_t dimension() const override { return kDimension; }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return kBatch; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;
  /// The same for pictures that are no inputs of their own. Errors: kInvalidInput for a picture of
  /// another size.
  Status EncodeImages(std::span<const media::Image* const> images, linalg::MatrixView out);
  /// What its classifier says of ImageNet's classes, before the softmax. Shapes: `out` is images x
  /// kClasses. Errors: as EncodeImages.
  Status Judge(std::span<const media::Image* const> images, linalg::MatrixView out);
  static constexpr std::size_t kClasses = 1000;

 private:
  using TakeRow = std::function<void(std::size_t image, std::span<const float> row)>;
  Status Run(std::span<const media::Image* const> images,
             const std::string& output,
             std::size_t width,
             const TakeRow& take);

  static constexpr std::size_t kBatch = 16;
  static constexpr int kSide = 224;

  explicit EfficientNetEncoder(inference::Network network) : network_(std::move(network)) {}

  inference::Network network_;
  std::string fingerprint_;
};

}  // namespace medley::encoders
