#include "medley/recommenders/interest.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/encoders/text/e5_tokens.h"
#include "medley/inference/transformer_file.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/head_scores.h"
#include "medley/recommenders/interest_tokens.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_classifier.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/shortlist.h"
#include "medley/training/fit_transformer.h"
#include "medley/training/head.h"
#include "medley/training/network.h"
#include "medley/training/transformer.h"

namespace medley::recommenders {
namespace {

using training::TransformerShape;
using training::Weights;

constexpr std::size_t kTogether = 128;
constexpr std::size_t kMostHistory = 512;
constexpr std::size_t kGlance = 32;  ///< width of what looks at the features alone
constexpr std::size_t kMostGlance = 4096;

/// As the pack's text encoder has it.
TransformerShape ShapeOf(std::size_t layers, const InterestTokens& tokens) {
  return {.dimension = 384,
          .layers = layers,
          .heads = 12,
          .wide = 1536,
          .classes = 2,
          .inputs = tokens.width(),
          .asks = true,
          .beside = tokens.beside()};
}

/// The text encoder's top layers, and the norm of what goes into them.
Result<Weights> PretrainedLayers(std::size_t layers) {
  MEDLEY_ASSIGN_OR_RETURN(const auto model, encoders::FindE5());
  MEDLEY_ASSIGN_OR_RETURN(const auto network, model.File("network"));
  MEDLEY_ASSIGN_OR_RETURN(const auto file, inference::TransformerFile::Open(network));
  if (layers >= file.layers()) {
    return Fail(ErrorCode::kInvalidInput,
                "layers: the text encoder has " + std::to_string(file.layers()) +
                    ", the lowest of which reads words");
  }
  Weights out;
  const std::size_t below = file.layers() - layers - 1;
  MEDLEY_ASSIGN_OR_RETURN(auto under, file.Layer(below));
  for (const auto* part : {"scale", "shift"})
    out.emplace(std::string("inputs_norm.") + part,
                std::move(under.at(std::string("wide_norm.") + part)));
  for (std::size_t i = 0; i < layers; ++i) {
    MEDLEY_ASSIGN_OR_RETURN(auto weights, file.Layer(below + 1 + i));
    for (auto& [name, values] : weights)
      out.emplace("layers." + std::to_string(i) + "." + name, std::move(values));
  }
  return out;
}

class InterestModel : public PairModel {
 public:
  InterestModel(InterestTokens tokens,
                const TransformerShape& shape,
                Weights weights,
                std::size_t shortlist)
      : tokens_(std::move(tokens)), network_(shape, std::move(weights)), shortlist_(shortlist) {}

  void Answer(const PairFeatures& features,
              const PairFeatures::Reader& reader,
              std::span<const ItemIndex> items,
              std::span<float> scores) const override {
    const auto context = network_.Read(tokens_.Past(features, reader));
    ParallelFor(items.size(), kTogether, [&](std::size_t begin, std::size_t end) {
      linalg::Matrix questions(end - begin, tokens_.width());
      tokens_.Questions(features, reader, items.subspan(begin, end - begin), questions.View());
      const auto odds = network_.Ask(context, questions);
      for (std::size_t i = begin; i < end; ++i)
        scores[i] = LogOdds(odds(i - begin, 1), odds(i - begin, 0));
    });
  }

  void Rank(const PairFeatures& features,
            const PairFeatures::Reader& reader,
            std::span<const ItemIndex> items,
            std::span<float> scores) const override {
    if (shortlist_ == 0) return Answer(features, reader, items, scores);
    RankByFeatures(features, reader, items, scores);
    ReadShortlist(items, shortlist_, scores, [&](auto best, auto found) {
      Answer(features, reader, best, found);
    });
  }

  void Save(ModelWriter& writer, Json& note) const override {
    note["layers"] = network_.shape().layers;
    note["history"] = tokens_.history();
    note["shortlist"] = shortlist_;
    writer.Add("opinion_bounds", tokens_.bounds());
    note["hidden"] = tokens_.beside();
    for (const auto& [name, values] : tokens_.glance().weights())
      writer.Add("glance." + name, values.values());
    for (const auto& [name, values] : network_.weights()) writer.Add(name, values.values());
  }

 private:
  /// What the classes say of the features alone.
  void RankByFeatures(const PairFeatures& features,
                      const PairFeatures::Reader& reader,
                      std::span<const ItemIndex> items,
                      std::span<float> scores) const {
    const auto& classes = network_.weights().at("classes.weight");
    ParallelFor(items.size(), kTogether, [&](std::size_t begin, std::size_t end) {
      std::vector<float> row(features.size());
      std::vector<float> wide(tokens_.beside());
      for (std::size_t i = begin; i < end; ++i) {
        features.Write(reader, items[i], row);
        tokens_.glance().Hide(row, wide);
        scores[i] = linalg::Dot(wide, classes.Row(1).last(wide.size())) -
                    linalg::Dot(wide, classes.Row(0).last(wide.size()));
      }
    });
  }

