#include "medley/encoders/image/network_image_encoder.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/model_file.h"
#include "medley/encoders/network_settings.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/network.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kImagesAPass = 16;
constexpr std::int64_t kMaxSide = 2048;

}  // namespace

const std::vector<ParameterSpec>& NetworkImageEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "model",
       .default_value = std::string(),
       .help = "the model file, or the name `medley models add` gave it"},
      {.name = "output",
       .default_value = std::string(),
       .help = "which output is the vector; empty: the first"},
      {.name = "layout",
       .default_value = std::string("auto"),
       .help = "where the colours stand in the input; auto: as its shape tells",
       .choices = {"auto", "nhwc", "nchw"}},
      {.name = "side",
       .default_value = std::int64_t{0},
       .help = "pixels; 0: as the input's shape tells",
       .min = 0,
       .max = kMaxSide},
      {.name = "crop",
       .default_value = 0.875,
       .help = "how much of the shorter side is kept",
       .min = 0.1,
       .max = 1},
      {.name = "mean",
       .default_value = std::string("0"),
       .help = "subtracted from pixels of 0 to 255: one number, or three for red, green, blue; not "
               "for an input of bytes"},
      {.name = "scale",
       .default_value = std::string("255"),
       .help = "divided by afterwards: one number, or three"},
      {.name = "colours",
       .default_value = std::string("rgb"),
       .help = "their order",
       .choices = {"rgb", "bgr"}},
      {.name = "shapes",
       .default_value = std::string(),
       .help = "shapes for inputs that leave them open: \"input=1x3x224x224\"; several with blanks "
               "between"}};
  return specs;
}

Result<std::unique_ptr<Encoder>> NetworkImageEncoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(const ModelFile file, FindModelFile(parameters.Text("model"), "network"));
  inference::NetworkOptions options;
  MEDLEY_ASSIGN_OR_RETURN(options.shapes, ParseShapes(parameters.Text("shapes")));
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network, inference::Network::Load(file.path, options));
  std::unique_ptr<NetworkImageEncoder> encoder(new NetworkImageEncoder(std::move(network)));
  MEDLEY_RETURN_IF_ERROR(encoder->ReadPort(parameters));
  MEDLEY_RETURN_IF_ERROR(encoder->ReadNormalisation(parameters));
  encoder->output_ = {parameters.Text("output").empty() ? encoder->network_.outputs()[0].name
                                                        : parameters.Text("output")};
  // A trial run tells the vector's length, and any other trouble, now instead of in the middle of a
  // catalogue.
  media::Image grey{.side = encoder->side_, .rgb = {}};
  grey.rgb.assign(
      static_cast<std::size_t>(encoder->side_) * static_cast<std::size_t>(encoder->side_) * 3, 128);
  const media::Image* const trial = &grey;
  MEDLEY_ASSIGN_OR_RETURN(const inference::OutputTensor output,
                          encoder->RunOn(std::span(&trial, 1)));
  encoder->dimension_ = output.values.size();
  if (encoder->dimension_ == 0)
    return Fail(ErrorCode::kInvalidInput, "output '" + encoder->output_[0] + "' is empty");
  encoder->fingerprint_ =
      FingerprintOf("openvino image 1", file.fingerprint, DumpJson(parameters.ToJson()));
  return encoder;
}

Status NetworkImageEncoder::ReadPort(const Parameters& parameters) {
  if (network_.inputs().size() != 1 || network_.inputs()[0].shape.size() != 4) {
    return Fail(ErrorCode::kUnsupported,
                "a picture encoder needs a network with one input of four dimensions");
  }
  const inference::Port& port = network_.inputs()[0];
  const auto& shape = port.shape;
  const std::string& layout = parameters.Text("layout");
  channels_first_ = layout == "nchw" || (layout == "auto" && shape[1] == 3);
  if (shape[channels_first_ ? 1 : 3] != 3) {
    return Fail(ErrorCode::kInvalidInput,
                "the input takes " + inference::ShapeText(shape) +
                    ", which has no three colours there; set layout to nhwc or nchw");
  }
  const std::int64_t by_shape = shape[channels_first_ ? 2 : 1];
  const std::int64_t side = parameters.Int("side") > 0 ? parameters.Int("side") : by_shape;
  if (side <= 0 || side > kMaxSide)
    return Fail(ErrorCode::kInvalidInput, "the input leaves its size open: set side");
  if (port.type != inference::ElementType::kUInt8 &&
      port.type != inference::ElementType::kFloat32) {
    return Fail(ErrorCode::kUnsupported, "the input takes neither bytes nor floats");
  }
  side_ = static_cast<int>(side);
  bytes_ = port.type == inference::ElementType::kUInt8;
  images_a_pass_ = shape[0] > 0 ? static_cast<std::size_t>(shape[0]) : kImagesAPass;
  if (shape[0] > 1)
    return Fail(ErrorCode::kUnsupported, "the input's batch is fixed to more than one: set shapes");
  bgr_ = parameters.Text("colours") == "bgr";
  crop_ = parameters.Real("crop");
  return {};
}

