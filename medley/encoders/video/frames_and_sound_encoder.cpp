#include "medley/encoders/video/frames_and_sound_encoder.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/audio/musicnn_encoder.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/image/efficientnet_encoder.h"
#include "medley/encoders/unit_row.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/scene_changes.h"

namespace medley::encoders {
namespace {

/// Frames that are looked at for scene changes, for each that is encoded.
constexpr int kLooks = 3;

}  // namespace

const std::vector<ParameterSpec>& FramesAndSoundEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "frames",
       .default_value = std::int64_t{4},
       .help = "how many frames are looked at",
       .min = 1,
       .max = 64},
      {.name = "sampling",
       .default_value = std::string("scenes"),
       .help = "which frames: of each of the longest scenes, or evenly spaced",
       .choices = {"scenes", "even"}},
      {.name = "max_seconds",
       .default_value = 30.0,
       .help = "how much of the sound track is listened to",
       .min = 1,
       .max = 3600}};
  return specs;
}

Result<std::unique_ptr<Encoder>> FramesAndSoundEncoder::Make(const Parameters& parameters) {
  MEDLEY_ASSIGN_OR_RETURN(auto frames, EfficientNetEncoder::Load());
  MEDLEY_ASSIGN_OR_RETURN(auto sound, MusicnnEncoder::Load(parameters.Real("max_seconds")));
  std::unique_ptr<FramesAndSoundEncoder> encoder(
      new FramesAndSoundEncoder(std::move(frames), std::move(sound)));
  encoder->frame_count_ = static_cast<int>(parameters.Int("frames"));
  encoder->by_scene_ = parameters.Text("sampling") == "scenes";
  encoder->fingerprint_ =
      FingerprintOf(encoder->by_scene_ ? "frames_and_sound 2, scenes" : "frames_and_sound 1",
                    encoder->frames_->fingerprint(),
                    encoder->sound_->fingerprint() + " " + std::to_string(encoder->frame_count_));
  return encoder;
}

media::ClipSpec FramesAndSoundEncoder::decode_spec() const {
  return {.frame = frames_->decode_spec().frame,
          .frames = by_scene_ ? kLooks * frame_count_ : frame_count_,
          .sound = sound_->decode_spec().sound};
}

Status FramesAndSoundEncoder::Encode(std::span<const Input> inputs,
                                     TextRole /*role*/,
                                     linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto clips, TakeAll<media::Clip>(inputs, modality()));
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (clips[i]->frames.empty() && clips[i]->sound.samples.empty()) {
      return BadInput(modality(), i, "it has neither frames nor sound");
    }
  }
  // Missing halves stay zero.
  linalg::Matrix rows(clips.size(), dimension());
  const linalg::MatrixView all = rows.View();
  const std::size_t split = EfficientNetEncoder::kDimension;
  MEDLEY_RETURN_IF_ERROR(EncodeFrames(
      clips, {.data = all.data, .rows = all.rows, .cols = split, .stride = all.stride}));
  MEDLEY_RETURN_IF_ERROR(EncodeSound(clips,
                                     {.data = all.data + split,
                                      .rows = all.rows,
                                      .cols = all.cols - split,
                                      .stride = all.stride}));
  for (std::size_t i = 0; i < clips.size(); ++i) WriteUnitRow(rows.Row(i), out.Row(i));
  return {};
}

Status FramesAndSoundEncoder::EncodeFrames(std::span<const media::Clip* const> clips,
                                           linalg::MatrixView out) {
  std::vector<const media::Image*> frames;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto& all = clips[i]->frames;
    const auto count = by_scene_ ? static_cast<std::size_t>(frame_count_) : all.size();
    for (const std::size_t place : media::PickByScene(all, count)) {
      frames.push_back(&all[place]);
      owners.push_back(i);
    }
  }
  linalg::Matrix features(frames.size(), EfficientNetEncoder::kDimension);
  MEDLEY_RETURN_IF_ERROR(frames_->EncodeImages(frames, features.View()));
  for (std::size_t i = 0; i < frames.size(); ++i)
    linalg::Axpy(1.0F, features.Row(i), out.Row(owners[i]));
  for (std::size_t i = 0; i < clips.size(); ++i) linalg::Normalize(out.Row(i));
  return {};
}

Status FramesAndSoundEncoder::EncodeSound(std::span<const media::Clip* const> clips,
                                          linalg::MatrixView out) {
  std::vector<const media::Sound*> sounds;
  std::vector<std::size_t> owners;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (clips[i]->sound.samples.empty()) continue;
    sounds.push_back(&clips[i]->sound);
    owners.push_back(i);
  }
  linalg::Matrix features(sounds.size(), MusicnnEncoder::kDimension);
  MEDLEY_RETURN_IF_ERROR(sound_->EncodeSounds(sounds, features.View()));
  for (std::size_t i = 0; i < sounds.size(); ++i)
    linalg::Axpy(1.0F, features.Row(i), out.Row(owners[i]));
  return {};
}

}  // namespace medley::encoders
