#include <map>
#include <memory>
#include <string>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/audio/cnn_lstm_encoder.h"
#include "medley/encoders/audio/musicnn_encoder.h"
#include "medley/encoders/audio/network_sound_encoder.h"
#include "medley/encoders/audio/timbre_encoder.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/image/efficientnet_encoder.h"
#include "medley/encoders/image/network_image_encoder.h"
#include "medley/encoders/text/e5_encoder.h"
#include "medley/encoders/text/gguf_encoder.h"
#include "medley/encoders/video/frames_and_sound_encoder.h"

namespace medley::encoders {

const std::vector<EncoderKind>& EncoderKinds() {
  using data::Modality;
  static const std::vector<EncoderKind> kinds = {
      {"e5",
       "multilingual-e5-small: sentences of 100 languages, 384 numbers",
       "[encoders.text]\nkind = \"e5\"\n",
       Modality::kText,
       E5Encoder::ParameterSpecs(),
       &E5Encoder::Make},
      {"gguf",
       "a GGUF embedding model of your own, by llama.cpp",
       "[encoders.text]\nkind = \"gguf\"\nmodel = \"my-model.gguf\"\nquery_prefix = \"query: \"\n",
       Modality::kText,
       GgufEncoder::ParameterSpecs(),
       &GgufEncoder::Make},
      {"efficientnet_lite",
       "EfficientNet-Lite0: pictures, 1280 numbers",
       "[encoders.image]\nkind = \"efficientnet_lite\"\n",
       Modality::kImage,
       EfficientNetEncoder::ParameterSpecs(),
       &EfficientNetEncoder::Make},
      {"openvino",
       "a picture network of your own: ONNX, OpenVINO IR, TensorFlow Lite or TensorFlow",
       "[encoders.image]\nkind = \"openvino\"\nmodel = \"resnet50.onnx\"\nmean = "
       "\"123.7,116.3,103.5\"\nscale = "
       "\"58.4,57.1,57.4\"\n",
       Modality::kImage,
       NetworkImageEncoder::ParameterSpecs(),
       &NetworkImageEncoder::Make},
      {"musicnn",
       "musicnn: music and sounds, 200 numbers",
       "[encoders.audio]\nkind = \"musicnn\"\n",
       Modality::kAudio,
       MusicnnEncoder::ParameterSpecs(),
       &MusicnnEncoder::Make},
      {"timbre",
       "short sounds: colour and course of the log-mel picture beside musicnn, 480 numbers, or "
       "alone, "
       "280",
       "[encoders.audio]\nkind = \"timbre\"\n",
       Modality::kAudio,
       TimbreEncoder::ParameterSpecs(),
       &TimbreEncoder::Make},
      {"openvino",
       "a sound network of your own that takes samples: ONNX, OpenVINO IR, TensorFlow Lite or "
       "TensorFlow",
       "[encoders.audio]\nkind = \"openvino\"\nmodel = \"yamnet.tflite\"\nsample_rate = 16000\n",
       Modality::kAudio,
       NetworkSoundEncoder::ParameterSpecs(),
       &NetworkSoundEncoder::Make},
      {"cnn_lstm",
       "a CNN-LSTM over log-mel pictures that `medley models train cnn_lstm` made of your own "
       "sounds",
       "[encoders.audio]\nkind = \"cnn_lstm\"\nmodel = \"my-sounds\"\n",
       Modality::kAudio,
       CnnLstmEncoder::ParameterSpecs(),
       &CnnLstmEncoder::Make},
      {"frames_and_sound",
       "films: the picture features of some frames beside the features of the sound track, 1480 "
       "numbers",
       "[encoders.video]\nkind = \"frames_and_sound\"\nframes = 4\n",
       Modality::kVideo,
       FramesAndSoundEncoder::ParameterSpecs(),
       &FramesAndSoundEncoder::Make},
  };
  return kinds;
}

Result<std::unique_ptr<Encoder>> MakeEncoder(data::Modality modality,
                                             const std::map<std::string, std::string>& settings) {
  std::map<std::string, std::string> rest = settings;
  std::string wanted;
  if (const auto kind = rest.extract("kind")) wanted = kind.mapped();
  const std::string section = "encoders." + std::string(data::ModalityName(modality));
  std::string known;
  for (const EncoderKind& kind : EncoderKinds()) {
    if (kind.modality != modality) continue;
    if (!wanted.empty() && kind.name != wanted) {
      known += (known.empty() ? "" : ", ") + kind.name;
      continue;
    }
    auto parameters = Parameters::FromText(kind.parameters, rest);
    if (!parameters) return Wrap(section, parameters.error());
    auto encoder = kind.make(*parameters);
    if (!encoder) return Wrap(section, encoder.error());
    return encoder;
  }
  return Fail(ErrorCode::kInvalidInput, section + ": no kind '" + wanted + "'; there are " + known);
}

}  // namespace medley::encoders
