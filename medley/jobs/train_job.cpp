#include "medley/jobs/train_job.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/metrics/ranking.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/stacking.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

/// Raised when a recommender's training itself changes, so that models made before are made again.
constexpr int kTrainingVersion = 2;
constexpr double kMeasuredShare = 0.125;

template <typename T>
std::uint64_t HashOf(std::span<const T> values, std::uint64_t seed) {
  return Hash64({reinterpret_cast<const char*>(values.data()), values.size_bytes()}, seed);
}

/// Of behaviour: what every recommender is trained on.
std::uint64_t Fingerprint(const data::Interactions& interactions) {
  std::uint64_t hash = interactions.n_users() * 1'000'003 + interactions.n_items();
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      const std::string bytes = std::to_string(entry.item) + " " + std::to_string(entry.time) + " ";
      hash = HashOf(std::span<const float>(&entry.weight, 1), Hash64(bytes, hash));
    }
    hash = Hash64("user", hash);
  }
  return hash;
}

std::uint64_t Fingerprint(const graph::KnowledgeGraph& graph, std::uint64_t hash) {
  for (graph::NodeIndex node = 0; node < graph.n_nodes(); ++node)
    hash = Hash64(graph.Shown(node), hash);
  for (const auto& relation : graph.relations()) hash = Hash64(relation.name, hash);
  for (std::uint32_t i = 0; i < graph.n_statements(); ++i) {
    const auto& statement = graph.statement(i);
    const std::uint32_t parts[] = {statement.head, statement.relation, statement.tail};
    hash = HashOf(std::span<const std::uint32_t>(parts), hash);
  }
  return hash;
}

/// Of what is known of the items: what the rows that look at features are trained on.
std::uint64_t Fingerprint(const recommenders::ItemFeatures& features) {
  std::uint64_t hash = 0;
  for (const auto& space : features.spaces) {
    hash = HashOf(space.present, Hash64(space.name, hash));
    for (std::size_t row = 0; row < space.vectors.rows; ++row)
      hash = HashOf(std::span<const float>(space.vectors.Row(row)), hash);
  }
  for (const auto& name : features.attribute_names) hash = Hash64(name, hash);
  for (const auto& tokens : features.attributes)
    hash = HashOf(std::span<const std::uint32_t>(tokens), Hash64("item", hash));
  if (features.graph != nullptr) hash = Fingerprint(*features.graph, hash);
  return HashOf(std::span<const TimeMs>(features.created), Hash64("created", hash));
}

struct Plan {
  const recommenders::RecommenderKind* kind = nullptr;
  std::map<std::string, std::string> settings;
  bool asked_for = false;  ///< by name: it fails aloud
};

struct Wanted {
  std::vector<std::string> names;
  bool by_name = true;
};

/// "served" and "all" stand for many.
Wanted WantedBy(const storage::Workspace& workspace, const TrainOptions& options) {
  Wanted wanted{.names = options.recommenders};
  if (wanted.names.empty()) {
    std::string text = workspace.Setting("train.recommenders", "served");
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream words(text);
    for (std::string word; words >> word;) wanted.names.push_back(std::move(word));
  }
  auto named = recommenders::NamesOf(wanted.names);
  const bool by_name = named == wanted.names;
  return {.names = std::move(named), .by_name = by_name};
}

/// In the order of the table; the settings are checked before anything is trained.
Result<std::vector<Plan>> MakePlans(const storage::Workspace& workspace,
                                    const TrainOptions& options) {
  const auto [names, by_name] = WantedBy(workspace, options);
  for (const auto& name : names) MEDLEY_RETURN_IF_ERROR(recommenders::MakeRecommender(name, {}));
  for (const auto& [name, settings] : options.settings)
    MEDLEY_RETURN_IF_ERROR(recommenders::MakeRecommender(name, settings));
  std::vector<Plan> plans;
  for (const auto& kind : recommenders::Recommenders()) {
    if (std::find(names.begin(), names.end(), kind.name) == names.end()) continue;
    Plan plan{&kind, workspace.Section("recommenders." + kind.name), by_name};
    if (const auto given = options.settings.find(kind.name); given != options.settings.end()) {
      for (const auto& [name, value] : given->second) plan.settings[name] = value;
    }
    MEDLEY_RETURN_IF_ERROR(recommenders::MakeRecommender(kind.name, plan.settings));
    plans.push_back(std::move(plan));
  }
  return plans;
}

/// One run's data and the recipe by which each recommender goes through it.
class Training {
 public:
  Training(const storage::Workspace& workspace, const TrainOptions& options, std::uint64_t seed)
      : workspace_(workspace), options_(options), seed_(seed) {}

  Status LoadData() {
    MEDLEY_ASSIGN_OR_RETURN(catalogue_, pipeline::LoadCatalogue(workspace_));
    MEDLEY_ASSIGN_OR_RETURN(behaviour_, pipeline::LoadBehaviour(workspace_, *catalogue_));
    if (behaviour_->interactions.size() == 0) {
      return Fail(ErrorCode::kInvalidInput,
                  "there are no events to learn from: `medley import` some first");
    }
    behaviour_print_ = Fingerprint(behaviour_->interactions);
    feature_print_ = Fingerprint(catalogue_->features);
    return {};
  }

  void Describe(TrainReport& report) const {
    report.users = behaviour_->interactions.n_users();
    report.items = behaviour_->interactions.n_items();
    report.interactions = behaviour_->interactions.size();
  }

