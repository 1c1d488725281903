#include "medley/pipeline/model_set.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/growing.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/model_store.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

constexpr std::string_view kFallback = "popularity";

/// What the model was made with, as the texts MakeRecommender takes.
std::map<std::string, std::string> ParametersOf(const Json& description) {
  std::map<std::string, std::string> texts;
  if (const auto found = description.find("parameters");
      found != description.end() && found->is_object()) {
    for (const auto& [name, value] : found->items()) {
      texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return texts;
}

/// How many items there were when it was trained; all where it does not say.
std::size_t TrainedItems(const Json& description, std::size_t all) {
  const Json items = description.value("items", Json());
  return items.is_number_unsigned() ? std::min(items.get<std::size_t>(), all) : all;
}

Result<ModelSet::Model> LoadModel(const storage::Workspace& workspace,
                                  const std::string& name,
                                  const std::shared_ptr<const Catalogue>& catalogue) {
  MEDLEY_ASSIGN_OR_RETURN(const storage::ModelStore::Model stored,
                          workspace.models().Current(name));
  MEDLEY_ASSIGN_OR_RETURN(auto recommender,
                          recommenders::MakeRecommender(name, ParametersOf(stored.description())));
  MEDLEY_RETURN_IF_ERROR(recommender->Load(stored.directory, &catalogue->features));
  if (recommender->n_items() > catalogue->items.size()) {
    return Fail(ErrorCode::kCorrupt, "it was trained on another catalogue; run `medley train`");
  }
  const std::size_t trained = TrainedItems(stored.description(), catalogue->items.size());
  return ModelSet::Model{name, stored.version, std::move(recommender), trained, catalogue};
}

ModelSet::Model CountPopularity(const std::shared_ptr<const Catalogue>& catalogue,
                                const Behaviour& behaviour) {
  auto recommender = recommenders::MakeRecommender(kFallback, {}).value();
  SilentProgress silent;
  const auto fitted = recommender->Fit(
      {.interactions = &behaviour.interactions, .features = &catalogue->features}, silent);
  if (!fitted) spdlog::warn("popularity cannot be counted: {}", fitted.error().message);
  return {std::string(kFallback),
          "untrained",
          std::move(recommender),
          catalogue->items.size(),
          catalogue};
}

}  // namespace

std::shared_ptr<const ModelSet> ModelSet::Load(const storage::Workspace& workspace,
                                               const std::shared_ptr<const Catalogue>& catalogue,
                                               const Behaviour& behaviour) {
  auto set = std::make_shared<ModelSet>();
  const recommenders::RecommenderKind* best = nullptr;
  for (const auto& kind : recommenders::Recommenders()) {
    auto model = LoadModel(workspace, kind.name, catalogue);
    if (model) {
      set->models_.push_back(*std::move(model));
      if (kind.personal && kind.ranks && (best == nullptr || kind.serving > best->serving))
        best = &kind;
    } else if (model.error().code != ErrorCode::kNotFound) {
      spdlog::warn("the model '{}' is not used: {}", kind.name, model.error().message);
    }
  }
  if (set->Find(kFallback) == nullptr)
    set->models_.push_back(CountPopularity(catalogue, behaviour));
  set->personal_ = best == nullptr ? kFallback : best->name;
  return set;
}

std::shared_ptr<const ModelSet> ModelSet::Grown(
    const std::shared_ptr<const Catalogue>& catalogue) const {
  auto set = std::make_shared<ModelSet>(*this);
  for (auto& model : set->models_) {
    auto grown = recommenders::GrownOver(*model.recommender, catalogue->features);
    if (grown == nullptr) continue;
    model.recommender = std::move(grown);
    model.catalogue = catalogue;
  }
  return set;
}

const ModelSet::Model* ModelSet::Find(std::string_view name) const {
  for (const auto& model : models_) {
    if (model.name == name) return &model;
  }
  return nullptr;
}

const ModelSet::Model& ModelSet::Best(bool has_history) const {
  return *Find(has_history ? personal_ : kFallback);
}

Json ModelSet::Versions() const {
  Json versions = Json::object();
  for (const auto& model : models_) versions[model.name] = model.version;
  return versions;
}

}  // namespace medley::pipeline
