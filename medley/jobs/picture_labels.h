#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct PictureLabelOptions {
  /// A classifier of pictures (encoders::LoadClassifier): the pack's, which knows ImageNet's
  /// classes, or one of the operator's own.
  std::string model = "efficientnet-lite0";
  bool again = false;
};

struct PictureLabelReport {
  std::size_t read = 0;       ///< pictures
  std::size_t unchanged = 0;  ///< pictures whose bytes that model has seen before
  std::size_t failed = 0;     ///< that could not be decoded; they are tried again
  std::size_t labels = 0;     ///< of those read now
  double seconds = 0;
};

/// Lets a classifier say what the pictures of items show: the likeliest label with its probability,
/// where that is .5 or more; else none. Kept by the hash of the picture's bytes and of
/// the model, so that a picture is read once whatever items have it. Stopped at any moment, it goes
/// on where it was. Errors: those of LoadClassifier, kInvalidInput for a classifier of something
/// else, those of the store, kCancelled.
Result<PictureLabelReport> LabelPictures(const storage::Workspace& workspace,
                                         const pipeline::Catalogue& catalogue,
                                         std::span<const std::size_t> items,
                                         const PictureLabelOptions& options,
                                         Progress& progress,
                                         const CancelToken& cancel);

/// What was said of an item's pictures, the likeliest first: [{"tag", "source": "image", "model",
/// "probability", "picture"}], a tag once. Missing: empty. Errors: those of the store.
Result<Json> LabelsOfPictures(const storage::Workspace& workspace, const data::Item& item);

}  // namespace medley::jobs
