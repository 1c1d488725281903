#include "medley/evaluation/ablation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/alignment/space.h"
#include "medley/core/ids.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/protocol.h"
#include "medley/fusion/fusion.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

using recommenders::ItemFeatures;

constexpr std::size_t kPairsAUser = 20;

/// The parameter that says which spaces a recommender looks at; empty: it has none.
std::string SpacesParameter(const std::string& recommender) {
  for (const auto& kind : recommenders::Recommenders()) {
    if (kind.name != recommender) continue;
    for (const char* name : {"spaces", "content"}) {
      if (std::ranges::any_of(kind.parameters,
                              [name](const auto& parameter) { return parameter.name == name; }))
        return name;
    }
  }
  return "";
}

std::string Joined(std::span<const std::string> words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

/// Pairs of items that the same person was for.
std::vector<alignment::ItemPair> PairsOf(const data::Interactions& interactions,
                                         std::uint64_t seed) {
  Random random(seed);
  std::vector<alignment::ItemPair> pairs;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    std::vector<ItemIndex> items;
    for (const auto& interaction : interactions.OfUser(user)) {
      if (interaction.weight > 0) items.push_back(interaction.item);
    }
    const std::size_t count = items.size() < 2 ? 0 : std::min(kPairsAUser, items.size() * 2);
    for (std::size_t i = 0; i < count; ++i) {
      const auto a = items[random.Below(items.size())];
      const auto b = items[random.Below(items.size())];
      if (a != b) pairs.emplace_back(a, b);
    }
  }
  return pairs;
}

/// One recommender, again and again.
class Ablation {
 public:
  Ablation(const Split& split,
           const ItemFeatures& features,
           const EvaluationRequest& request,
           std::string parameter,
           Progress& progress)
      : split_(split),
        features_(features),
        request_(request),
        parameter_(std::move(parameter)),
        progress_(progress) {}

  Result<std::vector<Evaluated>> Run() {
    for (const auto& space : features_.spaces) {
      if (space.name != "fused") media_.push_back(space.name);
    }
    // bilinear and networks look at vectors only.
    const bool attributes =
        request_.recommenders.front() == "content" && !features_.attributes.empty();
    std::vector<std::string> all = media_;
    if (attributes) all.insert(all.begin(), "attributes");
    MEDLEY_RETURN_IF_ERROR(Judge("everything", Joined(all), features_));
    for (const auto& left_out : all) {
      std::vector<std::string> rest;
      std::ranges::copy_if(
          all, std::back_inserter(rest), [&](const auto& space) { return space != left_out; });
      if (!rest.empty())
        MEDLEY_RETURN_IF_ERROR(Judge("without " + left_out, Joined(rest), features_));
      MEDLEY_RETURN_IF_ERROR(Judge(left_out + " alone", left_out, features_));
    }
    if (attributes && !media_.empty())
      MEDLEY_RETURN_IF_ERROR(Judge("media alone", Joined(media_), features_));
    for (const auto& kind : fusion::Fusions())
      MEDLEY_RETURN_IF_ERROR(JudgeFusion(kind.name, attributes));
    return std::move(judged_);
  }

 private:
  Status Judge(const std::string& label, const std::string& spaces, const ItemFeatures& features) {
    EvaluationRequest request = request_;
    request.settings[request.recommenders.front()][parameter_] = spaces;
    auto evaluated = Evaluate(split_, &features, request, progress_);
    // What is left may tell no item from another: then there is no such row.
    if (!evaluated && evaluated.error().code == ErrorCode::kInvalidInput && !judged_.empty())
      return {};
    if (!evaluated) return tl::unexpected(std::move(evaluated).error());
    evaluated->front().name = label;
    judged_.push_back(std::move(evaluated->front()));
    return {};
  }

  Status JudgeFusion(const std::string& name, bool attributes) {
    const std::string spaces = attributes ? "attributes,fused" : "fused";
    MEDLEY_RETURN_IF_ERROR(JudgeFused(name + " fusion", name, {}, spaces));
    const auto made = fusion::MakeFusion(name, {});
    if (dynamic_cast<const fusion::TrainedFusion*>(made->get()) == nullptr) return {};
    MEDLEY_RETURN_IF_ERROR(
        JudgeFused(name + " fusion, without alignment", name, {{"align", "0"}}, spaces));
    return JudgeFused(name + " fusion, without balance", name, {{"balance", "0"}}, spaces);
  }

  Status JudgeFused(const std::string& label,
                    const std::string& name,
                    const std::map<std::string, std::string>& settings,
                    const std::string& spaces) {
    MEDLEY_ASSIGN_OR_RETURN(const auto fused, fusion::MakeFusion(name, settings));
    std::vector<recommenders::FeatureSpace> own;
    std::ranges::copy_if(features_.spaces, std::back_inserter(own), [](const auto& space) {
      return space.name != "fused";
    });
    if (auto* trained = dynamic_cast<fusion::TrainedFusion*>(fused.get())) {
      if (pairs_.empty()) pairs_ = PairsOf(split_.full, request_.seed);
      MEDLEY_RETURN_IF_ERROR(trained->Fit(own, pairs_, request_.seed));
    } else {
      MEDLEY_RETURN_IF_ERROR(fused->Fit(own));
    }
    const std::size_t n = own.front().vectors.rows;
    linalg::Matrix vectors(n, fused->dimension());
    std::vector<std::uint8_t> present(n, 0);
    for (std::size_t item = 0; item < n; ++item) {
      std::map<std::string, std::span<const float>> has;
      for (const auto& space : own) {
        if (space.present[item] != 0) has[space.name] = space.vectors.Row(item);
      }
      present[item] = fused->Fuse(has, vectors.Row(item)) ? 1 : 0;
    }
    ItemFeatures features = features_;
    features.spaces = own;
    features.spaces.push_back({"fused", vectors.View(), present});
    return Judge(label, spaces, features);
  }

  const Split& split_;
  const ItemFeatures& features_;
  const EvaluationRequest& request_;
  std::string parameter_;
  Progress& progress_;
  std::vector<std::string> media_;
  std::vector<alignment::ItemPair> pairs_;
  std::vector<Evaluated> judged_;
};

}  // namespace

Result<std::vector<Evaluated>> Ablate(const Split& split,
                                      const ItemFeatures* features,
                                      const EvaluationRequest& request,
                                      Progress& progress) {
  if (request.recommenders.size() != 1) {
    return Fail(ErrorCode::kInvalidInput,
                "--ablation takes one recommender apart: name it (medley evaluate content "
                "--ablation)");
  }
  auto parameter = SpacesParameter(request.recommenders.front());
  if (parameter.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "'" + request.recommenders.front() +
                    "' looks at no content: there is nothing to leave out; content, bilinear and "
                    "two_tower do");
  }
  if (features == nullptr || features->spaces.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "the items have no vectors to leave out: run `medley encode` first");
  }
  return Ablation(split, *features, request, std::move(parameter), progress).Run();
}

}  // namespace medley::evaluation