  Result<TrainReport::Model> Train(const Plan& plan, Progress& progress) {
    const Stopwatch watch;
    TrainReport::Model model;
    model.name = plan.kind->name;
    MEDLEY_ASSIGN_OR_RETURN(const auto parameters,
                            Parameters::FromText(plan.kind->parameters, plan.settings));
    const std::string recipe = Recipe(plan, parameters);
    if (const auto current = workspace_.models().Current(model.name);
        !options_.again && current && RecipeOf(current->manifest) == recipe) {
      model.outcome = TrainReport::Outcome::kUnchanged;
      model.version = current->version;
      return model;
    }
    auto recommender = plan.kind->make(parameters);
    if (auto fitted = recommender->Fit(Data(behaviour_->interactions), progress); !fitted) {
      // What the data can't carry is left out of "everything", and is an error where it was asked
      // for.
      if (plan.asked_for || fitted.error().code != ErrorCode::kInvalidInput)
        return Wrap(model.name, fitted.error());
      model.outcome = TrainReport::Outcome::kSkipped;
      model.reason = fitted.error().message;
      return model;
    }
    if (options_.measure) {
      MEDLEY_ASSIGN_OR_RETURN(model.metrics, Measure(plan, parameters, progress));
    }
    const Json description = {{"parameters", parameters.ToJson()},
                              {"recipe", recipe},
                              {"seed", seed_},
                              {"users", behaviour_->interactions.n_users()},
                              {"items", recommender->n_items()},
                              {"interactions", behaviour_->interactions.size()},
                              {"metrics", model.metrics}};
    MEDLEY_ASSIGN_OR_RETURN(model.version,
                            workspace_.models().Publish(
                                model.name, description, [&](const std::filesystem::path& folder) {
                                  return recommender->Save(folder);
                                }));
    model.seconds = watch.Seconds();
    return model;
  }

 private:
  recommenders::TrainingData Data(const data::Interactions& interactions) const {
    return {&interactions, HasFeatures() ? &catalogue_->features : nullptr, 0, seed_};
  }

  bool HasFeatures() const {
    const auto& features = catalogue_->features;
    return !features.attribute_names.empty() || !features.spaces.empty() ||
           features.graph != nullptr;
  }

  /// Everything the bytes of a model depend on, in one line.
  std::string Recipe(const Plan& plan, const Parameters& parameters) const {
    const bool uses_features = plan.kind->features != recommenders::FeatureUse::kNone;
    const Json recipe = {{"training", kTrainingVersion},
                         {"parameters", parameters.ToJson()},
                         {"seed", seed_},
                         {"behaviour", behaviour_print_},
                         {"features", uses_features ? feature_print_ : 0}};
    return Sha256(recipe.dump());
  }

  static std::string RecipeOf(const Json& manifest) {
    const Json description = manifest.value("description", Json());
    return description.is_object() && description.contains("recipe") &&
                   description["recipe"].is_string()
               ? description["recipe"].get<std::string>()
               : std::string();
  }

  Result<Json> Measure(const Plan& plan, const Parameters& parameters, Progress& progress) const {
    const auto split = recommenders::SplitByTime(behaviour_->interactions, kMeasuredShare);
    auto recommender = plan.kind->make(parameters);
    MEDLEY_RETURN_IF_ERROR(recommender->Fit(Data(split.kept), progress));
    MEDLEY_ASSIGN_OR_RETURN(const auto ranked,
                            evaluation::RankForUsers(*recommender, split.kept, split.held_out, {}));
    const auto scores =
        evaluation::ScoreLists(ranked.lists, split.held_out, evaluation::kDefaultPlaces);
    return Json{{"recall@20", scores.Mean(&metrics::RankingScores::recall)},
                {"ndcg@20", scores.Mean(&metrics::RankingScores::ndcg)},
                {"users", scores.users.size()}};
  }

  const storage::Workspace& workspace_;
  const TrainOptions& options_;
  std::uint64_t seed_;
  std::shared_ptr<const pipeline::Catalogue> catalogue_;
  std::shared_ptr<const pipeline::Behaviour> behaviour_;
  std::uint64_t behaviour_print_ = 0;
  std::uint64_t feature_print_ = 0;
};

Result<std::uint64_t> SeedOf(const storage::Workspace& workspace, const TrainOptions& options) {
  if (options.seed) return *options.seed;
  const ParameterSpec spec{"seed", std::int64_t{1}, "", 0, 9e15, {}};
  MEDLEY_ASSIGN_OR_RETURN(
      const auto parameters,
      Parameters::FromText({spec}, {{"seed", workspace.Setting("train.seed", "1")}}));
  return static_cast<std::uint64_t>(parameters.Int("seed"));
}

}  // namespace

Result<TrainReport> TrainModels(const storage::Workspace& workspace,
                                const TrainOptions& options,
                                Progress& progress,
                                const CancelToken& cancel) {
  const Stopwatch watch;
  MEDLEY_ASSIGN_OR_RETURN(const auto plans, MakePlans(workspace, options));
  MEDLEY_ASSIGN_OR_RETURN(const auto seed, SeedOf(workspace, options));
  const auto folder = workspace.root() / "models";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Fail(ErrorCode::kIo, "cannot make " + folder.string() + ": " + error.message());
  const auto lock = FileLock::Acquire(folder / "train.lock");
  if (!lock) return Wrap("another training of this workspace is under way", lock.error());
  Training training(workspace, options, seed);
  MEDLEY_RETURN_IF_ERROR(training.LoadData());
  TrainReport report;
  training.Describe(report);
  for (const auto& plan : plans) {
    if (cancel.cancelled())
      return Fail(ErrorCode::kCancelled, "stopped; the models trained so far are in use");
    MEDLEY_ASSIGN_OR_RETURN(auto model, training.Train(plan, progress));
    report.models.push_back(std::move(model));
  }
  report.seconds = watch.Seconds();
  return report;
}

}  // namespace medley::jobs
