#include "medley/recommenders/network_recommender.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "medley/training/fit.h"
#include "medley/training/network.h"
#include "medley/training/sequence_encoder.h"

namespace medley::recommenders {
namespace {

using training::Block;
using training::NetworkShape;

std::vector<ItemIndex> ItemsOf(std::span<const data::Interaction> history) {
  std::vector<ItemIndex> items;
  for (const auto& entry : Profile(history, 0, false)) items.push_back(entry.item);
  return items;
}

Json ShapeToJson(const NetworkShape& shape) {
  return {{"block", static_cast<unsigned>(shape.block)},
          {"fixed_length", shape.fixed_length},
          {"relative_places", shape.relative_places},
          {"dimension", shape.dimension},
          {"layers", shape.layers},
          {"heads", shape.heads},
          {"widening", shape.widening},
          {"max_length", shape.max_length},
          {"filter_share", shape.filter_share},
          {"filter_waves", shape.filter_waves},
          {"fade", shape.fade}};
}

/// No model is larger: what a damaged file claims must not become an allocation.
constexpr std::size_t kLargest = 1 << 16;

Result<NetworkShape> ReadShape(const ModelReader& reader) {
  NetworkShape shape;
  MEDLEY_ASSIGN_OR_RETURN(const auto block, reader.Size("block"));
  MEDLEY_ASSIGN_OR_RETURN(shape.fixed_length, reader.Bool("fixed_length"));
  MEDLEY_ASSIGN_OR_RETURN(shape.relative_places, reader.Bool("relative_places"));
  MEDLEY_ASSIGN_OR_RETURN(shape.dimension, reader.Size("dimension"));
  MEDLEY_ASSIGN_OR_RETURN(shape.layers, reader.Size("layers"));
  MEDLEY_ASSIGN_OR_RETURN(shape.heads, reader.Size("heads"));
  MEDLEY_ASSIGN_OR_RETURN(shape.widening, reader.Size("widening"));
  MEDLEY_ASSIGN_OR_RETURN(shape.max_length, reader.Size("max_length"));
  MEDLEY_ASSIGN_OR_RETURN(shape.filter_share, reader.Real("filter_share"));
  MEDLEY_ASSIGN_OR_RETURN(shape.filter_waves, reader.Size("filter_waves"));
  MEDLEY_ASSIGN_OR_RETURN(shape.fade, reader.Real("fade"));
  MEDLEY_ASSIGN_OR_RETURN(shape.n_items, reader.Size("trained_items"));
  if (block > static_cast<std::size_t>(Block::kPooled) ||
      std::max({shape.dimension, shape.layers, shape.widening, shape.max_length}) > kLargest) {
    return Fail(ErrorCode::kCorrupt, "the model's shape is damaged; train again");
  }
  shape.block = static_cast<Block>(block);
  return shape;
}

}  // namespace

std::size_t ContentSpec::dimension() const {
  std::size_t sum = 0;
  for (const auto& space : spaces) sum += space.mean.size();
  return sum;
}

Result<ContentSpec> MakeContentSpec(std::string_view spaces, const ItemFeatures* features) {
  ContentSpec spec;
  if (spaces == "none") return spec;
  const ItemFeatures none;
  const auto& known = features == nullptr ? none : *features;
  for (const auto& name : ChosenSpaces(known, spaces)) {
    const auto* space = known.Find(name);
    if (space == nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  "there are no '" + name + "' vectors of the items: run `medley encode` first");
    }
    spec.spaces.push_back({name, MeanOf(*space)});
  }
  return spec;
}

Result<ItemContent> ContentOf(const ContentSpec& spec, const ItemFeatures* features) {
  ItemContent out;
  std::size_t offset = 0;
  for (const auto& [name, mean] : spec.spaces) {
    const auto* space = features == nullptr ? nullptr : features->Find(name);
    if (space == nullptr || space->vectors.cols != mean.size()) {
      return Fail(ErrorCode::kInvalidInput,
                  "the '" + name +
                      "' vectors that the model was trained with are gone or others "
                      "now; train again");
    }
    if (out.described.empty()) {
      out.vectors = linalg::Matrix(space->vectors.rows, spec.dimension());
      out.described.assign(space->vectors.rows, 0);
    }
    for (std::size_t item = 0; item < out.described.size(); ++item) {
      if (space->present[item] == 0) continue;
      const auto part = out.vectors.Row(item).subspan(offset, mean.size());
      linalg::Axpy(1, space->vectors.Row(item), part);
      linalg::Axpy(-1, mean, part);
      if (linalg::Normalize(part)) out.described[item] = 1;
    }
    offset += mean.size();
  }
  return out;
}

