#include "medley/jobs/picture_labels.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/model_file.h"
#include "medley/jobs/ordered_prefetch.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

constexpr std::size_t kBatch = 16;
constexpr std::size_t kWorkers = 2;
/// From here on three of four labels are right on the validation part of the photos of clothes
/// (acceptance/picture_labels); of all it would be half.
constexpr float kFloor = 0.5F;

std::string NameOf(std::string_view picture) { return "picture_labels/" + std::string(picture); }

bool IsPicture(const data::Media& media) {
  return media.modality == data::Modality::kImage && !media.hash.empty();
}

/// "jean, blue jean, denim": the first is what people say.
std::string FirstName(std::string_view label) {
  return std::string(label.substr(0, label.find(", ")));
}

/// The likeliest label of one row, where it is likely enough.
Json LabelsIn(std::span<const float> row, const std::vector<std::string>& names) {
  const auto best = std::ranges::max_element(row);
  Json labels = Json::array();
  if (*best >= kFloor)
    labels.push_back({FirstName(names[static_cast<std::size_t>(best - row.begin())]), *best});
  return labels;
}

class Labelling {
 public:
  Labelling(const storage::Workspace& workspace,
            encoders::Classifier& classifier,
            std::string model,
            std::string version)
      : store_(workspace.store()),
        media_(workspace.media()),
        classifier_(classifier),
        model_(std::move(model)),
        version_(std::move(version)) {}

  /// Whether this version of the model has seen the picture.
  Result<bool> Has(const std::string& picture) const {
    MEDLEY_ASSIGN_OR_RETURN(const auto value, store_.GetValue(NameOf(picture)));
    if (!value) return false;
    const auto known = ParseJson(*value);
    return known && known->value("version", "") == version_;
  }

  Status Read(const std::vector<std::string>& pictures,
              Progress& progress,
              const CancelToken& cancel,
              PictureLabelReport& report) {
    std::vector<std::optional<media::Decoder>> decoders(kWorkers);
    OrderedPrefetch<Result<encoders::Input>> inputs(
        pictures.size(), kWorkers, 2 * kBatch, [&](std::size_t i, std::size_t worker) {
          return Decode(pictures[i], decoders[worker]);
        });
    for (std::size_t begin = 0; begin < pictures.size(); begin += kBatch) {
      if (cancel.cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
      const auto end = std::min(begin + kBatch, pictures.size());
      std::vector<encoders::Input> batch;
      std::vector<std::size_t> which;
      for (std::size_t i = begin; i < end; ++i) {
        auto input = inputs.Next();
        if (!input) {
          ++report.failed;
          continue;
        }
        batch.push_back(*std::move(input));
        which.push_back(i);
      }
      MEDLEY_RETURN_IF_ERROR(Label(batch, which, pictures, report));
      progress.Advance(end - begin);
    }
    return {};
  }

 private:
  Result<encoders::Input> Decode(const std::string& picture,
                                 std::optional<media::Decoder>& decoder) const {
    MEDLEY_ASSIGN_OR_RETURN(const auto path, media_.PathOf(picture));
    MEDLEY_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadFile(path, media::DecodeLimits{}.max_bytes));
    if (!decoder) {
      MEDLEY_ASSIGN_OR_RETURN(decoder, media::Decoder::Start());
    }
    return decoder->DecodeImage(bytes, classifier_.decode_spec().frame);
  }

  Status Label(const std::vector<encoders::Input>& batch,
               const std::vector<std::size_t>& which,
               const std::vector<std::string>& pictures,
               PictureLabelReport& report) {
    if (batch.empty()) return {};
    MEDLEY_ASSIGN_OR_RETURN(const linalg::Matrix rows, classifier_.Classify(batch));
    for (std::size_t i = 0; i < which.size(); ++i) {
      Json labels = LabelsIn(rows.Row(i), classifier_.labels());
      report.labels += labels.size();
      ++report.read;
      MEDLEY_RETURN_IF_ERROR(store_.PutValue(
          NameOf(pictures[which[i]]),
          DumpJson({{"version", version_}, {"model", model_}, {"labels", std::move(labels)}})));
    }
    return {};
  }

  storage::Store& store_;
  const storage::MediaStore& media_;
  encoders::Classifier& classifier_;
  std::string model_;
  std::string version_;
};

}  // namespace

Result<PictureLabelReport> LabelPictures(const storage::Workspace& workspace,
                                         const pipeline::Catalogue& catalogue,
                                         std::span<const std::size_t> items,
                                         const PictureLabelOptions& options,
                                         Progress& progress,
                                         const CancelToken& cancel) {
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(const auto file, encoders::FindModelFile(options.model, "network"));
  MEDLEY_ASSIGN_OR_RETURN(const auto classifier, encoders::LoadClassifier(options.model));
  if (classifier->modality() != data::Modality::kImage)
    return Fail(ErrorCode::kInvalidInput, "'" + options.model + "' does not classify pictures");
  Labelling labelling(workspace, *classifier, options.model, file.fingerprint);
  PictureLabelReport report;
  std::vector<std::string> pending;
  std::unordered_set<std::string> seen;
  for (const auto item : items) {
    for (const auto& media : catalogue.items[item].media) {
      if (!IsPicture(media) || !seen.insert(media.hash).second) continue;
      MEDLEY_ASSIGN_OR_RETURN(const bool known, labelling.Has(media.hash));
      if (known && !options.again)
        ++report.unchanged;
      else
        pending.push_back(media.hash);
    }
  }
  progress.Begin("what pictures show", pending.size(), "pictures", 0);
  MEDLEY_RETURN_IF_ERROR(labelling.Read(pending, progress, cancel, report));
  progress.End();
  report.seconds = watch.Seconds();
  return report;
}

Result<Json> LabelsOfPictures(const storage::Workspace& workspace, const data::Item& item) {
  std::map<std::string, Json> best;
  for (const auto& media : item.media) {
    if (!IsPicture(media)) continue;
    MEDLEY_ASSIGN_OR_RETURN(const auto value, workspace.store().GetValue(NameOf(media.hash)));
    if (!value) continue;
    MEDLEY_ASSIGN_OR_RETURN(const Json known, ParseJson(*value));
    for (const auto& label : known.value("labels", Json::array())) {
      if (!label.is_array() || label.size() != 2) continue;
      auto& tag = best[label[0].get<std::string>()];
      if (!tag.is_null() && tag["probability"] >= label[1]) continue;
      tag = {{"tag", label[0]},
             {"source", "image"},
             {"model", known.value("model", "")},
             {"probability", label[1]},
             {"picture", media.hash}};
    }
  }
  std::vector<Json> tags;
  tags.reserve(best.size());
  for (auto& [unused, tag] : best) tags.push_back(std::move(tag));
  std::ranges::stable_sort(tags, [](const Json& a, const Json& b) {
    return a["probability"].get<double>() > b["probability"].get<double>();
  });
  return Json(std::move(tags));
}

}  // namespace medley::jobs
