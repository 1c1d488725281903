#include "medley/encoders/image/efficientnet_encoder.h"

#include <algorithm>
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
#include "medley/encoders/unit_row.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/network.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {

const std::vector<ParameterSpec>& EfficientNetEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> none;
  return none;
}

Result<std::unique_ptr<EfficientNetEncoder>> EfficientNetEncoder::Load() {
  MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
  MEDLEY_ASSIGN_OR_RETURN(const inference::PackModel model, pack.Find("efficientnet-lite0"));
  MEDLEY_ASSIGN_OR_RETURN(const auto file, model.File("network"));
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network, inference::Network::Load(file));
  std::unique_ptr<EfficientNetEncoder> encoder(new EfficientNetEncoder(std::move(network)));
  encoder->fingerprint_ = FingerprintOf("efficientnet_lite 1", model.fingerprint, "224 0.875");
  return encoder;
}

Result<std::unique_ptr<Encoder>> EfficientNetEncoder::Make(const Parameters& /*parameters*/) {
  return Load();
}

media::ClipSpec EfficientNetEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.frame = {.side = kSide, .crop = 0.875};
  return spec;
}

Status EfficientNetEncoder::Encode(std::span<const Input> inputs,
                                   TextRole /*role*/,
                                   linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto images, TakeAll<media::Image>(inputs, modality()));
  return EncodeImages(images, out);
}

Status EfficientNetEncoder::EncodeImages(std::span<const media::Image* const> images,
                                         linalg::MatrixView out) {
  return Run(images, "features", kDimension, [&](std::size_t image, std::span<const float> row) {
    WriteUnitRow(row, out.Row(image));
  });
}

Status EfficientNetEncoder::Judge(std::span<const media::Image* const> images,
                                  linalg::MatrixView out) {
  return Run(images, "logits", kClasses, [&](std::size_t image, std::span<const float> row) {
    std::ranges::copy(row, out.Row(image).begin());
  });
}

Status EfficientNetEncoder::Run(std::span<const media::Image* const> images,
                                const std::string& output,
                                std::size_t width,
                                const TakeRow& take) {
  constexpr std::size_t image_bytes = std::size_t{kSide} * kSide * 3;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i]->side != kSide || images[i]->rgb.size() != image_bytes) {
      return BadInput(modality(), i, "it was not decoded to 224 x 224 pixels");
    }
  }
  std::vector<std::uint8_t> pixels;
  for (std::size_t begin = 0; begin < images.size(); begin += kBatch) {
    const auto batch = images.subspan(begin, std::min(kBatch, images.size() - begin));
    pixels.resize(batch.size() * image_bytes);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      std::ranges::copy(batch[i]->rgb,
                        pixels.begin() + static_cast<std::ptrdiff_t>(i * image_bytes));
    }
    const inference::InputTensor feed{.name = "image",
                                      .type = inference::ElementType::kUInt8,
                                      .shape = {batch.size(), kSide, kSide, 3},
                                      .data = pixels.data()};
    MEDLEY_ASSIGN_OR_RETURN(const auto outputs,
                            network_.Run(std::span(&feed, 1), std::span(&output, 1)));
    const std::span<const float> values = outputs[0].values;
    for (std::size_t i = 0; i < batch.size(); ++i)
      take(begin + i, values.subspan(i * width, width));
  }
  return {};
}

}  // namespace medley::encoders