Status NetworkRecommender::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  const auto& interactions = *data.interactions;
  auto options = options_;
  auto& shape = options.trainer.shape;
  shape.n_items = interactions.n_items();
  options.trainer.seed = data.seed;
  MEDLEY_ASSIGN_OR_RETURN(auto spec, MakeContentSpec(spaces_, data.features));
  MEDLEY_ASSIGN_OR_RETURN(const auto content, ContentOf(spec, data.features));
  shape.content_dimension = spec.dimension();
  std::vector<std::vector<ItemIndex>> sequences(interactions.n_users());
  std::vector<std::uint32_t> met(interactions.n_items());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    sequences[user] = ItemsOf(interactions.OfUser(user));
    for (const auto item : sequences[user]) met[item] = 1;
  }
  MEDLEY_ASSIGN_OR_RETURN(
      auto trained, training::FitNetwork(sequences, content.vectors.View(), options, progress));
  return Finish(std::make_shared<training::SequenceEncoder>(shape, std::move(trained.weights)),
                std::move(met),
                std::move(spec),
                content);
}

Status NetworkRecommender::Finish(std::shared_ptr<const training::SequenceEncoder> encoder,
                                  std::vector<std::uint32_t> met,
                                  ContentSpec spec,
                                  const ItemContent& content) {
  const auto& [vectors, described] = content;
  if (vectors.rows() > 0 && vectors.rows() < met.size()) {
    return Fail(ErrorCode::kInvalidInput,
                "the catalogue has become smaller since the model was trained; train again");
  }
  std::vector<std::uint8_t> own(met.begin(), met.end());
  own.resize(std::max(own.size(), vectors.rows()));
  known_ = own;
  for (std::size_t item = 0; item < described.size(); ++item) known_[item] |= described[item];
  tower_ = training::ItemTower(encoder->weights(), vectors.View(), own);
  average_.assign(tower_.cols(), 0);
  const auto n = static_cast<float>(std::count(known_.begin(), known_.end(), 1));
  for (std::size_t item = 0; item < known_.size(); ++item) {
    if (known_[item] != 0) linalg::Axpy(1 / n, tower_.Row(item), average_);
  }
  met_ = std::move(met);
  encoder_ = std::move(encoder);
  content_ = std::move(spec);
  return {};
}

Status NetworkRecommender::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::vector<ItemIndex> items = ItemsOf(user.history);
  std::erase_if(items, [&](ItemIndex item) { return known_[item] == 0; });
  if (items.empty()) {
    std::fill(scores.begin(), scores.end(), kNothingKnown);
    return {};
  }
  std::vector<float> vector(tower_.cols());
  encoder_->Encode(items, tower_.View(), vector);
  linalg::TimesVector(tower_.View(), vector, scores);
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (known_[item] == 0) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> NetworkRecommender::Explain(const UserState& user,
                                                  ItemIndex item,
                                                  std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items() || known_[item] == 0 || limit == 0) return out;
  std::vector<ItemIndex> items = ItemsOf(user.history);
  std::erase_if(items, [&](ItemIndex past) { return past >= n_items() || known_[past] == 0; });
  if (const auto most = encoder_->shape().max_length; items.size() > most)
    items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(most));
  std::vector<float> vector(tower_.cols());
  // How far the item stands out from the average one: what moves all scores alike is no reason.
  std::vector<float> direction(average_);
  linalg::Scale(-1, direction);
  linalg::Axpy(1, tower_.Row(item), direction);
  encoder_->Encode(items, tower_.View(), vector);
  const double whole = linalg::Dot(vector, direction);
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto rest = items;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    encoder_->Encode(rest, tower_.View(), vector);
    out.push_back(PastItem(items[i], whole - double{linalg::Dot(vector, direction)}));
  }
  return Strongest(std::move(out), limit);
}

Status NetworkRecommender::Save(const std::filesystem::path& directory) const {
  Json note = ShapeToJson(encoder_->shape());
  note["trained_items"] = encoder_->shape().n_items;
  note["spaces"] = Json::array();
  for (const auto& space : content_.spaces) note["spaces"].push_back(space.name);
  ModelWriter writer(std::string(name()), std::move(note));
  for (const auto& [weight, values] : encoder_->weights()) writer.Add(weight, values.values());
  for (const auto& space : content_.spaces) writer.Add("mean." + space.name, space.mean);
  writer.Add("met", met_);
  return writer.Write(directory);
}

