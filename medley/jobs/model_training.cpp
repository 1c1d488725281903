#include "medley/jobs/model_training.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/delimited.h"
#include "medley/data/modality.h"
#include "medley/data/text_stream.h"
#include "medley/encoders/classifier.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/ordered_prefetch.h"
#include "medley/linalg/matrix.h"
#include "medley/media/augment.h"
#include "medley/media/decoder.h"
#include "medley/text/augment.h"
#include "medley/training/head.h"
#include "medley/training/sound_model.h"

namespace medley::jobs {
namespace {

using encoders::Input;

constexpr std::size_t kAhead = 64;
constexpr std::size_t kSampleBytes = std::size_t{64} << 10;

constexpr double kLeastArea = 0.6;
constexpr double kColours = 0.3;
constexpr double kCutArea = 0.1;
constexpr double kSpeed = 0.1;
constexpr double kNoiseDb = 15;
constexpr double kDropped = 0.1;
constexpr double kLeastShare = 0.6;

/// One modality's files as inputs, in order.
class InputReader {
 public:
  InputReader(data::Modality modality, media::ClipSpec spec, std::span<const std::string> sources)
      : modality_(modality),
        spec_(spec),
        sources_(sources),
        decoders_(static_cast<std::size_t>(std::max(1, ThreadCount() / 2))),
        inputs_(
            sources.size(), decoders_.size(), kAhead, [this](std::size_t i, std::size_t worker) {
              return Read(i, worker);
            }) {}

  /// Errors: naming the file.
  Result<Input> Next() {
    auto input = inputs_.Next();
    const std::string& source = sources_[next_++];
    if (!input) return Wrap(source, input.error());
    return input;
  }

 private:
  Result<Input> Read(std::size_t i, std::size_t worker) {
    if (modality_ == data::Modality::kText) return Input(sources_[i]);
    MEDLEY_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadFile(sources_[i], media::DecodeLimits{}.max_bytes));
    auto& decoder = decoders_[worker];
    if (!decoder) {
      MEDLEY_ASSIGN_OR_RETURN(decoder, media::Decoder::Start());
    }
    if (modality_ == data::Modality::kImage) return decoder->DecodeImage(bytes, spec_.frame);
    if (modality_ == data::Modality::kAudio) return decoder->DecodeSound(bytes, spec_.sound);
    return decoder->DecodeClip(bytes, spec_);
  }

  data::Modality modality_;
  media::ClipSpec spec_;
  std::span<const std::string> sources_;
  std::vector<std::optional<media::Decoder>> decoders_;
  OrderedPrefetch<Result<Input>> inputs_;
  std::size_t next_ = 0;
};

media::Image Varied(const media::Image& image, const Random& random) {
  return media::CutOut(media::ChangeColours(media::CropAnew(image, kLeastArea, random.Fork("crop")),
                                            kColours,
                                            random.Fork("colours")),
                       kCutArea,
                       random.Fork("cut out"));
}

media::Sound Varied(const media::Sound& sound, const Random& random) {
  return media::AddNoise(
      media::ChangeSpeed(sound, kSpeed, random.Fork("speed")), kNoiseDb, random.Fork("noise"));
}

std::string Varied(const std::string& text, const Random& random) {
  return text::DropWords(
      text::CropWords(text, kLeastShare, random.Fork("crop")), kDropped, random.Fork("drop"));
}

/// Each frame in its own way, and the sound track.
media::Clip Varied(const media::Clip& clip, const Random& random) {
  media::Clip out{.frames = {}, .sound = Varied(clip.sound, random)};
  for (std::size_t i = 0; i < clip.frames.size(); ++i)
    out.frames.push_back(Varied(clip.frames[i], random.Fork(i)));
  return out;
}

Status Stopped() { return Fail(ErrorCode::kCancelled, "it was stopped"); }

/// Hands the inputs to `take` in batches, each with the place of its first.
Status InBatches(InputReader& reader,
                 std::size_t n,
                 std::size_t size,
                 Progress& progress,
                 const CancelToken& cancel,
                 const std::function<Status(std::size_t, std::vector<Input>&)>& take) {
  for (std::size_t begin = 0; begin < n; begin += size) {
    if (cancel.cancelled()) return Stopped();
    std::vector<Input> batch;
    for (std::size_t i = begin; i < std::min(n, begin + size); ++i) {
      MEDLEY_ASSIGN_OR_RETURN(auto input, reader.Next());
      batch.push_back(std::move(input));
    }
    const std::size_t done = batch.size();
    MEDLEY_RETURN_IF_ERROR(take(begin, batch));
    progress.Advance(done);
  }
  return {};
}

/// Vectors of the files, then of their first copies, then of their second...
Result<linalg::Matrix> EncodeWithCopies(encoders::Encoder& encoder,
                                        const LabelledFiles& files,
                                        std::size_t copies,
                                        const Random& random,
                                        Progress& progress,
                                        const CancelToken& cancel) {
  const std::size_t n = files.sources.size();
  linalg::Matrix vectors(n * (copies + 1), encoder.dimension());
  InputReader reader(encoder.modality(), encoder.decode_spec(), files.sources);
  progress.Begin("encode", n, "files");
  const auto encode = [&](std::span<const Input> batch, std::size_t row) {
    const linalg::MatrixView out{
        vectors.Row(row).data(), batch.size(), vectors.cols(), vectors.cols()};
    return encoder.Encode(batch, encoders::TextRole::kPassage, out);
  };
  const auto with_copies = [&](std::size_t begin, std::vector<Input>& batch) -> Status {
    MEDLEY_RETURN_IF_ERROR(encode(batch, begin));
    for (std::size_t copy = 1; copy <= copies; ++copy) {
      std::vector<Input> varied;
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const Random own = random.Fork(begin + i).Fork(copy);
        varied.push_back(
            std::visit([&](const auto& input) { return Input(Varied(input, own)); }, batch[i]));
      }
      MEDLEY_RETURN_IF_ERROR(encode(varied, copy * n + begin));
    }
    return {};
  };
  MEDLEY_RETURN_IF_ERROR(InBatches(reader, n, encoder.batch_size(), progress, cancel, with_copies));
  progress.End();
  return vectors;
}

}  // namespace

