#include "medley/encoders/audio/network_sound_encoder.h"

#include <algorithm>
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
#include "medley/encoders/network_settings.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/network.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {
namespace {

constexpr std::int64_t kMaxWindow = std::int64_t{10} * 48000;

/// The port's shape with 1 wherever it is open.
std::vector<std::size_t> ClosedShape(const inference::Port& port) {
  std::vector<std::size_t> shape;
  shape.reserve(port.shape.size());
  for (const std::int64_t size : port.shape)
    shape.push_back(size > 0 ? static_cast<std::size_t>(size) : 1);
  return shape;
}

std::size_t Elements(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t size : shape) count *= size;
  return count;
}

}  // namespace

const std::vector<ParameterSpec>& NetworkSoundEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "model",
       .default_value = std::string(),
       .help = "the model file, or the name `medley models add` gave it"},
      {.name = "input",
       .default_value = std::string(),
       .help = "which input takes the samples; empty: the first of floats"},
      {.name = "output",
       .default_value = std::string(),
       .help = "which output is the vector; empty: the first"},
      {.name = "sample_rate",
       .default_value = std::int64_t{16000},
       .help = "per second",
       .min = 4000,
       .max = 96000},
      {.name = "window",
       .default_value = std::int64_t{0},
       .help = "samples at a time; 0: as the input's shape tells",
       .min = 0,
       .max = kMaxWindow},
      {.name = "hop",
       .default_value = std::int64_t{0},
       .help = "samples from one window to the next; 0: the window",
       .min = 0,
       .max = kMaxWindow},
      {.name = "max_seconds",
       .default_value = 30.0,
       .help = "how much of a sound is listened to",
       .min = 1,
       .max = 3600},
      {.name = "state",
       .default_value = std::string(),
       .help = "a recurrent network's memory: \"input=output\", handed on from window to window"},
      {.name = "pool",
       .default_value = std::string("mean"),
       .help = "of the windows",
       .choices = {"mean", "last"}},
      {.name = "shapes",
       .default_value = std::string(),
       .help = "shapes for inputs that leave them open: \"input=1x512 state=2x1x128\""}};
  return specs;
}

Result<std::unique_ptr<Encoder>> NetworkSoundEncoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(const ModelFile file, FindModelFile(parameters.Text("model"), "network"));
  inference::NetworkOptions options;
  MEDLEY_ASSIGN_OR_RETURN(options.shapes, ParseShapes(parameters.Text("shapes")));
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network, inference::Network::Load(file.path, options));
  std::unique_ptr<NetworkSoundEncoder> encoder(new NetworkSoundEncoder(std::move(network)));
  encoder->sample_rate_ = parameters.Int("sample_rate");
  encoder->max_seconds_ = parameters.Real("max_seconds");
  encoder->last_ = parameters.Text("pool") == "last";
  const std::string& output = parameters.Text("output");
  encoder->outputs_ = {output.empty() ? encoder->network_.outputs()[0].name : output};
  MEDLEY_RETURN_IF_ERROR(encoder->ReadState(parameters));
  MEDLEY_RETURN_IF_ERROR(encoder->ReadPorts(parameters));
  // A trial run tells the vector's length, and any other trouble, now instead of in the middle of a
  // catalogue.
  std::vector<float> state(encoder->state_size_, 0.0F);
  MEDLEY_ASSIGN_OR_RETURN(const auto vector,
                          encoder->RunWindow(std::vector<float>(encoder->window_, 0.0F), state));
  encoder->dimension_ = vector.size();
  if (vector.empty())
    return Fail(ErrorCode::kInvalidInput, "output '" + encoder->outputs_[0] + "' is empty");
  encoder->fingerprint_ =
      FingerprintOf("openvino audio 1", file.fingerprint, DumpJson(parameters.ToJson()));
  return encoder;
}

Status NetworkSoundEncoder::ReadState(const Parameters& parameters) {
  const std::string& text = parameters.Text("state");
  if (text.empty()) return {};
  const std::size_t equals = text.find('=');
  const std::string input = text.substr(0, equals);
  const auto port = std::ranges::find(network_.inputs(), input, &inference::Port::name);
  if (equals == std::string::npos || port == network_.inputs().end() ||
      port->type != inference::ElementType::kFloat32) {
    return Fail(ErrorCode::kInvalidInput,
                "state: '" + text + "' is not input=output, with an input of floats");
  }
  state_ = &*port;
  state_size_ = Elements(ClosedShape(*port));
  outputs_.push_back(text.substr(equals + 1));
  return {};
}

