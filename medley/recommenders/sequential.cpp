#include "medley/recommenders/sequential.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/recommenders/network_recommender.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/fit.h"
#include "medley/training/network.h"
#include "medley/training/trainer.h"

namespace medley::recommenders {
namespace {

using training::Block;
using training::Loss;

std::size_t Size(const Parameters& parameters, const char* name) {
  return static_cast<std::size_t>(parameters.Int(name));
}

training::FitOptions OptionsFrom(const Parameters& parameters) {
  training::FitOptions options;
  options.name = "sequential";
  auto& shape = options.trainer.shape;
  const auto& block = parameters.Text("block");
  shape.block = block == "ligr"     ? Block::kLigr
                : block == "bsarec" ? Block::kBsarec
                                    : Block::kSasrec;
  shape.fixed_length = parameters.Text("rows") == "fixed";
  shape.relative_places = parameters.Text("places") == "relative";
  shape.dimension = Size(parameters, "dimension");
  shape.layers = Size(parameters, "layers");
  shape.heads = Size(parameters, "heads");
  shape.widening = Size(parameters, "widening");
  shape.max_length = Size(parameters, "max_length");
  shape.filter_share = parameters.Real("filter_share");
  shape.filter_waves = Size(parameters, "filter_waves");
  options.trainer.dropout = parameters.Real("dropout");
  options.trainer.attention_dropout = parameters.Real("attention_dropout");
  options.trainer.loss = parameters.Text("loss") == "sampled" ? Loss::kSampled : Loss::kFull;
  options.trainer.negatives = Size(parameters, "negatives");
  options.trainer.popular_share = parameters.Real("popular_share");
  options.trainer.correct = parameters.Bool("correct");
  ReadTrainingParameters(parameters, options);
  return options;
}

std::vector<ParameterSpec> NetworkParameters() {
  return {
      {"block",
       std::string("bsarec"),
       "The layers: self-attention (sasrec), with gated residuals (ligr), or with a Fourier filter "
       "beside it (bsarec)",
       0,
       0,
       {"sasrec", "ligr", "bsarec"}},
      {"rows",
       std::string("packed"),
       "packed: short histories share rows, every item is a target; fixed: a row of max_length for "
       "every item to be told, as BSARec was published, many times slower",
       0,
       0,
       {"packed", "fixed"}},
      {"places",
       std::string("absolute"),
       "What attention knows of order: the place from the start, or the distance",
       0,
       0,
       {"absolute", "relative"}},
      {"dimension", std::int64_t{64}, "Numbers in each vector", 1, 4096, {}},
      {"layers", std::int64_t{2}, "How many times the history is looked over", 1, 64, {}},
      {"heads", std::int64_t{1}, "Parts that attention looks with; divides dimension", 1, 256, {}},
      {"widening", std::int64_t{4}, "How many times wider a layer's inner part is", 1, 16, {}},
      {"max_length", std::int64_t{50}, "The latest items of a history that are seen", 1, 4096, {}},
      {"filter_share", 0.7, "bsarec: how much the filter counts against attention", 0, 1, {}},
      {"filter_waves",
       std::int64_t{3},
       "bsarec: how many of the lowest waves, the constant among them, are low",
       1,
       4096,
       {}},
      {"dropout", 0.5, "Share of numbers left out while training", 0, 0.95, {}},
      {"attention_dropout", 0.5, "Share of what attention sees left out", 0, 0.95, {}},
      {"loss",
       std::string("full"),
       "Tell the next item from all others, or from items drawn for each step (large catalogues)",
       0,
       0,
       {"full", "sampled"}},
      {"negatives", std::int64_t{1024}, "sampled: items drawn a step", 1, 1'000'000, {}},
      {"popular_share", 0.5, "sampled: how many of them by popularity, not evenly", 0, 1, {}},
      {"correct", true, "sampled: correct for how likely each was drawn (logQ)", 0, 0, {}},
  };
}

}  // namespace

Sequential::Sequential(const Parameters& parameters)
    : NetworkRecommender(OptionsFrom(parameters), parameters.Text("content")) {}

RecommenderKind SequentialKind() {
  RecommenderKind kind;
  kind.name = "sequential";
  kind.summary =
      "A transformer that tells the next item from the history in its order; new items by content";
  kind.example = "medley train sequential --set sequential.block=ligr --set sequential.layers=1";
  kind.paper =
      "Kang, McAuley: Self-attentive sequential recommendation, ICDM 2018; Borisyuk et al.: From "
      "features to transformers (LiGR), 2025; Tikhonovich et al.: eSASRec, RecSys 2025; Shin et "
      "al.: An attentive inductive bias for sequential recommendation (BSARec), AAAI 2024";
  kind.parameters = NetworkParameters();
  for (auto& parameter : TrainingParameters()) kind.parameters.push_back(std::move(parameter));
  kind.features = FeatureUse::kOptional;
  kind.make = &MakeOf<Sequential>;
  return kind;
}

}  // namespace medley::recommenders
