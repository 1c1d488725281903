#include "medley/encoders/audio/musicnn_encoder.h"

#include <algorithm>
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
#include "medley/encoders/unit_row.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/network.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/media/log_mel.h"

namespace medley::encoders {
namespace {

constexpr int kSampleRate = 16000;
constexpr std::size_t kFrames = 187;  ///< of a patch: 3 s
constexpr std::size_t kBands = 96;
constexpr std::size_t kPatchesAPass = 16;

/// Appends the patches of one log-mel picture, one after the other; a sound shorter than a patch is
/// repeated to fill one. Returns how many.
std::size_t AppendPatches(const linalg::Matrix& mel, std::vector<float>& patches) {
  const std::size_t count = std::max<std::size_t>(mel.rows() / kFrames, 1);
  for (std::size_t frame = 0; frame < count * kFrames; ++frame) {
    const auto row = mel.Row(frame % mel.rows());
    patches.insert(patches.end(), row.begin(), row.end());
  }
  return count;
}

}  // namespace

const std::vector<ParameterSpec>& MusicnnEncoder::ParameterSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "max_seconds",
       .default_value = 30.0,
       .help = "how much of a sound is listened to, from its beginning",
       .min = 1,
       .max = 3600}};
  return specs;
}

Result<std::unique_ptr<MusicnnEncoder>> MusicnnEncoder::Load(double max_seconds) {
  MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
  MEDLEY_ASSIGN_OR_RETURN(const inference::PackModel model, pack.Find("musicnn-mtt"));
  MEDLEY_ASSIGN_OR_RETURN(const auto file, model.File("network"));
  MEDLEY_ASSIGN_OR_RETURN(inference::Network network, inference::Network::Load(file));
  std::unique_ptr<MusicnnEncoder> encoder(new MusicnnEncoder(std::move(network)));
  encoder->max_seconds_ = max_seconds;
  encoder->fingerprint_ =
      FingerprintOf("musicnn 1", model.fingerprint, "max_seconds=" + std::to_string(max_seconds));
  return encoder;
}

Result<std::unique_ptr<Encoder>> MusicnnEncoder::Make(const Parameters& parameters) {
  return Load(parameters.Real("max_seconds"));
}

media::ClipSpec MusicnnEncoder::decode_spec() const {
  media::ClipSpec spec;
  spec.sound = {.sample_rate = kSampleRate, .max_seconds = max_seconds_};
  return spec;
}

Status MusicnnEncoder::Encode(std::span<const Input> inputs,
                              TextRole /*role*/,
                              linalg::MatrixView out) {
  MEDLEY_ASSIGN_OR_RETURN(const auto sounds, TakeAll<media::Sound>(inputs, modality()));
  return EncodeSounds(sounds, out);
}

Status MusicnnEncoder::EncodeSounds(std::span<const media::Sound* const> sounds,
                                    linalg::MatrixView out) {
  static const std::vector<std::string> wanted = {"embedding"};
  std::vector<Result<linalg::Matrix>> mels(sounds.size());
  ParallelFor(sounds.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) mels[i] = media::LogMel(*sounds[i]);
  });
  std::vector<float> patches;
  std::vector<std::size_t> owners;  // of each patch
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    if (!mels[i]) return BadInput(modality(), i, mels[i].error().message);
    if (mels[i]->rows() == 0) return BadInput(modality(), i, "it has no samples");
    owners.insert(owners.end(), AppendPatches(*mels[i], patches), i);
  }
  linalg::Matrix sums(sounds.size(), kDimension);
  for (std::size_t begin = 0; begin < owners.size(); begin += kPatchesAPass) {
    const std::size_t count = std::min(kPatchesAPass, owners.size() - begin);
    const inference::InputTensor feed{.name = "logmel",
                                      .type = inference::ElementType::kFloat32,
                                      .shape = {count, kFrames, kBands},
                                      .data = patches.data() + begin * kFrames * kBands};
    MEDLEY_ASSIGN_OR_RETURN(const auto outputs, network_.Run(std::span(&feed, 1), wanted));
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = std::span(outputs[0].values).subspan(i * kDimension, kDimension);
      linalg::Axpy(1.0F, row, sums.Row(owners[begin + i]));
    }
  }
  for (std::size_t i = 0; i < sounds.size(); ++i) WriteUnitRow(sums.Row(i), out.Row(i));
  return {};
}

}  // namespace medley::encoders