Status NetworkImageEncoder::ReadNormalisation(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(mean_, ParseThree("mean", parameters.Text("mean")));
  MEDLEY_ASSIGN_OR_RETURN(scale_, ParseThree("scale", parameters.Text("scale")));
  if (std::ranges::find(scale_, 0.0F) != scale_.end())
    return Fail(ErrorCode::kInvalidInput, "scale can't be 0");
  return {};
}

media::ClipSpec NetworkImageEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.frame = {.side = side_, .crop = crop_};
  return spec;
}

template <typename Scalar>
std::vector<Scalar> NetworkImageEncoder::Pixels(std::span<const media::Image* const> images) const {
  const std::size_t area = static_cast<std::size_t>(side_) * static_cast<std::size_t>(side_);
  std::vector<Scalar> values(images.size() * area * 3);
  for (std::size_t image = 0; image < images.size(); ++image) {
    const std::uint8_t* rgb = images[image]->rgb.data();
    Scalar* to = values.data() + image * area * 3;
    for (std::size_t i = 0; i < area; ++i) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        const std::size_t colour = bgr_ ? 2 - channel : channel;
        const std::size_t at = channels_first_ ? channel * area + i : i * 3 + channel;
        if constexpr (std::is_same_v<Scalar, float>) {
          to[at] = (static_cast<float>(rgb[i * 3 + colour]) - mean_[colour]) / scale_[colour];
        } else {
          to[at] = rgb[i * 3 + colour];
        }
      }
    }
  }
  return values;
}

Result<inference::OutputTensor> NetworkImageEncoder::RunOn(
    std::span<const media::Image* const> images) {
  const auto side = static_cast<std::size_t>(side_);
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  inference::InputTensor feed;
  feed.shape = channels_first_ ? std::vector<std::size_t>{images.size(), 3, side, side}
                               : std::vector<std::size_t>{images.size(), side, side, 3};
  if (bytes_) {
    bytes = Pixels<std::uint8_t>(images);
    feed.type = inference::ElementType::kUInt8;
    feed.data = bytes.data();
  } else {
    floats = Pixels<float>(images);
    feed.data = floats.data();
  }
  MEDLEY_ASSIGN_OR_RETURN(auto outputs, network_.Run(std::span(&feed, 1), output_));
  return std::move(outputs[0]);
}

Status NetworkImageEncoder::Encode(std::span<const Input> inputs,
                                   TextRole /*role*/,
                                   linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto images, TakeAll<media::Image>(inputs, modality()));
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto side = static_cast<std::size_t>(side_);
    if (images[i]->side != side_ || images[i]->rgb.size() != side * side * 3) {
      return BadInput(
          modality(), i, "it was not decoded to " + std::to_string(side_) + " pixels a side");
    }
  }
  for (std::size_t begin = 0; begin < images.size(); begin += images_a_pass_) {
    const auto batch =
        std::span(images).subspan(begin, std::min(images_a_pass_, images.size() - begin));
    MEDLEY_ASSIGN_OR_RETURN(const inference::OutputTensor output, RunOn(batch));
    if (output.values.size() != batch.size() * dimension_) {
      return Fail(
          ErrorCode::kUnsupported,
          "the network's output doesn't have one row a picture; set shapes to a batch of 1");
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      WriteUnitRow(std::span(output.values).subspan(i * dimension_, dimension_),
                   out.Row(begin + i));
    }
  }
  return {};
}

}  // namespace medley::encoders
