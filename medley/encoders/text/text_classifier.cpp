#include "medley/encoders/text/text_classifier.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/text/e5_layers.h"
#include "medley/encoders/text/ngram_model.h"
#include "medley/encoders/unit_row.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/transformer.h"
#include "medley/training/weights_file.h"

namespace medley::encoders {
namespace {

class TextClassifier : public Classifier {
 public:
  data::Modality modality() const override { return data::Modality::kText; }
  media::ClipSpec decode_spec() const override { return {}; }
};

class TransformerClassifier : public TextClassifier {
 public:
  TransformerClassifier(E5Layers lower, TransformerModel model)
      : lower_(std::move(lower)),
        labels_(std::move(model.labels)),
        upper_(lower_.ShapeFor(labels_.size()), std::move(model.weights)) {}
  const std::vector<std::string>& labels() const override { return labels_; }

  Result<linalg::Matrix> Classify(std::span<const Input> inputs) override {
    MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
    std::vector<linalg::Matrix> tokens(texts.size());
    const std::size_t d = upper_.shape().dimension;
    MEDLEY_RETURN_IF_ERROR(
        lower_.Encode(texts, [&](std::size_t text, std::span<const float> values) {
          tokens[text] = linalg::Matrix(values.size() / d, d);
          std::ranges::copy(values, tokens[text].data());
        }));
    linalg::Matrix out(texts.size(), labels_.size());
    ParallelFor(texts.size(), 1, [&](std::size_t i, std::size_t) {
      std::ranges::copy(upper_.Classify(std::move(tokens[i])), out.Row(i).begin());
    });
    return out;
  }

 private:
  E5Layers lower_;
  std::vector<std::string> labels_;
  training::Transformer upper_;
};

class NgramClassifier : public TextClassifier {
 public:
  explicit NgramClassifier(NgramModel model) : model_(std::move(model)) {}
  const std::vector<std::string>& labels() const override { return model_.labels(); }

  Result<linalg::Matrix> Classify(std::span<const Input> inputs) override {
    constexpr std::size_t kTextsAPiece = 16;
    MEDLEY_ASSIGN_OR_RETURN(const auto texts, TakeAll<std::string>(inputs, modality()));
    linalg::Matrix out(texts.size(), labels().size());
    ParallelFor(texts.size(), kTextsAPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) model_.Classify(*texts[i], out.Row(i));
    });
    return out;
  }

 private:
  NgramModel model_;
};

Result<TransformerModel> ReadTransformer(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto file, training::ReadWeights(path, TransformerModel::kKind));
  const auto number = [&](const char* name) {
    const Json value = file.note.value(name, Json());
    return value.is_number_unsigned() ? value.get<std::size_t>() : 0;
  };
  TransformerModel model{.layers = number("layers"), .max_tokens = number("max_tokens")};
  const Json encoder = file.note.value("encoder", Json());
  if (encoder.is_string()) model.fingerprint = encoder.get<std::string>();
  const Json labels = file.note.value("labels", Json());
  for (const Json& label : labels.is_array() ? labels : Json::array())
    if (label.is_string()) model.labels.push_back(label.get<std::string>());
  if (model.labels.size() < 2 || model.max_tokens == 0)
    return Fail(ErrorCode::kCorrupt, path.string() + ": its labels");
  model.weights = std::move(file.weights);
  return model;
}

}  // namespace

Status SaveTransformer(const std::filesystem::path& path, const TransformerModel& model) {
  return training::WriteWeights(path,
                                {.note = {{"kind", TransformerModel::kKind},
                                          {"encoder", model.fingerprint},
                                          {"layers", model.layers},
                                          {"max_tokens", model.max_tokens},
                                          {"labels", model.labels}},
                                 .weights = model.weights});
}

Result<std::unique_ptr<Classifier>> LoadTransformer(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto model, ReadTransformer(path));
  MEDLEY_ASSIGN_OR_RETURN(auto lower, E5Layers::Open(model.layers, model.max_tokens));
  if (lower.fingerprint() != model.fingerprint) {
    return Fail(
        ErrorCode::kInvalidInput,
        path.string() + " was trained on another version of the text encoder: train it again");
  }
  const auto specs = training::WeightsOf(lower.ShapeFor(model.labels.size()));
  if (const auto whole = training::CheckWeights(model.weights, specs); !whole)
    return Fail(ErrorCode::kCorrupt, path.string() + ": " + whole.error().message);
  return std::make_unique<TransformerClassifier>(std::move(lower), std::move(model));
}

Result<std::unique_ptr<Classifier>> LoadNgrams(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto model, NgramModel::Load(path));
  return std::make_unique<NgramClassifier>(std::move(model));
}

}  // namespace medley::encoders
