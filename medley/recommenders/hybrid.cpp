#include "medley/recommenders/hybrid.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/growing.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/stacking.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kNdcgPlaces = 20;
/// Scores held for learning at most: 64 Mi numbers, 256 MiB.
constexpr std::size_t kMostScores = std::size_t{64} << 20;
constexpr std::size_t kUsersAtATime = 8;

std::vector<std::string> Words(std::string text) {
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream stream(text);
  std::vector<std::string> out;
  for (std::string word; stream >> word;) out.push_back(std::move(word));
  return out;
}

/// "ease.lambda=200 sequence.window=3" by component.
Result<std::map<std::string, std::map<std::string, std::string>>> ParseSettings(
    const std::string& text) {
  std::map<std::string, std::map<std::string, std::string>> out;
  for (const auto& word : Words(text)) {
    const auto dot = word.find('.');
    const auto equals = word.find('=');
    if (dot == std::string::npos || equals == std::string::npos || dot > equals) {
      return Fail(ErrorCode::kInvalidInput,
                  "hybrid.settings takes component.parameter=value, not '" + word + "'");
    }
    out[word.substr(0, dot)][word.substr(dot + 1, equals - dot - 1)] = word.substr(equals + 1);
  }
  return out;
}

/// Scales in place what is known; what is not counts as average.
void ScaleKnown(std::span<float> scores, const ScoreScale& scale) {
  for (auto& score : scores)
    score = std::isfinite(score) ? (score - scale.mean) / scale.deviation : 0;
}

/// The scale of what the user may still get.
ScoreScale ScaleOfOpen(std::span<const data::Interaction> history, std::span<const float> scores) {
  std::vector<float> open(scores.begin(), scores.end());
  for (const auto& entry : history) open[entry.item] = kNothingKnown;
  return ScaleOf(open);
}

/// A component's own view of a catalogue that may have grown since it was fitted: what it does not
/// know scores -infinity.
Status ScoreKnown(const Recommender& recommender, const UserState& user, std::span<float> scores) {
  const std::size_t n = recommender.n_items();
  std::fill(scores.begin() + static_cast<std::ptrdiff_t>(n), scores.end(), kNothingKnown);
  const auto is_new = [n](const data::Interaction& entry) { return entry.item >= n; };
  if (std::none_of(user.history.begin(), user.history.end(), is_new)) {
    return recommender.Score(user, scores.first(n));
  }
  std::vector<data::Interaction> known(user.history.begin(), user.history.end());
  std::erase_if(known, is_new);
  return recommender.Score({user.index, known}, scores.first(n));
}

bool NeedsFeatures(std::string_view name) {
  return std::any_of(Recommenders().begin(), Recommenders().end(), [name](const auto& kind) {
    return kind.name == name && kind.features == FeatureUse::kRequired;
  });
}

void RuleOut(std::span<const data::Interaction> history, std::span<float> scores) {
  for (const auto& entry : history) scores[entry.item] = kNothingKnown;
}

}  // namespace

Hybrid::Hybrid(const Parameters& parameters)
    : names_(parameters.Text("components")),
      settings_(parameters.Text("settings")),
      holdout_(parameters.Real("holdout")),
      holds_out_last_(parameters.Text("held_out") == "last"),
      learn_users_(static_cast<std::size_t>(parameters.Int("learn_users"))) {}

std::size_t Hybrid::n_items() const {
  std::size_t n = 0;
  for (const auto& component : components_) n = std::max(n, component.recommender->n_items());
  return n;
}

Result<std::vector<Hybrid::Component>> Hybrid::MakeComponents() const {
  MEDLEY_ASSIGN_OR_RETURN(auto settings, ParseSettings(settings_));
  std::vector<Component> out;
  for (const auto& name : Words(names_)) {
    if (name == "hybrid")
      return Fail(ErrorCode::kInvalidInput, "a hybrid can't be a component of itself");
    MEDLEY_ASSIGN_OR_RETURN(auto recommender, MakeRecommender(name, settings[name]));
    out.push_back({name, std::move(recommender), 1});
    settings.erase(name);
  }
  settings.erase("");
  for (const auto& [name, values] : settings) {
    if (!values.empty())
      return Fail(ErrorCode::kInvalidInput,
                  "hybrid.settings names '" + name + "', which is no component");
  }
  if (out.empty()) return Fail(ErrorCode::kInvalidInput, "hybrid.components names no recommender");
  return out;
}

Status Hybrid::FitComponents(const TrainingData& data,
                             Progress& progress,
                             std::vector<Component>& components) const {
  for (auto component = components.begin(); component != components.end();) {
    if (data.features == nullptr && NeedsFeatures(component->name)) {
      component = components.erase(component);
      continue;
    }
    if (auto fitted = component->recommender->Fit(data, progress); !fitted) {
      return Wrap("component '" + component->name + "'", fitted.error());
    }
    ++component;
  }
  if (components.empty())
    return Fail(ErrorCode::kInvalidInput, "the data carries none of the hybrid's components");
  return {};
}

