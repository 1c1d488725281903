#include "medley/training/sound_model.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/media/decoder.h"
#include "medley/media/log_mel.h"
#include "medley/training/cnn_lstm.h"
#include "medley/training/weights_file.h"

namespace medley::training {
namespace {

template <typename Number>
Number NumberOf(const Json& note, const char* name) {
  const Json value = note.value(name, Json());
  return value.is_number() && value >= 0 ? value.get<Number>() : Number{};
}

}  // namespace

Result<SoundModel> SoundModel::Load(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto file, ReadWeights(path, kKind));
  const Json labels = file.note.value("labels", Json());
  std::vector<std::string> names;
  for (const Json& label : labels.is_array() ? labels : Json::array())
    if (label.is_string()) names.push_back(label.get<std::string>());
  const CnnLstmShape shape{.bands = NumberOf<std::size_t>(file.note, "bands"),
                           .channels = NumberOf<std::size_t>(file.note, "channels"),
                           .hidden = NumberOf<std::size_t>(file.note, "hidden"),
                           .classes = names.size()};
  const media::LogMelSpec mel{.sample_rate = NumberOf<int>(file.note, "sample_rate"),
                              .n_fft = NumberOf<int>(file.note, "n_fft"),
                              .hop = NumberOf<int>(file.note, "hop"),
                              .n_mels = NumberOf<int>(file.note, "bands")};
  const media::Sound silence{.sample_rate = mel.sample_rate, .samples = {0.0F}};
  const auto fits = [&]() -> Status {
    MEDLEY_RETURN_IF_ERROR(CheckShape(shape));
    MEDLEY_RETURN_IF_ERROR(media::LogMel(silence, mel));
    return CheckWeights(file.weights, WeightsOf(shape));
  };
  if (const auto checked = fits(); !checked)
    return Fail(ErrorCode::kCorrupt, path.string() + ": " + checked.error().message);
  return SoundModel(mel, std::move(names), std::make_unique<CnnLstm>(shape, file.weights));
}

Status SoundModel::Save(const std::filesystem::path& path) const {
  const auto& shape = network_->shape();
  return WriteWeights(path,
                      {.note = {{"kind", kKind},
                                {"labels", labels_},
                                {"bands", shape.bands},
                                {"channels", shape.channels},
                                {"hidden", shape.hidden},
                                {"sample_rate", mel_.sample_rate},
                                {"n_fft", mel_.n_fft},
                                {"hop", mel_.hop}},
                       .weights = network_->weights()});
}

Status SoundModel::Encode(const media::Sound& sound, std::span<float> out) const {
  if (sound.samples.empty()) return Fail(ErrorCode::kInvalidInput, "it has no samples");
  MEDLEY_ASSIGN_OR_RETURN(auto mel, media::LogMel(sound, mel_));
  network_->Encode(Standardised(std::move(mel)), out);
  return {};
}

}  // namespace medley::training
