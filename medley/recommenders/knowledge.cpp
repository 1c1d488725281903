#include "medley/recommenders/knowledge.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/entity_vectors.h"
#include "medley/recommenders/item_entities.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/path_weights.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// More relations than this are noise; those with the most statements stay.
constexpr std::size_t kMostRelations = 24;
constexpr std::size_t kMostChosen = 40'000;
constexpr std::size_t kDrawn = 4;  ///< for each that was chosen
constexpr std::string_view kVectors = "vectors";
constexpr std::string_view kPeople = "people";

double ScaleOf(double weight) { return weight > 0 ? 1 / std::sqrt(weight) : 0; }

}  // namespace

Knowledge::Knowledge(const Parameters& parameters)
    : recency_power_(parameters.Real("recency_power")),
      use_weights_(parameters.Bool("use_weights")),
      dimensions_(static_cast<std::size_t>(parameters.Int("dimensions"))),
      ridge_(parameters.Real("ridge")) {}

double Knowledge::PriorOf(ItemIndex item) const {
  return item < people_.size() ? std::log1p(double{people_[item]}) : mean_prior_;
}

/// Of what two items at least share, and not all.
void Knowledge::ChooseRelations() {
  std::vector<std::uint32_t> counts(entities_.entities().size());
  for (ItemIndex item = 0; item < n_items(); ++item) {
    for (const auto entity : entities_.OfItem(item)) ++counts[entity];
  }
  rarity_.assign(counts.size(), 0);
  std::vector<std::pair<std::size_t, std::uint32_t>> uses(entities_.relations().size());
  for (std::uint32_t relation = 0; relation < uses.size(); ++relation)
    uses[relation].second = relation;
  for (std::uint32_t entity = 0; entity < counts.size(); ++entity) {
    if (counts[entity] < 2 || counts[entity] >= n_items()) continue;
    rarity_[entity] = static_cast<float>(
        std::log(static_cast<double>(n_items()) / static_cast<double>(counts[entity])));
    uses[entities_.entities()[entity].relation].first += counts[entity];
  }
  std::ranges::stable_sort(uses, std::ranges::greater(), &decltype(uses)::value_type::first);
  if (uses.size() > kMostRelations) uses.resize(kMostRelations);
  relations_.clear();
  for (const auto& [count, relation] : uses) {
    if (count > 0) relations_.push_back(entities_.relations()[relation]);
  }
  std::ranges::sort(relations_);
}

/// From what is learned of entities to the items' rows of them.
void Knowledge::DescribeItems() {
  rarity_.resize(entities_.entities().size(), 0);
  place_of_.assign(rarity_.size(), kNoIndex);
  for (std::uint32_t entity = 0; entity < rarity_.size(); ++entity) {
    const auto& name = entities_.relations()[entities_.entities()[entity].relation];
    const auto found = std::ranges::lower_bound(relations_, name);
    if (found != relations_.end() && *found == name)
      place_of_[entity] = static_cast<std::uint32_t>(found - relations_.begin());
  }
  rows_ = {};
  rows_.rows = n_items();
  rows_.cols = rarity_.size();
  for (ItemIndex item = 0; item < n_items(); ++item) {
    std::vector<double> squared(relations_.size());
    const auto counts = [&](std::uint32_t entity) {
      return place_of_[entity] != kNoIndex && rarity_[entity] > 0;
    };
    for (const auto entity : entities_.OfItem(item)) {
      if (counts(entity))
        squared[place_of_[entity]] += double{rarity_[entity]} * double{rarity_[entity]};
    }
    for (const auto entity : entities_.OfItem(item)) {
      if (!counts(entity)) continue;
      rows_.columns.push_back(entity);
      rows_.values.push_back(
          static_cast<float>(double{rarity_[entity]} / std::sqrt(squared[place_of_[entity]])));
    }
    rows_.starts.push_back(rows_.columns.size());
  }
  holders_ = linalg::Transpose(rows_);
}

/// From what is learned of entities and their rows to the items' vectors.
void Knowledge::MakeVectors() {
  vectors_ = linalg::Matrix(n_items(), directions_.cols());
  for (ItemIndex item = 0; item < n_items() && directions_.cols() > 0; ++item) {
    const auto columns = rows_.ColumnsOf(item);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (columns[k] < directions_.rows())
        linalg::Axpy(rows_.ValuesOf(item)[k],
                     std::as_const(directions_).Row(columns[k]),
                     vectors_.Row(item));
    }
    if (!linalg::Normalize(vectors_.Row(item))) std::ranges::fill(vectors_.Row(item), 0.0F);
  }
}

