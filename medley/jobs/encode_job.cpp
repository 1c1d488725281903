#include "medley/jobs/encode_job.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/encoders/quality.h"
#include "medley/jobs/encode_plan.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/jobs/fuse_stage.h"
#include "medley/jobs/learn_words.h"
#include "medley/jobs/ordered_prefetch.h"
#include "medley/jobs/unit_reader.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/embedding_quality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

using data::Modality;

/// Units made ahead of the encoder: enough to hide the slowest file behind the others, and to fill
/// the largest batch; of sounds, 2 MB each, still half a gigabyte.
constexpr std::size_t kUnitsAhead = 256;

/// How long a run over all waits for another to end.
constexpr double kPatience = 2;
constexpr std::chrono::milliseconds kLook{20};

/// One modality at work.
struct Lane {
  EncoderBench::Held encoder;
  storage::EmbeddingSpace space;
};

class EncodeRun {
 public:
  EncodeRun(const storage::Workspace& workspace,
            const EncodeOptions& options,
            Progress& progress,
            const CancelToken& cancel)
      : workspace_(workspace),
        options_(options),
        progress_(progress),
        cancel_(cancel),
        own_bench_(workspace),
        bench_(options.bench == nullptr ? own_bench_ : *options.bench) {}

  Result<EncodeReport> Run();

 private:
  bool Encodes(Modality modality) const;
  Result<FileLock> Lock() const;
  Status OpenOther(const std::string& name);
  Status OpenLanes();
  Status RemoveOrphans();
  Status OpenFusion();
  Status EncodeOne(const EncodeSegment& segment);
  Status EncodeBatch(Lane& lane, std::span<const EncodeUnit> units, const EncodeSegment& segment);
  Status Commit(const EncodeSegment& segment);
  Status FuseWindow(std::size_t window);
  Status Learn();

  const storage::Workspace& workspace_;
  const EncodeOptions& options_;
  Progress& progress_;
  const CancelToken& cancel_;
  EncoderBench own_bench_;
  EncoderBench& bench_;

  EncodePlan plan_;
  std::map<Modality, Lane> lanes_;
  std::map<std::string, storage::EmbeddingSpace>
      others_;  ///< spaces that are fused but not encoded by this run
  std::map<std::string, std::string> fingerprints_;  ///< of both
  std::unique_ptr<FuseStage> fusion_;
  std::unique_ptr<OrderedPrefetch<Result<encoders::Input>>> inputs_;
  /// Of the window's vectors by item, each times its quality; kWindow x dimension.
  linalg::Matrix sums_;
  std::vector<double> qualities_;  ///< their sums
  std::vector<std::uint32_t> counts_;
  EncodeReport report_;
};

Status EncodeRun::OpenOther(const std::string& name) {
  const auto file = workspace_.EmbeddingFile(name);
  if (!std::filesystem::exists(file)) return {};
  MEDLEY_ASSIGN_OR_RETURN(const auto info, storage::InspectEmbeddingSpace(file));
  MEDLEY_ASSIGN_OR_RETURN(auto space,
                          storage::EmbeddingSpace::Open(file, info.dimension, info.fingerprint));
  others_.emplace(name, std::move(space));
  return {};
}

bool EncodeRun::Encodes(Modality modality) const {
  const auto& wanted = options_.modalities;
  if (!wanted.empty() && std::ranges::find(wanted, modality) == wanted.end()) return false;
  if (!plan_.Uses(modality)) return false;
  // Vectors that the operator brought along are not thrown away for the encoder's own unless they
  // ask for it.
  const auto info =
      storage::InspectEmbeddingSpace(workspace_.EmbeddingFile(data::ModalityName(modality)));
  return options_.again || !info || info->fingerprint != kImportedVectors;
}

Status EncodeRun::OpenLanes() {
  for (const Modality modality : data::kModalities) {
    const std::string name(data::ModalityName(modality));
    if (!Encodes(modality)) {
      MEDLEY_RETURN_IF_ERROR(OpenOther(name));
      continue;
    }
    MEDLEY_ASSIGN_OR_RETURN(auto encoder, bench_.Take(modality));
    const auto file = workspace_.EmbeddingFile(name);
    std::error_code ignored;
    if (options_.again) std::filesystem::remove(file, ignored);
    MEDLEY_ASSIGN_OR_RETURN(auto space,
                            storage::EmbeddingSpace::Open(
                                file,
                                encoder->dimension(),
                                encoder->fingerprint() + std::string(storage::kLengthIsQuality)));
    lanes_.emplace(modality, Lane{std::move(encoder), std::move(space)});
  }
  return {};
}