Result<HeldOutUsers> Hybrid::ScoreHeldOut(const HistorySplit& split,
                                          std::span<const Component> components,
                                          std::uint64_t seed) const {
  std::vector<UserIndex> asked;
  for (UserIndex user = 0; user < split.held_out.size(); ++user) {
    if (!split.held_out[user].empty()) asked.push_back(user);
  }
  const std::size_t n = split.kept.n_items();
  const std::size_t most =
      std::min(learn_users_, kMostScores / std::max<std::size_t>(1, n * components.size()));
  if (asked.size() > most) {
    Random random(seed);
    random.Shuffle(std::span(asked));
    asked.resize(most);
    std::sort(asked.begin(), asked.end());
  }
  HeldOutUsers out;
  for (const auto user : asked) out.relevant.push_back(split.held_out[user]);
  out.scores.assign(components.size(), linalg::Matrix(asked.size(), n));
  std::atomic<bool> failed{false};
  ParallelFor(asked.size(), kUsersAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto history = split.kept.OfUser(asked[row]);
      for (std::size_t part = 0; part < components.size(); ++part) {
        const auto scores = out.scores[part].Row(row);
        if (!components[part].recommender->Score({asked[row], history}, scores)) failed = true;
        RuleOut(history, scores);
        ScaleKnown(scores, ScaleOf(scores));
        RuleOut(history, scores);
      }
    }
  });
  if (failed)
    return Fail(ErrorCode::kInternal,
                "a component of the hybrid could not score its own training users");
  return out;
}

Status Hybrid::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  MEDLEY_ASSIGN_OR_RETURN(auto components, MakeComponents());
  const auto split = holds_out_last_ ? SplitByTime(*data.interactions, holdout_)
                                     : SplitAtRandom(*data.interactions, holdout_, data.seed);
  TrainingData kept = data;
  kept.interactions = &split.kept;
  MEDLEY_RETURN_IF_ERROR(FitComponents(kept, progress, components));
  progress.Begin("learn hybrid weights", 2, "steps");
  MEDLEY_ASSIGN_OR_RETURN(const auto held_out, ScoreHeldOut(split, components, data.seed));
  progress.Advance(1);
  std::vector<double> weights(components.size(), 1);
  if (!held_out.relevant.empty()) weights = LearnStackingWeights(held_out, kNdcgPlaces);
  progress.Advance(1);
  progress.End();
  MEDLEY_RETURN_IF_ERROR(FitComponents(data, progress, components));
  for (std::size_t part = 0; part < components.size(); ++part)
    components[part].weight = weights[part];
  components_ = std::move(components);
  return {};
}

Status Hybrid::Update(const TrainingData& data,
                      const data::Interactions& before,
                      Progress& progress) {
  const bool lacks_features =
      data.features == nullptr &&
      std::any_of(components_.begin(), components_.end(), [](const Component& component) {
        return NeedsFeatures(component.name);
      });
  if (components_.empty() || lacks_features) return Fit(data, progress);
  MEDLEY_RETURN_IF_ERROR(CheckUpdate(data, before, n_items()));
  for (const auto& component : components_) {
    if (auto updated = component.recommender->Update(data, before, progress); !updated)
      return Wrap("component '" + component.name + "'", updated.error());
  }
  return {};
}

/// The learned weights of the components that know the user; alike where those are all 0.
std::vector<double> Hybrid::WeightsFor(std::span<const std::uint8_t> speaks) const {
  std::vector<double> weights(components_.size());
  double sum = 0;
  for (std::size_t part = 0; part < components_.size(); ++part) {
    weights[part] = speaks[part] != 0 ? components_[part].weight : 0;
    sum += weights[part];
  }
  if (sum == 0) std::copy(speaks.begin(), speaks.end(), weights.begin());
  return weights;
}

Status Hybrid::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  linalg::Matrix parts(components_.size(), scores.size());
  std::vector<ScoreScale> scales(components_.size());
  std::vector<std::uint8_t> speaks(components_.size());
  std::vector<std::uint8_t> known(scores.size());
  for (std::size_t part = 0; part < components_.size(); ++part) {
    const auto row = parts.Row(part);
    MEDLEY_RETURN_IF_ERROR(ScoreKnown(*components_[part].recommender, user, row));
    scales[part] = ScaleOfOpen(user.history, row);
    speaks[part] = scales[part].any ? 1 : 0;
    for (std::size_t item = 0; item < row.size(); ++item)
      known[item] |= row[item] > kNothingKnown ? 1 : 0;
  }
  const auto weights = WeightsFor(speaks);
  std::fill(scores.begin(), scores.end(), 0.0F);
  for (std::size_t part = 0; part < components_.size(); ++part) {
    if (weights[part] == 0) continue;
    ScaleKnown(parts.Row(part), scales[part]);
    linalg::Axpy(static_cast<float>(weights[part]), parts.Row(part), scores);
  }
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (known[item] == 0) scores[item] = kNothingKnown;
  }
  return {};
}

