#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/encoders/encoder.h"
#include "medley/training/sound_model.h"

namespace medley::encoders {

/// Sound features of a CNN-LSTM that `medley models train cnn_lstm` made: the mean of the LSTM's
/// states, two directions beside each other.
class CnnLstmEncoder : public Encoder {
 public:
  static const std::vector<ParameterSpec>& ParameterSpecs();
  static Result<std::unique_ptr<Encoder>> Make(const Parameters& parameters);

  std::string_view name() const override { return training::SoundModel::kKind; }
  data::Modality modality() const override { return data::Modality::kAudio; }
  std::size_t dimension() const override { return model_.network().shape().dimension(); }
  std::string fingerprint() const override { return fingerprint_; }
  std::size_t batch_size() const override { return 64; }
  media::ClipSpec decode_spec() const override;
  Status Encode(std::span<const Input> inputs, TextRole role, linalg::MatrixView out) override;

 private:
  explicit CnnLstmEncoder(training::SoundModel model) : model_(std::move(model)) {}

  training::SoundModel model_;
  double max_seconds_ = 0;
  std::string fingerprint_;
};

}  // namespace medley::encoders