Status EncodeRun::RemoveOrphans() {
  for (auto& [modality, lane] : lanes_) {
    std::vector<storage::Key> gone;
    for (const auto& item : plan_.items) {
      if (item.source[static_cast<std::size_t>(modality)] == 0 &&
          lane.space.SourceOf(item.key) != 0)
        gone.push_back(item.key);
    }
    if (!gone.empty()) MEDLEY_RETURN_IF_ERROR(lane.space.Remove(gone));
    report_.spaces[std::string(data::ModalityName(modality))].removed = gone.size();
  }
  return {};
}

Status EncodeRun::OpenFusion() {
  std::map<std::string, const storage::EmbeddingSpace*> spaces;
  for (const auto& [modality, lane] : lanes_) {
    const std::string name(data::ModalityName(modality));
    spaces[name] = &lane.space;
    fingerprints_[name] = lane.space.fingerprint();
  }
  for (const auto& [name, space] : others_) {
    spaces[name] = &space;
    MEDLEY_ASSIGN_OR_RETURN(const auto info,
                            storage::InspectEmbeddingSpace(workspace_.EmbeddingFile(name)));
    fingerprints_[name] = info.fingerprint;
  }
  MEDLEY_ASSIGN_OR_RETURN(auto stage,
                          FuseStage::Open(workspace_, std::move(spaces), fingerprints_));
  fusion_ = std::make_unique<FuseStage>(std::move(stage));
  return {};
}

Status EncodeRun::EncodeBatch(Lane& lane,
                              std::span<const EncodeUnit> units,
                              const EncodeSegment& segment) {
  auto& figures = report_.spaces[std::string(data::ModalityName(segment.modality))];
  std::vector<encoders::Input> batch;
  std::vector<double> qualities;
  std::vector<std::size_t> places;
  for (const EncodeUnit& unit : units) {
    Result<encoders::Input> input = inputs_->Next();
    const auto& item = plan_.items[unit.item];
    if (input) {
      qualities.push_back(encoders::QualityOf(*input));
      batch.push_back(*std::move(input));
      places.push_back(unit.item - segment.window * kWindow);
    } else {
      ++figures.failed;
      const std::string source =
          segment.modality == Modality::kText ? "text" : item.media[unit.media].source;
      report_.failures.push_back({item.id, source, input.error().message});
    }
  }
  if (!batch.empty()) {
    linalg::Matrix vectors(batch.size(), lane.encoder->dimension());
    const Stopwatch watch;
    MEDLEY_RETURN_IF_ERROR(
        lane.encoder->Encode(batch, encoders::TextRole::kPassage, vectors.View()));
    figures.model_seconds += watch.Seconds();
    for (std::size_t i = 0; i < places.size(); ++i) {
      linalg::Axpy(static_cast<float>(qualities[i]), vectors.Row(i), sums_.Row(places[i]));
      qualities_[places[i]] += qualities[i];
      ++counts_[places[i]];
    }
  }
  progress_.Advance(units.size());
  return {};
}

Status EncodeRun::Commit(const EncodeSegment& segment) {
  Lane& lane = lanes_.at(segment.modality);
  std::vector<storage::EmbeddingSpace::Row> rows;
  for (std::size_t place = 0; place < counts_.size(); ++place) {
    if (counts_[place] == 0) continue;
    const auto& item = plan_.items[segment.window * kWindow + place];
    if (!linalg::Normalize(sums_.Row(place))) continue;
    const double quality = qualities_[place] / static_cast<double>(counts_[place]);
    if (quality < 1) linalg::Scale(static_cast<float>(quality), sums_.Row(place));
    rows.push_back(
        {item.key, item.source[static_cast<std::size_t>(segment.modality)], sums_.Row(place)});
  }
  report_.spaces[std::string(data::ModalityName(segment.modality))].encoded += rows.size();
  if (rows.empty()) return {};
  return lane.space.Append(rows);
}

Status EncodeRun::EncodeOne(const EncodeSegment& segment) {
  const Stopwatch watch;
  Lane& lane = lanes_.at(segment.modality);
  sums_ = linalg::Matrix(kWindow, lane.encoder->dimension());
  qualities_.assign(kWindow, 0);
  counts_.assign(kWindow, 0);
  const std::span<const EncodeUnit> units(plan_.units.data() + segment.first_unit,
                                          segment.end_unit - segment.first_unit);
  const std::size_t size = lane.encoder->batch_size();
  for (std::size_t begin = 0; begin < units.size(); begin += size) {
    if (cancel_.cancelled())
      return Fail(ErrorCode::kCancelled, "encoding was stopped; `medley encode` goes on from here");
    MEDLEY_RETURN_IF_ERROR(
        EncodeBatch(lane, units.subspan(begin, std::min(size, units.size() - begin)), segment));
  }
  MEDLEY_RETURN_IF_ERROR(Commit(segment));
  report_.spaces[std::string(data::ModalityName(segment.modality))].seconds += watch.Seconds();
  return {};
}

