#include "medley/encoders/classifier.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/image/efficientnet_classifier.h"
#include "medley/encoders/model_file.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/encoders/text/text_classifier.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/model_install.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/head.h"
#include "medley/training/sound_model.h"
#include "medley/training/weights_file.h"

namespace medley::encoders {
namespace {

class CnnLstmClassifier : public Classifier {
 public:
  explicit CnnLstmClassifier(training::SoundModel model) : model_(std::move(model)) {}
  data::Modality modality() const override { return data::Modality::kAudio; }
  media::ClipSpec decode_spec() const override {
    media::ClipSpec spec;
    spec.sound.sample_rate = model_.sample_rate();
    return spec;
  }
  const std::vector<std::string>& labels() const override { return model_.labels(); }

  Result<linalg::Matrix> Classify(std::span<const Input> inputs) override {
    MEDLEY_ASSIGN_OR_RETURN(const auto sounds, TakeAll<media::Sound>(inputs, modality()));
    linalg::Matrix out(sounds.size(), labels().size());
    std::vector<Status> done(sounds.size());
    ParallelFor(sounds.size(), 1, [&](std::size_t begin, std::size_t end) {
      std::vector<float> vector(model_.network().shape().dimension());
      for (std::size_t i = begin; i < end; ++i) {
        done[i] = model_.Encode(*sounds[i], vector);
        if (done[i]) std::ranges::copy(model_.network().Classify(vector), out.Row(i).begin());
      }
    });
    for (std::size_t i = 0; i < sounds.size(); ++i)
      if (!done[i]) return tl::unexpected(BadInput(modality(), i, done[i].error().message).error());
    return out;
  }

 private:
  training::SoundModel model_;
};

class HeadClassifier : public Classifier {
 public:
  HeadClassifier(std::unique_ptr<Encoder> encoder, HeadModel model)
      : encoder_(std::move(encoder)),
        labels_(std::move(model.labels)),
        head_(model.shape, std::move(model.weights)) {}
  data::Modality modality() const override { return encoder_->modality(); }
  media::ClipSpec decode_spec() const override { return encoder_->decode_spec(); }
  const std::vector<std::string>& labels() const override { return labels_; }

  Result<linalg::Matrix> Classify(std::span<const Input> inputs) override {
    linalg::Matrix vectors(inputs.size(), encoder_->dimension());
    MEDLEY_RETURN_IF_ERROR(encoder_->Encode(inputs, TextRole::kPassage, vectors.View()));
    linalg::Matrix out(inputs.size(), labels_.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::ranges::copy(head_.Classify(std::as_const(vectors).Row(i)), out.Row(i).begin());
    return out;
  }

 private:
  std::unique_ptr<Encoder> encoder_;
  std::vector<std::string> labels_;
  training::Head head_;
};

Result<HeadModel> ReadHead(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto file, training::ReadWeights(path, HeadModel::kKind));
  const auto wrong = [&](const std::string& what) {
    return Fail(ErrorCode::kCorrupt, path.string() + ": " + what);
  };
  HeadModel model;
  const Json& note = file.note;
  const auto text = [&](const char* name) {
    const Json value = note.value(name, Json());
    return value.is_string() ? value.get<std::string>() : std::string();
  };
  const auto modality = data::ParseModality(text("modality"));
  if (!modality) return wrong("its modality");
  model.modality = *modality;
  model.fingerprint = text("encoder");
  const Json settings = note.value("settings", Json::object());
  for (const auto& [key, value] : settings.items())
    if (value.is_string()) model.settings[key] = value.get<std::string>();
  for (const auto& label : note.value("labels", Json::array()))
    if (label.is_string()) model.labels.push_back(label.get<std::string>());
  const Json hidden = note.value("hidden", Json());
  const auto mean = file.weights.find("mean");
  if (!hidden.is_number_unsigned() || mean == file.weights.end() || model.labels.size() < 2)
    return wrong("its sizes");
  model.shape = {.dimension = mean->second.cols(),
                 .hidden = hidden.get<std::size_t>(),
                 .classes = model.labels.size()};
  if (auto whole = training::CheckWeights(file.weights, WeightsOf(model.shape)); !whole)
    return wrong(whole.error().message);
  model.weights = std::move(file.weights);
  return model;
}

Result<std::unique_ptr<Classifier>> LoadHead(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto model, ReadHead(path));
  MEDLEY_ASSIGN_OR_RETURN(auto encoder, MakeEncoder(model.modality, model.settings));
  if (encoder->fingerprint() != model.fingerprint ||
      encoder->dimension() != model.shape.dimension) {
    return Fail(ErrorCode::kInvalidInput,
                path.string() + " was trained on another version of its encoder (" +
                    std::string(encoder->name()) + "): train it again");
  }
  return std::make_unique<HeadClassifier>(std::move(encoder), std::move(model));
}

}  // namespace

Status SaveHead(const std::filesystem::path& path, const HeadModel& model) {
  return training::WriteWeights(path,
                                {.note = {{"kind", HeadModel::kKind},
                                          {"modality", data::ModalityName(model.modality)},
                                          {"settings", model.settings},
                                          {"encoder", model.fingerprint},
                                          {"labels", model.labels},
                                          {"hidden", model.shape.hidden}},
                                 .weights = model.weights});
}

Result<std::unique_ptr<Classifier>> LoadClassifier(const std::string& model) {
  if (model == EfficientNetClassifier::kName) return EfficientNetClassifier::Load();
  MEDLEY_ASSIGN_OR_RETURN(const ModelFile file, FindModelFile(model, "network"));
  if (inference::EncoderKindOf(file.path) == HeadModel::kKind) return LoadHead(file.path);
  if (file.path.extension() == "." + std::string(TransformerModel::kKind))
    return LoadTransformer(file.path);
  if (file.path.extension() == "." + std::string(NgramModel::kKind)) return LoadNgrams(file.path);
  MEDLEY_ASSIGN_OR_RETURN(auto sounds, training::SoundModel::Load(file.path));
  return std::make_unique<CnnLstmClassifier>(std::move(sounds));
}

}  // namespace medley::encoders
