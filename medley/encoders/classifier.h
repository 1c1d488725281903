#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/training/head.h"
#include "medley/training/network.h"

namespace medley::encoders {

/// Says what texts, pictures, sounds or films are, in words that `medley models train` was given.
/// Threads: one call at a time; a call uses all of ThreadCount().
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual data::Modality modality() const = 0;
  virtual media::ClipSpec decode_spec() const = 0;
  virtual const std::vector<std::string>& labels() const = 0;
  /// Shapes: one row an input, one probability a label. Errors: kInvalidInput for an input of
  /// another modality.
  virtual Result<linalg::Matrix> Classify(std::span<const Input> inputs) = 0;
};

/// A model that `medley models train` made: a file, or the name `medley models add` gave it; or the
/// pack's "efficientnet-lite0", which knows the 1,000 classes of ImageNet.
/// Errors: kNotFound, kCorrupt; kInvalidInput for a head whose encoder is not what it was trained
/// on.
Result<std::unique_ptr<Classifier>> LoadClassifier(const std::string& model);

/// What a head belongs to: an encoder of `modality` as `settings` describe it (MakeEncoder).
struct HeadModel {
  static constexpr const char* kKind = "head";
  data::Modality modality = data::Modality::kText;
  std::map<std::string, std::string> settings;
  std::string fingerprint;  ///< of the encoder
  std::vector<std::string> labels;
  training::HeadShape shape;
  training::Weights weights;
};
/// Errors: kIo.
Status SaveHead(const std::filesystem::path& path, const HeadModel& model);

}  // namespace medley::encoders
