#include "medley/recommenders/factorisation_machine.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/machine_training.h"
#include "medley/recommenders/machine_weights.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/padded_vectors.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

/// The attributes that two items at least have, by name.
std::vector<std::string> SharedAttributes(const ItemFeatures* features) {
  std::vector<std::string> out;
  if (features == nullptr) return out;
  std::vector<std::uint32_t> counts(features->attribute_names.size());
  for (const auto& tokens : features->attributes) {
    for (const auto token : tokens) ++counts[token];
  }
  for (std::size_t token = 0; token < counts.size(); ++token) {
    if (counts[token] >= 2) out.push_back(features->attribute_names[token]);
  }
  return out;
}

linalg::CsrMatrix AttributeMatrix(const ItemFeatures* features,
                                  const std::vector<std::string>& names,
                                  std::size_t n_items) {
  std::unordered_map<std::string_view, std::uint32_t> columns;
  for (std::uint32_t column = 0; column < names.size(); ++column) columns[names[column]] = column;
  linalg::CsrMatrix out{n_items, names.size(), {0}, {}, {}};
  for (std::size_t item = 0; item < n_items; ++item) {
    if (features != nullptr && item < features->attributes.size()) {
      for (const auto token : features->attributes[item]) {
        const auto found = columns.find(features->attribute_names[token]);
        if (found != columns.end()) out.columns.push_back(found->second);
      }
    }
    const auto begin = out.columns.begin() + static_cast<std::ptrdiff_t>(out.starts.back());
    std::sort(begin, out.columns.end());
    const auto size = static_cast<std::size_t>(out.columns.end() - begin);
    out.values.resize(out.columns.size(), 1 / std::sqrt(static_cast<float>(size)));
    out.starts.push_back(out.columns.size());
  }
  return out;
}

std::size_t CountItems(const ItemFeatures& features) {
  std::size_t n = features.attributes.size();
  for (const auto& space : features.spaces) n = std::max(n, space.vectors.rows);
  return n;
}

std::span<const float> Flat(const linalg::Matrix& matrix) {
  return {matrix.data(), matrix.rows() * matrix.cols()};
}

linalg::Matrix WithRows(const linalg::Matrix& matrix, std::size_t rows) {
  linalg::Matrix out(rows, matrix.cols());
  std::copy_n(matrix.data(), matrix.rows() * matrix.cols(), out.data());
  return out;
}

}  // namespace

FactorisationMachine::FactorisationMachine(const Parameters& parameters)
    : spaces_(parameters.Text("spaces")), use_attributes_(parameters.Bool("attributes")) {
  settings_.rank = static_cast<std::size_t>(parameters.Int("rank"));
  settings_.passes = static_cast<std::size_t>(parameters.Int("passes"));
  settings_.negatives = static_cast<std::size_t>(parameters.Int("negatives"));
  settings_.rate = parameters.Real("learning_rate");
  settings_.regularization = parameters.Real("regularization");
  settings_.loss =
      parameters.Text("loss") == "logistic" ? MachineLoss::kLogistic : MachineLoss::kPairwise;
}

MachineInputs FactorisationMachine::Inputs() const {
  return {&attributes_,
          content_.n_items() > 0 ? content_.View()
                                 : linalg::ConstMatrixView{nullptr, attributes_.rows, 0, 0}};
}

void FactorisationMachine::MakeModel() {
  const std::size_t n = attributes_.rows;
  weights_.users = {};
  weights_.items = WithRows(weights_.items, n);
  weights_.item_weights.resize(n);
  people_.resize(n);
  auto items = Combine(weights_, Inputs());
  std::vector<std::uint8_t> scored(n);
  for (std::size_t item = 0; item < n; ++item) {
    const bool described = content_.n_items() > 0 && content_.Describes(item);
    scored[item] = described || !attributes_.ColumnsOf(item).empty() ? 1 : 0;
  }
  PairSettings fold;
  fold.factors = settings_.rank;
  fold.passes = settings_.passes;
  fold.rate = settings_.rate;
  fold.regularization = settings_.regularization;
  fold.adagrad = true;
  model_ =
      ItemFactors(Padded(items.vectors), std::move(items.bias), people_, fold, std::move(scored));
}