Status EncodeRun::FuseWindow(std::size_t window) {
  const std::span<const EncodePlan::Item> items(plan_.items);
  const std::size_t end = std::min(items.size(), (window + 1) * kWindow);
  std::size_t begin = window * kWindow;
  if (!fusion_->fitted()) {
    if (!options_.items.empty()) return {};
    if (end < items.size() && end < FuseStage::kFitItems) return {};
    MEDLEY_RETURN_IF_ERROR(fusion_->Fit(items.first(end)));
    begin = 0;
  }
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t written,
                          fusion_->Fuse(items.subspan(begin, end - begin)));
  auto& figures = report_.spaces["fused"];
  figures.encoded += written;
  figures.seconds += watch.Seconds();
  return {};
}

/// A server that encodes what was just posted is soon done; another encoding of everything is not.
Result<FileLock> EncodeRun::Lock() const {
  const auto file = workspace_.root() / "embeddings" / "encode.lock";
  const Stopwatch watch;
  auto lock = FileLock::Acquire(file);
  while (!lock && options_.items.empty() && watch.Seconds() < kPatience) {
    std::this_thread::sleep_for(kLook);
    lock = FileLock::Acquire(file);
  }
  return lock;
}

/// Not for a few items of all: the words are the whole catalogue's.
Status EncodeRun::Learn() {
  if (!options_.items.empty()) return {};
  const auto examples = std::ranges::count_if(plan_.items, [](const EncodePlan::Item& item) {
    const auto media = std::span(item.source).subspan(1);
    return item.source.front() != 0 &&
           std::ranges::any_of(media, [](std::uint64_t source) { return source != 0; });
  });
  return LearnWords(workspace_, static_cast<std::size_t>(examples), fingerprints_, options_.again);
}

Result<EncodeReport> EncodeRun::Run() {
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(const auto lock, Lock());
  MEDLEY_ASSIGN_OR_RETURN(plan_,
                          options_.items.empty() ? ReadItems(workspace_.store())
                                                 : ReadItems(workspace_.store(), options_.items));
  MEDLEY_RETURN_IF_ERROR(OpenLanes());
  MEDLEY_RETURN_IF_ERROR(RemoveOrphans());
  MEDLEY_RETURN_IF_ERROR(OpenFusion());
  std::map<Modality, const storage::EmbeddingSpace*> spaces;
  std::size_t ahead = kUnitsAhead;
  UnitReader::Specs specs;
  for (const auto& [modality, lane] : lanes_) {
    spaces[modality] = &lane.space;
    specs[modality] = lane.encoder->decode_spec();
    ahead = std::max(ahead, lane.encoder->batch_size());
  }
  PlanSegments(spaces, plan_);
  for (const auto& [modality, space] : spaces) {
    report_.spaces[std::string(data::ModalityName(modality))].unchanged =
        plan_.unchanged[static_cast<std::size_t>(modality)];
  }

  const std::size_t workers = std::max(1, ThreadCount() / 2);
  UnitReader reader(workspace_, plan_, std::move(specs), workers);
  inputs_ = std::make_unique<OrderedPrefetch<Result<encoders::Input>>>(
      plan_.units.size(), workers, ahead, [&reader](std::size_t unit, std::size_t worker) {
        return reader.Read(unit, worker);
      });
  progress_.Begin("encode", plan_.units.size(), "vectors");
  auto segment = plan_.segments.begin();
  for (std::size_t window = 0; window < plan_.windows(); ++window) {
    for (; segment != plan_.segments.end() && segment->window == window; ++segment) {
      MEDLEY_RETURN_IF_ERROR(EncodeOne(*segment));
    }
    MEDLEY_RETURN_IF_ERROR(FuseWindow(window));
  }
  progress_.End();
  MEDLEY_RETURN_IF_ERROR(Learn());
  report_.seconds = watch.Seconds();
  return std::move(report_);
}

}  // namespace

Result<EncodeReport> EncodeCatalogue(const storage::Workspace& workspace,
                                     const EncodeOptions& options,
                                     Progress& progress,
                                     const CancelToken& cancel) {
  return EncodeRun(workspace, options, progress, cancel).Run();
}

}  // namespace medley::jobs