Status NetworkRecommender::Load(const std::filesystem::path& directory,
                                const ItemFeatures* features) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, name()));
  MEDLEY_ASSIGN_OR_RETURN(auto shape, ReadShape(reader));
  ContentSpec spec;
  const Json spaces = reader.note().value("spaces", Json());
  for (std::size_t i = 0; spaces.is_array() && i < spaces.size(); ++i) {
    if (!spaces[i].is_string())
      return Fail(ErrorCode::kCorrupt, "the model's content is damaged; train again");
    const auto space = spaces[i].get<std::string>();
    MEDLEY_ASSIGN_OR_RETURN(auto mean, reader.Floats("mean." + space));
    spec.spaces.push_back({space, std::move(mean)});
  }
  shape.content_dimension = spec.dimension();
  MEDLEY_RETURN_IF_ERROR(training::CheckShape(shape));
  training::Weights weights;
  for (const auto& weight : training::WeightsOf(shape)) {
    MEDLEY_ASSIGN_OR_RETURN(auto values, reader.Dense(weight.name, weight.rows, weight.cols));
    weights.emplace(weight.name, std::move(values));
  }
  MEDLEY_ASSIGN_OR_RETURN(auto met, reader.Indices("met", shape.n_items));
  const bool sound = std::all_of(met.begin(), met.end(), [](auto one) { return one <= 1; });
  if (!sound) return Fail(ErrorCode::kCorrupt, "the model is damaged; train again");
  MEDLEY_ASSIGN_OR_RETURN(const auto content, ContentOf(spec, features));
  return Finish(std::make_shared<training::SequenceEncoder>(shape, std::move(weights)),
                std::move(met),
                std::move(spec),
                content);
}

std::vector<ParameterSpec> TrainingParameters() {
  return {
      {"content",
       std::string("auto"),
       "Vectors that help to tell items, so that new ones get a score: names of spaces with commas "
       "between; auto: fused, else all there are; none",
       0,
       0,
       {}},
      {"own_dropout",
       0.1,
       "With content: share of items that must do without their own vector in a step, so that "
       "content learns to stand for new items",
       0,
       0.9,
       {}},
      {"learning_rate", 1e-3, "Of Adam", 1e-7, 1, {}},
      {"warm_up",
       std::int64_t{100},
       "Steps over which it rises from 0, an epoch at most",
       0,
       1'000'000,
       {}},
      {"schedule",
       std::string("constant"),
       "What the learning rate does afterwards: stay, or fall along a cosine to the last epoch",
       0,
       0,
       {"constant", "cosine"}},
      {"weight_decay", 0.0, "Decoupled from the gradient, of matrices only", 0, 10, {}},
      {"batch", std::int64_t{384}, "Items to be told a step", 1, 1'000'000, {}},
      {"epochs", std::int64_t{60}, "At most; 1 is once through everybody", 1, 100'000, {}},
      {"patience",
       std::int64_t{8},
       "Stop after so many epochs without a better NDCG@10 of everybody's last item, which is held "
       "out; 0: never",
       0,
       100'000,
       {}},
      {"validation_users",
       std::int64_t{10'000},
       "Hold out the last item of so many at most",
       1,
       100'000'000,
       {}},
      {"refit",
       false,
       "Then train once more for as many epochs as were best, on the held-out items too: newer, "
       "and "
       "twice the time",
       0,
       0,
       {}},
      {"device",
       std::string("auto"),
       "Where to train: auto takes a GPU where libtorch has one; answers always come from the CPU",
       0,
       0,
       {"auto", "cpu", "cuda"}},
  };
}

void ReadTrainingParameters(const Parameters& parameters, training::FitOptions& options) {
  auto& trainer = options.trainer;
  trainer.own_dropout = parameters.Real("own_dropout");
  trainer.weight_decay = parameters.Real("weight_decay");
  trainer.device = parameters.Text("device");
  options.rate = parameters.Real("learning_rate");
  options.warm_up = static_cast<std::size_t>(parameters.Int("warm_up"));
  options.cosine = parameters.Text("schedule") == "cosine";
  options.batch = static_cast<std::size_t>(parameters.Int("batch"));
  options.epochs = static_cast<std::size_t>(parameters.Int("epochs"));
  options.patience = static_cast<std::size_t>(parameters.Int("patience"));
  options.validation_users = static_cast<std::size_t>(parameters.Int("validation_users"));
  options.refit = parameters.Bool("refit");
}

}  // namespace medley::recommenders