void Knowledge::PullOf(std::span<const ProfileEntry> profile, Pull& pull) const {
  pull.entities.assign(n_entities(), 0);
  pull.touched.clear();
  pull.vector.assign(vectors_.cols(), 0);
  pull.weight = 0;
  for (const auto& [item, weight] : profile) {
    if (!IsDescribed(item)) continue;
    const auto columns = rows_.ColumnsOf(item);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (pull.entities[columns[k]] == 0) pull.touched.push_back(columns[k]);
      pull.entities[columns[k]] += weight * rows_.ValuesOf(item)[k];
    }
    linalg::Axpy(weight, vectors_.Row(item), pull.vector);
    pull.weight += double{weight};
  }
}

/// What each reason says for the item; `own`: its own weight in the history, which is left out.
void Knowledge::Reasons(const Pull& pull, ItemIndex item, double own, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  const auto columns = rows_.ColumnsOf(item);
  const auto own_weight = static_cast<float>(own);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const float value = rows_.ValuesOf(item)[k];
    out[place_of_[columns[k]]] += value * (pull.entities[columns[k]] - own_weight * value);
  }
  const std::size_t n = relations_.size();
  if (!columns.empty() && !pull.vector.empty())
    out[n] = linalg::Dot(pull.vector, vectors_.Row(item)) -
             own_weight * linalg::Dot(vectors_.Row(item), vectors_.Row(item));
  const auto scale = static_cast<float>(ScaleOf(pull.weight - (columns.empty() ? 0 : own)));
  for (auto& value : out) value *= scale;
  const double people = item < people_.size() ? double{people_[item]} : 0;
  out[n + 1] = static_cast<float>(std::log1p(std::max(0.0, people - (own > 0 ? 1 : 0))));
}

void Knowledge::LearnWeights(const TrainingData& data) {
  const auto& interactions = *data.interactions;
  const double total = std::accumulate(people_.begin(), people_.end(), 0.0);
  const double share = std::min(1.0, static_cast<double>(kMostChosen) / std::max(1.0, total));
  std::vector<std::uint32_t> met;
  for (std::uint32_t item = 0; item < people_.size(); ++item) {
    if (people_[item] > 0) met.push_back(item);
  }
  Random random(data.seed);
  std::vector<float> differences;
  std::vector<float> chosen(n_reasons());
  std::vector<float> drawn(n_reasons());
  std::vector<float> own(n_items());
  Pull pull;
  for (UserIndex user = 0; user < interactions.n_users() && !met.empty(); ++user) {
    const auto profile = Profile(interactions.OfUser(user), recency_power_, use_weights_);
    if (profile.size() < 2) continue;
    PullOf(profile, pull);
    for (const auto& entry : interactions.OfUser(user)) own[entry.item] = 1;
    for (const auto& [item, weight] : profile) {
      if (share < 1 && !random.Bernoulli(share)) continue;
      Reasons(pull, item, double{weight}, chosen);
      for (std::size_t draw = 0; draw < kDrawn; ++draw) {
        const auto other = met[random.Below(met.size())];
        if (own[other] != 0) continue;
        Reasons(pull, other, 0, drawn);
        for (std::size_t reason = 0; reason < drawn.size(); ++reason)
          differences.push_back(chosen[reason] - drawn[reason]);
      }
    }
    for (const auto& entry : interactions.OfUser(user)) own[entry.item] = 0;
  }
  linalg::Matrix rows(differences.size() / n_reasons(), n_reasons());
  std::ranges::copy(differences, rows.values().begin());
  weights_ = LearnPathWeights(rows, ridge_);
}

Status Knowledge::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  if (data.features == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "knowledge needs what is known of the items: import their attributes, or triples "
                "with `medley import triples`");
  }
  progress.Begin("train knowledge", 3, "steps");
  Knowledge fitted = *this;
  fitted.entities_ = {};
  fitted.entities_.Extend(*data.features);
  fitted.ChooseRelations();
  if (fitted.relations_.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "no two items share an attribute or a statement: import what is known of them");
  }
  fitted.people_ = PositiveCounts(*data.interactions);
  fitted.people_.resize(fitted.n_items(), 0);
  double sum = 0;
  for (ItemIndex item = 0; item < fitted.n_items(); ++item) sum += fitted.PriorOf(item);
  fitted.mean_prior_ = sum / static_cast<double>(fitted.n_items());
  fitted.DescribeItems();
  progress.Advance(1);
  fitted.directions_ =
      dimensions_ > 0 ? EntityVectors(fitted.rows_, dimensions_, data.seed) : linalg::Matrix();
  fitted.MakeVectors();
  progress.Advance(1);
  fitted.LearnWeights(data);
  progress.Advance(1);
  progress.End();
  *this = std::move(fitted);
  return {};
}