  InterestTokens tokens_;
  training::Transformer network_;
  std::size_t shortlist_;
};

/// What the transformer is trained on, block by block; [1] those held out.
Result<std::vector<training::LabelledTokens>> ReadBlocks(const data::Interactions& interactions,
                                                         const PairFeatures& features,
                                                         std::span<const PairBlock> blocks,
                                                         const InterestTokens& tokens,
                                                         Progress& progress) {
  std::vector<training::LabelledTokens> out(2, training::LabelledTokens(tokens.width()));
  constexpr std::size_t kPiece = 256;
  progress.Begin("read histories", blocks.size(), "blocks");
  for (std::size_t first = 0; first < blocks.size(); first += kPiece) {
    const auto some = blocks.subspan(first, std::min(kPiece, blocks.size() - first));
    std::vector<linalg::Matrix> read(some.size());
    Status status;
    std::mutex mutex;
    ParallelFor(some.size(), 8, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto reader = features.Read(interactions.OfUser(some[i].user).first(some[i].before),
                                          PairFeatures::FoldOf(some[i].user));
        if (!reader) {
          const std::lock_guard lock(mutex);
          status = tl::unexpected(reader.error());
          return;
        }
        const auto past = tokens.Past(features, *reader);
        read[i] = linalg::Matrix(past.rows() + some[i].items.size(), tokens.width());
        std::ranges::copy(past.values(), read[i].data());
        tokens.Questions(features,
                         *reader,
                         some[i].items,
                         {read[i].data() + past.values().size(),
                          some[i].items.size(),
                          tokens.width(),
                          tokens.width()});
      }
    });
    MEDLEY_RETURN_IF_ERROR(status);
    for (std::size_t i = 0; i < some.size(); ++i)
      out[some[i].held_out ? 1 : 0].Add(std::as_const(read[i]).values(), some[i].labels);
    progress.Advance(some.size());
  }
  progress.End();
  return out;
}

Result<Weights> ReadWeights(const ModelReader& reader,
                            const std::vector<training::WeightSpec>& specs,
                            const std::string& prefix) {
  Weights out;
  for (const auto& spec : specs) {
    MEDLEY_ASSIGN_OR_RETURN(auto values, reader.Dense(prefix + spec.name, spec.rows, spec.cols));
    out.emplace(spec.name, std::move(values));
  }
  return out;
}

/// "classes" as the glance has them, nothing of the layers.
void StartClasses(const Weights& glance, std::size_t dimension, Weights& start) {
  const auto& classes = glance.at("classes");
  linalg::Matrix weight(2, dimension + classes.cols());
  for (std::size_t row = 0; row < 2; ++row)
    std::ranges::copy(classes.Row(row), weight.Row(row).subspan(dimension).begin());
  start.emplace("classes.weight", std::move(weight));
  start.emplace("classes.bias", glance.at("classes.bias"));
}

std::vector<ParameterSpec> InterestParameters() {
  return {
      PairContentSpec(),
      {"start",
       std::string("text_encoder"),
       "Where the layers start: at those of the model pack's text encoder, or drawn (without it)",
       0,
       0,
       {"text_encoder", "drawn"}},
      {"layers", std::int64_t{1}, "How many layers, from the encoder's top", 1, 11, {}},
      {"history", std::int64_t{48}, "The latest actions of a user that are read", 1, 512, {}},
      {"shortlist",
       std::int64_t{500},
       "Of a whole catalogue, how many items the transformer reads after the features ranked it; "
       "0: "
       "all",
       0,
       10'000'000,
       {}},
      {"dropout", 0.2, "Share of numbers left out while training", 0, 0.9, {}},
      {"forget", 0.2, "Share of past actions left out while training", 0, 0.9, {}},
      {"weight_decay", 0.01, "How hard weights are pulled towards 0", 0, 10, {}},
      {"learning_rate", 5e-5, "Of Adam; ten times that for what is new", 0, 1, {}},
      {"epochs", std::int64_t{6}, "Passes over all users, at most", 1, 1000, {}},
      {"patience",
       std::int64_t{1},
       "Epochs without a smaller loss of the held-out users before it stops; 0: never",
       0,
       1000,
       {}},
      {"batch", std::int64_t{32}, "Blocks of up to 16 questions a step", 1, 4096, {}},
  };
}

}  // namespace