Result<LabelledFiles> ReadLabelledFiles(const std::filesystem::path& path,
                                        data::Modality modality) {
  std::string sample;
  MEDLEY_ASSIGN_OR_RETURN(auto peek, data::TextStream::Open(path));
  MEDLEY_RETURN_IF_ERROR(peek.Fill(sample));
  sample.resize(std::min(sample.size(), kSampleBytes));
  MEDLEY_ASSIGN_OR_RETURN(auto stream, data::TextStream::Open(path));
  data::DelimitedRows rows(std::move(stream), data::DetectDelimiter(sample));
  LabelledFiles files;
  for (data::DelimitedRow row;;) {
    MEDLEY_ASSIGN_OR_RETURN(const bool more, rows.Next(row));
    if (!more) break;
    if (!row.malformed.empty() || row.cells.size() != 2 || row.cells[0].empty() ||
        row.cells[1].empty()) {
      return Fail(ErrorCode::kInvalidInput,
                  path.string() + ", line " + std::to_string(row.line) +
                      ": a line is a file (or text) and its label, with a comma, tab, ';' or '|' "
                      "between");
    }
    files.sources.push_back(modality == data::Modality::kText
                                ? std::string(row.cells[0])
                                : (path.parent_path() / row.cells[0]).string());
    files.labels.emplace_back(row.cells[1]);
  }
  if (files.sources.empty()) return Fail(ErrorCode::kInvalidInput, path.string() + " has no lines");
  return files;
}

Result<TrainingReport> TrainCnnLstm(const LabelledFiles& files,
                                    const Parameters& parameters,
                                    const std::filesystem::path& out,
                                    Progress& progress,
                                    const CancelToken& cancel) {
  const Stopwatch watch;
  media::ClipSpec spec;
  spec.sound = {.sample_rate = static_cast<int>(parameters.Int("sample_rate")),
                .max_seconds = parameters.Real("max_seconds")};
  InputReader reader(data::Modality::kAudio, spec, files.sources);
  training::LabelledSounds data{.sounds = {}, .labels = files.labels};
  progress.Begin("decode", files.sources.size(), "files");
  const auto keep = [&](std::size_t, std::vector<Input>& batch) -> Status {
    for (auto& input : batch) data.sounds.push_back(std::move(std::get<media::Sound>(input)));
    return {};
  };
  MEDLEY_RETURN_IF_ERROR(InBatches(reader, files.sources.size(), kAhead, progress, cancel, keep));
  progress.End();
  MEDLEY_ASSIGN_OR_RETURN(const auto trained,
                          training::FitSounds(data, parameters, progress, &cancel));
  MEDLEY_RETURN_IF_ERROR(trained.model.Save(out));
  return TrainingReport{.examples = files.sources.size(),
                        .labels = trained.model.labels(),
                        .last_loss = trained.last_loss,
                        .seconds = watch.Seconds()};
}