Status Knowledge::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::ranges::fill(scores, kNothingKnown);
  Pull pull;
  PullOf(Profile(user.history, recency_power_, use_weights_), pull);
  if (pull.weight <= 0) return {};
  const std::size_t n = relations_.size();
  const double scale = ScaleOf(pull.weight);
  for (ItemIndex item = 0; item < scores.size(); ++item) {
    const bool known = IsDescribed(item) || (item < people_.size() && people_[item] > 0);
    if (!known) continue;
    double score = weights_[n + 1] * PriorOf(item);
    if (weights_[n] > 0 && !pull.vector.empty())
      score += weights_[n] * scale * double{linalg::Dot(pull.vector, vectors_.Row(item))};
    scores[item] = static_cast<float>(score);
  }
  for (const auto entity : pull.touched) {
    const double weight = weights_[place_of_[entity]];
    if (weight <= 0) continue;
    const auto factor = static_cast<float>(weight * scale * double{pull.entities[entity]});
    const auto items = holders_.ColumnsOf(entity);
    for (std::size_t k = 0; k < items.size(); ++k)
      scores[items[k]] += factor * holders_.ValuesOf(entity)[k];
  }
  return {};
}

std::vector<Evidence> Knowledge::Explain(const UserState& user,
                                         ItemIndex item,
                                         std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  const auto profile = Profile(user.history, recency_power_, use_weights_);
  double weight = 0;
  for (const auto& past : profile) {
    if (past.item < n_items() && IsDescribed(past.item)) weight += double{past.weight};
  }
  const double scale = ScaleOf(weight);
  const auto columns = rows_.ColumnsOf(item);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const auto& entity = entities_.entities()[columns[k]];
    const double worth = weights_[place_of_[columns[k]]] * scale * double{rows_.ValuesOf(item)[k]};
    if (entity.shown.empty() || worth <= 0) continue;
    Evidence path;
    path.kind = Evidence::Kind::kAttribute;
    path.attribute = entity.shown;
    double best = 0;
    for (const auto& past : profile) {
      const float* value = past.item < n_items() ? rows_.Find(past.item, columns[k]) : nullptr;
      if (value == nullptr || past.item == item) continue;
      const double share = worth * double{past.weight} * double{*value};
      path.contribution += share;
      path.count += 1;
      // Of equals the latest: it is fresher in mind.
      if (share >= best) {
        best = share;
        path.item = past.item;
      }
    }
    if (path.count > 0) out.push_back(std::move(path));
  }
  if (item < people_.size() && people_[item] > 0 && weight > 0) {
    // What everything has is no reason for one: only what it has more than most.
    out.push_back(ByPopularity(double{people_[item]},
                               weights_[relations_.size() + 1] * (PriorOf(item) - mean_prior_)));
  }
  return Strongest(std::move(out), limit);
}

std::vector<Knowledge::ReasonWeight> Knowledge::Weights() const {
  std::vector<ReasonWeight> out;
  for (std::size_t place = 0; place < relations_.size(); ++place)
    out.push_back({relations_[place], weights_[place]});
  out.push_back({std::string(kVectors), weights_[relations_.size()]});
  out.push_back({std::string(kPeople), weights_[relations_.size() + 1]});
  return out;
}

Status Knowledge::Save(const std::filesystem::path& directory) const {
  Json keys = Json::array();
  std::vector<float> rarity;
  std::vector<float> directions;
  for (std::uint32_t entity = 0; entity < n_entities(); ++entity) {
    if (rarity_[entity] <= 0) continue;
    keys.push_back(entities_.entities()[entity].key);
    rarity.push_back(rarity_[entity]);
    if (directions_.cols() > 0) {
      const auto row = directions_.Row(entity);
      directions.insert(directions.end(), row.begin(), row.end());
    }
  }
  ModelWriter writer("knowledge",
                     {{"recency_power", recency_power_},
                      {"use_weights", use_weights_},
                      {"mean_prior", mean_prior_},
                      {"dimensions", directions_.cols()},
                      {"relations", relations_},
                      {"weights", weights_},
                      {"entities", std::move(keys)}});
  writer.Add("rarity", rarity);
  writer.Add("directions", directions);
  writer.Add("people", people_);
  return writer.Write(directory);
}