Status FactorisationMachine::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_RETURN_IF_ERROR(CheckTrainingData(data));
  FactorisationMachine fitted = *this;
  const auto* features = data.features;
  const std::size_t n = data.interactions->n_items();
  fitted.attribute_names_ =
      use_attributes_ ? SharedAttributes(features) : std::vector<std::string>{};
  fitted.attributes_ = AttributeMatrix(features, fitted.attribute_names_, n);
  fitted.content_ = {};
  const bool any_space = features != nullptr && !features->spaces.empty();
  if (spaces_ != "none" && (any_space || spaces_ != "auto")) {
    const ItemFeatures none;
    MEDLEY_ASSIGN_OR_RETURN(fitted.content_,
                            ContentVectors::Make(any_space ? *features : none, spaces_));
  }
  const auto positives = WeighedPositives(*data.interactions, 0);
  MachineTraining training(positives, fitted.Inputs(), settings_, data.seed);
  progress.Begin("train factorisation_machine", settings_.passes, "passes");
  for (std::size_t pass = 0; pass < settings_.passes; ++pass) {
    progress.Note("loss", training.Pass());
    progress.Advance(1);
  }
  fitted.weights_ = training.Take();
  for (const auto array : fitted.weights_.Arrays()) {
    if (!linalg::AllFinite(array)) {
      return Fail(ErrorCode::kInvalidInput,
                  "factorisation_machine did not converge: lower its learning_rate");
    }
  }
  fitted.people_ = CountPeople(positives);
  fitted.trained_items_ = n;
  fitted.MakeModel();
  *this = std::move(fitted);
  progress.End();
  return {};
}

Status FactorisationMachine::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  return model_.Score(user.history, scores);
}

std::vector<Evidence> FactorisationMachine::Explain(const UserState& user,
                                                    ItemIndex item,
                                                    std::size_t limit) const {
  std::vector<Evidence> out;
  if (item >= n_items()) return out;
  const auto vector = model_.UserVector(user.history);
  if (vector.empty()) return out;
  // What the attributes that the history shares say; past items stand for all the rest of e(item).
  const auto whole = model_.Vector(item);
  std::vector<float> rest(whole.begin(), whole.end());
  const auto tokens = attributes_.ColumnsOf(item);
  for (std::size_t k = 0; k < tokens.size(); ++k) {
    Evidence evidence;
    evidence.kind = Evidence::Kind::kAttribute;
    evidence.attribute = attribute_names_[tokens[k]];
    for (const auto& past : Profile(user.history, 0, false)) {
      const auto theirs = attributes_.ColumnsOf(past.item);
      evidence.count += std::binary_search(theirs.begin(), theirs.end(), tokens[k]) ? 1 : 0;
    }
    if (evidence.count == 0) continue;
    const float x = attributes_.ValuesOf(item)[k];
    evidence.contribution =
        double{x} * double{linalg::Dot(weights_.attributes.Row(tokens[k]), vector)};
    linalg::Axpy(-x, weights_.attributes.Row(tokens[k]), rest);
    out.push_back(std::move(evidence));
  }
  for (auto& past : model_.PastItems(user.history, vector, rest)) out.push_back(std::move(past));
  out.push_back(model_.Popularity(item));
  return Strongest(std::move(out), limit);
}

Status FactorisationMachine::Save(const std::filesystem::path& directory) const {
  Json note = {{"items", trained_items_},
               {"rank", settings_.rank},
               {"passes", settings_.passes},
               {"rate", settings_.rate},
               {"regularization", settings_.regularization},
               {"attributes", attribute_names_},
               {"has_content", content_.n_items() > 0}};
  ModelWriter writer("factorisation_machine");
  if (content_.n_items() > 0) content_.Save(writer, note);
  writer.Add("item_vectors", Flat(weights_.items).first(trained_items_ * settings_.rank));
  writer.Add("item_weights", std::span<const float>(weights_.item_weights).first(trained_items_));
  writer.Add("attribute_vectors", Flat(weights_.attributes));
  writer.Add("attribute_weights", std::span<const float>(weights_.attribute_weights));
  writer.Add("content_vectors", Flat(weights_.content));
  writer.Add("content_weights", std::span<const float>(weights_.content_weights));
  writer.Add("people", std::span<const std::uint32_t>(people_).first(trained_items_));
  writer.SetNote(std::move(note));
  return writer.Write(directory);
}

