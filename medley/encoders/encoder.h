#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {

/// One thing to encode: a text, or what the decoder made of a file.
using Input = std::variant<std::string, media::Image, media::Sound, media::Clip>;

/// How a text is meant. e5-class models are trained with a prefix for each.
enum class TextRole : std::uint8_t { kQuery, kPassage };

/// Turns texts, pictures, sounds or films into unit vectors.
/// Threads: one call at a time; a call uses all of ThreadCount().
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual std::string_view name() const = 0;
  virtual data::Modality modality() const = 0;
  virtual std::size_t dimension() const = 0;
  /// Changes when the weights, the pre-processing or the version do: vectors of another fingerprint
  /// are encoded again.
  virtual std::string fingerprint() const = 0;
  /// How many inputs make the best batch.
  virtual std::size_t batch_size() const = 0;
  /// What the decoder should make of a file for this encoder (image, audio and video encoders).
  virtual media::ClipSpec decode_spec() const { return {}; }
  /// Shapes: `out` is inputs.size() x dimension(); rows have length 1. `role` concerns text
  /// encoders only. Errors: kInvalidInput for an input of another modality; nothing is written to
  /// `out` then.
  virtual Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) = 0;
};

/// The table of encoders: kinds ("e5", "efficientnet_lite", "musicnn", "frames_and_sound", and
/// "openvino", "gguf", "cnn_lstm" for a model of the operator's own), from which --help and the
/// reference are made.
struct EncoderKind {
  std::string name;
  std::string summary;
  std::string example;  ///< lines of medley.toml
  data::Modality modality;
  std::vector<ParameterSpec> parameters;
  Result<std::unique_ptr<Encoder>> (*make)(const Parameters& parameters);
};
const std::vector<EncoderKind>& EncoderKinds();

/// The encoder of `modality` that `settings` (a section [encoders.image] of medley.toml, its texts)
/// asks for; the pack's own where it asks for nothing. Errors: kNotFound naming the model to add,
/// kInvalidInput.
Result<std::unique_ptr<Encoder>> MakeEncoder(data::Modality modality,
                                             const std::map<std::string, std::string>& settings);

}  // namespace medley::encoders