/// Reads the note and the arrays; `keys` gets the entities that the rows of `rarity` and
/// `directions` are of.
Status Knowledge::ReadLearned(const ModelReader& reader,
                              Json& keys,
                              std::vector<float>& rarity,
                              linalg::Matrix& directions) {
  MEDLEY_ASSIGN_OR_RETURN(recency_power_, reader.Real("recency_power"));
  MEDLEY_ASSIGN_OR_RETURN(use_weights_, reader.Bool("use_weights"));
  MEDLEY_ASSIGN_OR_RETURN(mean_prior_, reader.Real("mean_prior"));
  MEDLEY_ASSIGN_OR_RETURN(const auto dimensions, reader.Size("dimensions"));
  const auto list = [&](const char* name, bool numbers) {
    const Json value = reader.note().value(name, Json());
    const bool sound = value.is_array() && std::ranges::all_of(value, [&](const Json& one) {
                         return numbers ? one.is_number() : one.is_string();
                       });
    return sound ? value : Json();
  };
  const Json relations = list("relations", false);
  const Json weights = list("weights", true);
  keys = list("entities", false);
  if (!relations.is_array() || !weights.is_array() || !keys.is_array() ||
      weights.size() != relations.size() + 2)
    return Fail(ErrorCode::kCorrupt, "the knowledge model is damaged; train again");
  relations_ = relations.get<std::vector<std::string>>();
  weights_ = weights.get<std::vector<double>>();
  MEDLEY_ASSIGN_OR_RETURN(rarity, reader.Floats("rarity", keys.size()));
  MEDLEY_ASSIGN_OR_RETURN(directions, reader.Dense("directions", keys.size(), dimensions));
  MEDLEY_ASSIGN_OR_RETURN(people_, reader.Floats("people"));
  return {};
}

Status Knowledge::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  if (features == nullptr)
    return Fail(ErrorCode::kInvalidInput, "knowledge needs what is known of the items");
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "knowledge"));
  Knowledge loaded = *this;
  Json keys;
  std::vector<float> rarity;
  linalg::Matrix directions;
  MEDLEY_RETURN_IF_ERROR(loaded.ReadLearned(reader, keys, rarity, directions));
  loaded.entities_ = {};
  loaded.entities_.Extend(*features);
  if (loaded.people_.size() > loaded.n_items()) {
    return Fail(ErrorCode::kInvalidInput,
                "the items have changed since the knowledge model was trained; train again");
  }
  const std::size_t n = loaded.entities_.entities().size();
  loaded.rarity_.assign(n, 0);
  loaded.directions_ = linalg::Matrix(n, directions.cols());
  for (std::size_t place = 0; place < keys.size(); ++place) {
    const auto entity = loaded.entities_.Find(keys[place].get_ref<const std::string&>());
    if (entity == kNoIndex) continue;
    loaded.rarity_[entity] = rarity[place];
    std::ranges::copy(directions.Row(place), loaded.directions_.Row(entity).begin());
  }
  loaded.DescribeItems();
  loaded.MakeVectors();
  *this = std::move(loaded);
  return {};
}

std::shared_ptr<Recommender> Knowledge::Grown(const ItemFeatures& features) const {
  auto grown = std::make_shared<Knowledge>(*this);
  grown->entities_.Extend(features);
  grown->DescribeItems();
  grown->MakeVectors();
  return grown;
}

RecommenderKind KnowledgeKind() {
  RecommenderKind kind;
  kind.name = "knowledge";
  kind.summary =
      "What the knowledge graph joins to the history: paths over director, actor, genre and the "
      "like, each with a learned weight; works for items nobody has met yet, and says the path";
  kind.example = "medley train knowledge --set knowledge.dimensions=32";
  kind.features = FeatureUse::kRequired;
  kind.paper =
      "Yu, Ren, Sun, Gu, Sturt, Khandelwal, Norick, Han: Personalized entity recommendation: a "
      "heterogeneous information network approach, WSDM 2014";
  kind.parameters = {
      RecencyPowerSpec(8.0),
      UseWeightsSpec(),
      {"dimensions",
       std::int64_t{0},
       "Length of the items' vectors made of their entities, which longer paths count by; 0: paths "
       "over one entity alone",
       0,
       512,
       {}},
      {"ridge",
       1e-4,
       "Regularisation of the weights of relations: greater is smoother",
       1e-9,
       1e3,
       {}},
  };
  kind.make = &MakeOf<Knowledge>;
  return kind;
}

}  // namespace medley::recommenders
