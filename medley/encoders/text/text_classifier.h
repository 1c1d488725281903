#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/encoders/classifier.h"
#include "medley/training/weights.h"

namespace medley::encoders {

/// The text encoder with its upper layers trained on to tell labels, and where those layers go.
struct TransformerModel {
  static constexpr const char* kKind = "transformer";
  std::string fingerprint;  ///< of the E5Layers below
  std::size_t layers = 0;
  std::size_t max_tokens = 0;
  std::vector<std::string> labels;
  training::Weights weights;
};
/// Errors: kIo.
Status SaveTransformer(const std::filesystem::path& path, const TransformerModel& model);
/// Errors: kNotFound, kCorrupt; kInvalidInput where the pack's encoder is not what it was trained
/// on.
Result<std::unique_ptr<Classifier>> LoadTransformer(const std::filesystem::path& path);

/// Of a file of NgramModel. Errors: kNotFound, kCorrupt.
Result<std::unique_ptr<Classifier>> LoadNgrams(const std::filesystem::path& path);

}  // namespace medley::encoders
