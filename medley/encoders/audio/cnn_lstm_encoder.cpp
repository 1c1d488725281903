#include "medley/encoders/audio/cnn_lstm_encoder.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/model_file.h"
#include "medley/encoders/unit_row.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/sound_model.h"

namespace medley::encoders {

const std::vector<ParameterSpec>& CnnLstmEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "model",
       .default_value = std::string(),
       .help =
           "the file that `medley models train cnn_lstm` wrote, or the name `medley models add` "
           "gave it"},
      {.name = "max_seconds",
       .default_value = 10.0,
       .help = "how much of a sound is listened to, from its beginning",
       .min = 0.1,
       .max = 600}};
  return specs;
}

Result<std::unique_ptr<Encoder>> CnnLstmEncoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(const ModelFile file, FindModelFile(parameters.Text("model"), "network"));
  MEDLEY_ASSIGN_OR_RETURN(auto model, training::SoundModel::Load(file.path));
  std::unique_ptr<CnnLstmEncoder> encoder(new CnnLstmEncoder(std::move(model)));
  encoder->max_seconds_ = parameters.Real("max_seconds");
  encoder->fingerprint_ = FingerprintOf(
      "cnn_lstm 1", file.fingerprint, "max_seconds=" + std::to_string(encoder->max_seconds_));
  return encoder;
}

media::ClipSpec CnnLstmEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.sound = {.sample_rate = model_.sample_rate(), .max_seconds = max_seconds_};
  return spec;
}

Status CnnLstmEncoder::Encode(std::span<const Input> inputs,
                              TextRole /*role*/,
                              linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto sounds, TakeAll<media::Sound>(inputs, modality()));
  linalg::Matrix rows(sounds.size(), dimension());
  std::vector<Status> done(sounds.size());
  ParallelFor(sounds.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) done[i] = model_.Encode(*sounds[i], rows.Row(i));
  });
  for (std::size_t i = 0; i < sounds.size(); ++i)
    if (!done[i]) return BadInput(modality(), i, done[i].error().message);
  for (std::size_t i = 0; i < sounds.size(); ++i) WriteUnitRow(rows.Row(i), out.Row(i));
  return {};
}

}  // namespace medley::encoders
