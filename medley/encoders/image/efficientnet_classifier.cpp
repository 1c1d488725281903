#include "medley/encoders/image/efficientnet_classifier.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/image/efficientnet_encoder.h"
#include "medley/encoders/unit_row.h"
#include "medley/inference/model_pack.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::encoders {
namespace {

Result<std::vector<std::string>> ReadNames() {
  MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
  MEDLEY_ASSIGN_OR_RETURN(const inference::PackModel model, pack.Find("imagenet-names"));
  MEDLEY_ASSIGN_OR_RETURN(const auto path, model.File("names"));
  MEDLEY_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    names.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (names.size() != EfficientNetEncoder::kClasses)
    return Fail(ErrorCode::kCorrupt, path.string() + " does not have 1,000 names");
  return names;
}

void Softmax(std::span<float> row) {
  const float most = *std::ranges::max_element(row);
  float sum = 0;
  for (auto& value : row) sum += value = std::exp(value - most);
  for (auto& value : row) value /= sum;
}

}  // namespace

Result<std::unique_ptr<Classifier>> EfficientNetClassifier::Load() {
  MEDLEY_ASSIGN_OR_RETURN(auto names, ReadNames());
  MEDLEY_ASSIGN_OR_RETURN(auto network, EfficientNetEncoder::Load());
  return std::unique_ptr<Classifier>(
      new EfficientNetClassifier(std::move(network), std::move(names)));
}

Result<linalg::Matrix> EfficientNetClassifier::Classify(std::span<const Input> inputs) {
  MEDLEY_ASSIGN_OR_RETURN(const auto images, TakeAll<media::Image>(inputs, modality()));
  linalg::Matrix out(images.size(), labels_.size());
  MEDLEY_RETURN_IF_ERROR(network_->Judge(images, out.View()));
  for (std::size_t i = 0; i < images.size(); ++i) Softmax(out.Row(i));
  return out;
}

}  // namespace medley::encoders