Status NetworkSoundEncoder::ReadPorts(const Parameters& parameters) {
  const std::string& wanted = parameters.Text("input");
  for (const inference::Port& port : network_.inputs()) {
    if (&port == state_) continue;
    const bool whole =
        port.type == inference::ElementType::kInt64 || port.type == inference::ElementType::kInt32;
    if (port.type == inference::ElementType::kFloat32 && samples_ == nullptr &&
        (wanted.empty() || port.name == wanted)) {
      samples_ = &port;
    } else if (whole && rate_ == nullptr && Elements(ClosedShape(port)) == 1) {
      rate_ = &port;
    } else {
      return Fail(ErrorCode::kUnsupported,
                  "nothing is known to give to the network's input '" + port.name + "'");
    }
  }
  if (samples_ == nullptr)
    return Fail(ErrorCode::kInvalidInput, "the network has no input of floats for the samples");
  const auto& shape = samples_->shape;
  if (shape.empty() || shape.size() > 2) {
    return Fail(
        ErrorCode::kUnsupported,
        "the input for samples takes " + inference::ShapeText(shape) + "; it must be a row");
  }
  const std::int64_t window =
      parameters.Int("window") > 0 ? parameters.Int("window") : shape.back();
  if (window <= 0 || window > kMaxWindow)
    return Fail(ErrorCode::kInvalidInput, "the input leaves its length open: set window");
  window_ = static_cast<std::size_t>(window);
  hop_ = parameters.Int("hop") > 0 ? static_cast<std::size_t>(parameters.Int("hop")) : window_;
  return {};
}

media::ClipSpec NetworkSoundEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.sound = {.sample_rate = static_cast<int>(sample_rate_), .max_seconds = max_seconds_};
  return spec;
}

Result<std::vector<float>> NetworkSoundEncoder::RunWindow(const std::vector<float>& window,
                                                          std::vector<float>& state) {
  std::vector<inference::InputTensor> feed;
  std::vector<std::size_t> shape = ClosedShape(*samples_);
  shape.back() = window_;
  feed.push_back(
      {.name = samples_->name, .type = samples_->type, .shape = shape, .data = window.data()});
  const auto rate = static_cast<std::int32_t>(sample_rate_);
  if (rate_ != nullptr) {
    const bool wide = rate_->type == inference::ElementType::kInt64;
    const void* value = wide ? static_cast<const void*>(&sample_rate_) : &rate;
    feed.push_back(
        {.name = rate_->name, .type = rate_->type, .shape = ClosedShape(*rate_), .data = value});
  }
  if (state_ != nullptr) {
    feed.push_back({.name = state_->name,
                    .type = state_->type,
                    .shape = ClosedShape(*state_),
                    .data = state.data()});
  }
  MEDLEY_ASSIGN_OR_RETURN(auto outputs, network_.Run(feed, outputs_));
  if (state_ != nullptr) {
    if (outputs[1].values.size() != state.size()) {
      return Fail(ErrorCode::kInvalidInput,
                  "state: output '" + outputs_[1] + "' has not the size of the input");
    }
    state = outputs[1].values;
  }
  return std::move(outputs[0].values);
}

Result<std::vector<float>> NetworkSoundEncoder::Features(const media::Sound& sound) {
  std::vector<float> state(state_size_, 0.0F);
  std::vector<float> sum(dimension_, 0.0F);
  std::vector<float> window(window_);
  const std::size_t count = sound.samples.size();
  // A last window that isn't full is filled with zeros, and left out when there is a full one
  // before.
  for (std::size_t begin = 0; begin == 0 || begin + window_ <= count; begin += hop_) {
    const std::size_t length = std::min(window_, count - begin);
    std::ranges::fill(window, 0.0F);
    std::copy_n(sound.samples.begin() + static_cast<std::ptrdiff_t>(begin), length, window.begin());
    MEDLEY_ASSIGN_OR_RETURN(const std::vector<float> vector, RunWindow(window, state));
    if (vector.size() != dimension_)
      return Fail(ErrorCode::kUnsupported, "the network's vectors change their length");
    if (last_) std::ranges::fill(sum, 0.0F);
    linalg::Axpy(1.0F, vector, sum);
  }
  return sum;
}

Status NetworkSoundEncoder::Encode(std::span<const Input> inputs,
                                   TextRole /*role*/,
                                   linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto sounds, TakeAll<media::Sound>(inputs, modality()));
  linalg::Matrix rows(sounds.size(), dimension_);
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    if (sounds[i]->sample_rate != sample_rate_)
      return BadInput(modality(), i, "it is of another sample rate");
    if (sounds[i]->samples.empty()) return BadInput(modality(), i, "it has no samples");
    MEDLEY_ASSIGN_OR_RETURN(const std::vector<float> vector, Features(*sounds[i]));
    std::ranges::copy(vector, rows.Row(i).begin());
  }
  for (std::size_t i = 0; i < sounds.size(); ++i) WriteUnitRow(rows.Row(i), out.Row(i));
  return {};
}

}  // namespace medley::encoders