Status FactorisationMachine::Load(const std::filesystem::path& directory,
                                  const ItemFeatures* features) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, "factorisation_machine"));
  FactorisationMachine loaded = *this;
  MEDLEY_ASSIGN_OR_RETURN(loaded.trained_items_, reader.Size("items"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.rank, reader.Size("rank"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.passes, reader.Size("passes"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.rate, reader.Real("rate"));
  MEDLEY_ASSIGN_OR_RETURN(loaded.settings_.regularization, reader.Real("regularization"));
  MEDLEY_ASSIGN_OR_RETURN(const bool has_content, reader.Bool("has_content"));
  const Json names = reader.note().value("attributes", Json());
  if (!names.is_array() ||
      !std::all_of(names.begin(), names.end(), [](const Json& name) { return name.is_string(); })) {
    return Fail(ErrorCode::kCorrupt,
                "the factorisation machine in " + directory.string() + " is damaged; train again");
  }
  loaded.attribute_names_ = names.get<std::vector<std::string>>();
  const ItemFeatures none;
  const auto& known = features == nullptr ? none : *features;
  loaded.content_ = {};
  if (has_content) {
    MEDLEY_ASSIGN_OR_RETURN(loaded.content_, ContentVectors::Load(reader, known));
  }
  const std::size_t n = std::max(loaded.trained_items_, CountItems(known));
  if (has_content && loaded.content_.n_items() != n)
    return Fail(ErrorCode::kInvalidInput,
                "the vectors are of fewer items than the model; train again");
  loaded.attributes_ = AttributeMatrix(features, loaded.attribute_names_, n);
  const std::size_t rank = loaded.settings_.rank;
  const std::size_t tokens = loaded.attribute_names_.size();
  const std::size_t d = has_content ? loaded.content_.dimension() : 0;
  auto& weights = loaded.weights_;
  MEDLEY_ASSIGN_OR_RETURN(weights.items, reader.Dense("item_vectors", loaded.trained_items_, rank));
  MEDLEY_ASSIGN_OR_RETURN(weights.item_weights,
                          reader.Floats("item_weights", loaded.trained_items_));
  MEDLEY_ASSIGN_OR_RETURN(weights.attributes, reader.Dense("attribute_vectors", tokens, rank));
  MEDLEY_ASSIGN_OR_RETURN(weights.attribute_weights, reader.Floats("attribute_weights", tokens));
  MEDLEY_ASSIGN_OR_RETURN(weights.content, reader.Dense("content_vectors", rank, d));
  MEDLEY_ASSIGN_OR_RETURN(weights.content_weights, reader.Floats("content_weights", d));
  MEDLEY_ASSIGN_OR_RETURN(loaded.people_, reader.Indices("people", loaded.trained_items_));
  loaded.MakeModel();
  *this = std::move(loaded);
  return {};
}

RecommenderKind FactorisationMachineKind() {
  const MachineSettings defaults;
  ParameterSpec loss{"loss",
                     std::string("pairwise"),
                     "pairwise: items against drawn ones; logistic: each item by itself"};
  loss.choices = {"pairwise", "logistic"};
  RecommenderKind kind;
  kind.name = "factorisation_machine";
  kind.summary =
      "Learns how users, items, attributes and content go together, pair by pair; scores new items "
      "by what they are";
  kind.example = "medley train factorisation_machine --set factorisation_machine.rank=64";
  kind.paper = "Rendle: Factorization machines, ICDM 2010";
  kind.parameters = {
      {"rank", static_cast<std::int64_t>(defaults.rank), "Numbers in each vector", 1, 1024, {}},
      {"passes",
       static_cast<std::int64_t>(defaults.passes),
       "Passes over all events",
       1,
       10'000,
       {}},
      {"negatives",
       static_cast<std::int64_t>(defaults.negatives),
       "Items drawn against each one the user was for",
       1,
       1000,
       {}},
      {"learning_rate", defaults.rate, "AdaGrad's first step", 1e-6, 10, {}},
      {"regularization", defaults.regularization, "Penalty on the length of vectors", 0, 10, {}},
      loss,
      {"attributes", true, "Look at the items' attributes", 0, 0, {}},
      {"spaces",
       std::string("none"),
       "Content to look at: fused, text, image, audio, video, separated by commas; auto: fused "
       "where there is, else all; none",
       0,
       0,
       {}},
  };
  kind.features = FeatureUse::kOptional;
  kind.make = [](const Parameters& parameters) -> std::unique_ptr<Recommender> {
    return std::make_unique<FactorisationMachine>(parameters);
  };
  return kind;
}

}  // namespace medley::recommenders