const std::vector<ParameterSpec>& HeadTrainingSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "hidden",
       .default_value = std::int64_t{0},
       .help = "numbers of a wide layer between vector and classes; 0: none, the head is linear",
       .min = 0,
       .max = 4096},
      {.name = "copies",
       .default_value = std::int64_t{0},
       .help = "varied copies of each file that are learned from, too (crop, colour, cut-out; "
               "speed, noise; dropped words)",
       .min = 0,
       .max = 64},
      {.name = "epochs",
       .default_value = std::int64_t{100},
       .help = "passes over the vectors",
       .min = 1,
       .max = 10'000},
      {.name = "batch",
       .default_value = std::int64_t{64},
       .help = "vectors a step",
       .min = 1,
       .max = 65'536},
      {.name = "learning_rate", .default_value = 1e-2, .help = "of Adam", .min = 0, .max = 1},
      {.name = "weight_decay",
       .default_value = 0.05,
       .help = "how hard weights are pulled towards 0",
       .min = 0,
       .max = 10},
      {.name = "seed", .default_value = std::int64_t{1}, .help = "of everything drawn", .min = 0}};
  return specs;
}

Result<TrainingReport> TrainHead(const LabelledFiles& files,
                                 data::Modality modality,
                                 const std::map<std::string, std::string>& settings,
                                 const Parameters& parameters,
                                 const std::filesystem::path& out,
                                 Progress& progress,
                                 const CancelToken& cancel) {
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, encoders::MakeEncoder(modality, settings));
  const auto copies = static_cast<std::size_t>(parameters.Int("copies"));
  const auto seed = static_cast<std::uint64_t>(parameters.Int("seed"));
  MEDLEY_ASSIGN_OR_RETURN(
      const auto vectors,
      EncodeWithCopies(*encoder, files, copies, Random(seed).Fork("copies"), progress, cancel));
  const std::set<std::string> names(files.labels.begin(), files.labels.end());
  encoders::HeadModel model{.modality = modality,
                            .settings = settings,
                            .fingerprint = encoder->fingerprint(),
                            .labels = {names.begin(), names.end()}};
  std::vector<std::uint32_t> targets;
  for (std::size_t copy = 0; copy <= copies; ++copy) {
    for (const auto& label : files.labels) {
      targets.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(model.labels, label) -
                                                   model.labels.begin()));
    }
  }
  training::HeadOptions options;
  options.shape = {.dimension = encoder->dimension(),
                   .hidden = static_cast<std::size_t>(parameters.Int("hidden")),
                   .classes = model.labels.size()};
  options.epochs = static_cast<std::size_t>(parameters.Int("epochs"));
  options.batch = static_cast<std::size_t>(parameters.Int("batch"));
  options.rate = parameters.Real("learning_rate");
  options.weight_decay = parameters.Real("weight_decay");
  options.seed = seed;
  MEDLEY_ASSIGN_OR_RETURN(model.weights, training::FitHead(vectors.View(), targets, options));
  model.shape = options.shape;
  MEDLEY_RETURN_IF_ERROR(encoders::SaveHead(out, model));
  return TrainingReport{.examples = files.sources.size(),
                        .labels = std::move(model.labels),
                        .seconds = watch.Seconds()};
}

Result<linalg::Matrix> ClassifyFiles(encoders::Classifier& classifier,
                                     std::span<const std::string> sources,
                                     Progress& progress,
                                     const CancelToken& cancel) {
  linalg::Matrix out(sources.size(), classifier.labels().size());
  InputReader reader(classifier.modality(), classifier.decode_spec(), sources);
  progress.Begin("classify", sources.size(), "files");
  const auto classify = [&](std::size_t begin, std::vector<Input>& batch) -> Status {
    MEDLEY_ASSIGN_OR_RETURN(const auto rows, classifier.Classify(batch));
    for (std::size_t i = 0; i < rows.rows(); ++i)
      std::ranges::copy(rows.Row(i), out.Row(begin + i).begin());
    return {};
  };
  MEDLEY_RETURN_IF_ERROR(InBatches(reader, sources.size(), kAhead, progress, cancel, classify));
  progress.End();
  return out;
}

}  // namespace medley::jobs