std::vector<Evidence> Hybrid::Explain(const UserState& user,
                                      ItemIndex item,
                                      std::size_t limit) const {
  if (item >= n_items()) return {};
  // Reasons that several components give are one reason; a component's are worth what they move the
  // scaled sum by.
  using Identity = std::tuple<Evidence::Kind, ItemIndex, std::string, std::string>;
  std::map<Identity, Evidence> merged;
  std::vector<float> scores(n_items());
  for (const auto& component : components_) {
    if (!ScoreKnown(*component.recommender, user, scores)) continue;
    const auto scale = ScaleOfOpen(user.history, scores);
    const double factor = std::max(component.weight, 1e-6) / double{scale.deviation};
    for (auto& evidence : component.recommender->Explain(user, item, 4 * limit)) {
      evidence.contribution *= factor;
      // An attribute is one reason, whether the item that shares it is named or not.
      const bool by_item = evidence.kind != Evidence::Kind::kAttribute;
      const Identity identity{
          evidence.kind, by_item ? evidence.item : kNoIndex, evidence.space, evidence.attribute};
      const auto [place, fresh] = merged.try_emplace(identity, evidence);
      if (fresh) continue;
      place->second.contribution += evidence.contribution;
      if (place->second.item == kNoIndex) place->second.item = evidence.item;
    }
  }
  std::vector<Evidence> out;
  out.reserve(merged.size());
  for (auto& [identity, evidence] : merged) out.push_back(std::move(evidence));
  return Strongest(std::move(out), limit);
}

std::vector<Hybrid::ComponentWeight> Hybrid::Weights() const {
  std::vector<ComponentWeight> out;
  for (const auto& component : components_) out.push_back({component.name, component.weight});
  return out;
}

Status Hybrid::Save(const std::filesystem::path& directory) const {
  Json parts = Json::array();
  for (const auto& component : components_) {
    parts.push_back({{"name", component.name}, {"weight", component.weight}});
    std::error_code error;
    std::filesystem::create_directory(directory / component.name, error);
    if (error)
      return Fail(ErrorCode::kIo,
                  "can't make " + (directory / component.name).string() + ": " + error.message());
    MEDLEY_RETURN_IF_ERROR(component.recommender->Save(directory / component.name));
  }
  return ModelWriter("hybrid", {{"components", parts}, {"settings", settings_}}).Write(directory);
}

Status Hybrid::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "hybrid"));
  const auto corrupt = [&] {
    return Fail(ErrorCode::kCorrupt,
                "the hybrid model in " + directory.string() + " is damaged; train again");
  };
  MEDLEY_ASSIGN_OR_RETURN(const auto text, reader.Text("settings"));
  MEDLEY_ASSIGN_OR_RETURN(auto settings, ParseSettings(text));
  const Json parts = reader.note().value("components", Json());
  if (!parts.is_array() || parts.empty()) return corrupt();
  std::vector<Component> components;
  for (const auto& part : parts) {
    if (!part.is_object() || !part.contains("name") || !part["name"].is_string() ||
        !part.contains("weight") || !part["weight"].is_number() || part["name"] == "hybrid") {
      return corrupt();
    }
    const auto name = part["name"].get<std::string>();
    MEDLEY_ASSIGN_OR_RETURN(auto recommender, MakeRecommender(name, settings[name]));
    MEDLEY_RETURN_IF_ERROR(recommender->Load(directory / name, features));
    components.push_back({name, std::move(recommender), part["weight"].get<double>()});
  }
  settings_ = text;
  components_ = std::move(components);
  return {};
}

std::shared_ptr<Recommender> Hybrid::Grown(const ItemFeatures& features) const {
  auto grown = std::make_shared<Hybrid>(*this);
  bool any = false;
  for (auto& component : grown->components_) {
    auto more = GrownOver(*component.recommender, features);
    if (more == nullptr) continue;
    component.recommender = std::move(more);
    any = true;
  }
  return any ? grown : nullptr;
}

RecommenderKind HybridKind() {
  RecommenderKind kind;
  kind.name = "hybrid";
  kind.summary = "Several recommenders as one, with weights learned on what each user did last";
  kind.example = "medley train hybrid --set hybrid.components=ease,sequence,content";
  kind.serving = 7;
  kind.paper = "Wolpert: Stacked generalization, Neural Networks 5 (1992)";
  kind.answers_newcomers = true;
  kind.updating = Updating::kFoldsIn;
  kind.features = FeatureUse::kOptional;
  kind.parameters = {
      {"components",
       std::string("ease,item_knn,sequence,content,popularity"),
       "The recommenders to join, separated by commas",
       0,
       0,
       {}},
      {"settings",
       std::string(),
       "Their parameters: \"ease.lambda=200 sequence.window=3\"",
       0,
       0,
       {}},
      {"holdout", 0.125, "The part of each history that the weights are learned on", 0.01, 0.5, {}},
      {"held_out",
       std::string("last"),
       "Which part: the last, as recommenders are used; or a random one, where what comes later is "
       "not the question",
       0,
       0,
       {"last", "random"}},
      {"learn_users",
       std::int64_t{2000},
       "How many users they are learned on at most",
       10,
       1'000'000,
       {}},
  };
  kind.make = &MakeOf<Hybrid>;
  return kind;
}

}  // namespace medley::recommenders