Interest::Interest(const Parameters& parameters)
    : PairClassifier(parameters.Text("content")),
      start_(parameters.Text("start")),
      layers_(static_cast<std::size_t>(parameters.Int("layers"))),
      history_(static_cast<std::size_t>(parameters.Int("history"))),
      shortlist_(static_cast<std::size_t>(parameters.Int("shortlist"))),
      forget_(parameters.Real("forget")) {
  std::map<std::string, ParameterValue> given;
  for (const auto* name : {"dropout", "weight_decay", "learning_rate"})
    given[name] = parameters.Real(name);
  for (const auto* name : {"epochs", "patience", "batch"}) given[name] = parameters.Int(name);
  given["layers"] = parameters.Int("layers");
  training_ = *Parameters::Make(training::TransformerTrainingSpecs(), given);
}

Result<std::shared_ptr<const PairModel>> Interest::Learn(const Lesson& lesson,
                                                         Progress& progress) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto rows, RowsOf(lesson));
  auto options = kPairHead;
  options.shape = {.dimension = lesson.features.size(), .hidden = kGlance};
  options.seed = lesson.data.seed;
  MEDLEY_ASSIGN_OR_RETURN(auto glance, training::FitHead(rows.values.View(), rows.labels, options));
  const InterestTokens tokens(
      lesson.features,
      history_,
      InterestTokens::BoundsOf(*lesson.data.interactions),
      std::make_shared<const training::Head>(options.shape, std::move(glance)));
  const auto shape = ShapeOf(layers_, tokens);
  Weights start;
  if (start_ == "text_encoder") {
    MEDLEY_ASSIGN_OR_RETURN(start, PretrainedLayers(layers_));
  }
  StartClasses(tokens.glance().weights(), shape.dimension, start);
  MEDLEY_ASSIGN_OR_RETURN(
      const auto parts,
      ReadBlocks(*lesson.data.interactions, lesson.features, lesson.blocks, tokens, progress));
  MEDLEY_ASSIGN_OR_RETURN(
      auto trained,
      training::FitTransformer(
          parts[0], parts[1], shape, std::move(start), training_, progress, nullptr, forget_));
  return std::make_shared<const InterestModel>(
      tokens, shape, std::move(trained.weights), shortlist_);
}

Result<std::shared_ptr<const PairModel>> Interest::LoadModel(const ModelReader& reader,
                                                             const PairFeatures& features) const {
  MEDLEY_ASSIGN_OR_RETURN(const auto layers, reader.Size("layers"));
  MEDLEY_ASSIGN_OR_RETURN(const auto history, reader.Size("history"));
  MEDLEY_ASSIGN_OR_RETURN(const auto shortlist, reader.Size("shortlist"));
  MEDLEY_ASSIGN_OR_RETURN(auto bounds, reader.Floats("opinion_bounds"));
  training::HeadShape seen{.dimension = features.size()};
  MEDLEY_ASSIGN_OR_RETURN(seen.hidden, reader.Size("hidden"));
  if (bounds.size() >= InterestTokens::kOpinions || !std::ranges::is_sorted(bounds) ||
      history > kMostHistory || seen.hidden == 0 || seen.hidden > kMostGlance)
    return Fail(ErrorCode::kCorrupt, "the model is damaged; train again");
  MEDLEY_ASSIGN_OR_RETURN(auto glance, ReadWeights(reader, training::WeightsOf(seen), "glance."));
  InterestTokens tokens(features,
                        history,
                        std::move(bounds),
                        std::make_shared<const training::Head>(seen, std::move(glance)));
  const auto shape = ShapeOf(layers, tokens);
  MEDLEY_RETURN_IF_ERROR(training::CheckShape(shape));
  MEDLEY_ASSIGN_OR_RETURN(auto weights, ReadWeights(reader, training::WeightsOf(shape), ""));
  return std::make_shared<const InterestModel>(
      std::move(tokens), shape, std::move(weights), shortlist);
}

RecommenderKind InterestKind() {
  RecommenderKind kind;
  kind.name = "interest";
  kind.summary =
      "The text encoder's top layers, trained to read what a user did and to say whether an item "
      "interests them";
  kind.example = "medley train interest --set interest.layers=2";
  kind.paper =
      "Devlin et al.: BERT, NAACL 2019; Zhou et al.: Deep Interest Network, KDD 2018; Cheng et "
      "al.: "
      "Wide and deep learning, DLRS 2016";
  kind.parameters = InterestParameters();
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<Interest>;
  return kind;
}

}  // namespace medley::recommenders
