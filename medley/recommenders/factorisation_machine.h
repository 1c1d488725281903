#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/machine_training.h"
#include "medley/recommenders/machine_weights.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A factorisation machine of second order over user, item, the item's attributes and its content
/// (MachineItems has the equation), learned from what users were for against drawn items. What it
/// knows of an item then is one vector and one bias: users are found from their histories as in
/// ItemFactors, and an item nobody has met is scored by its attributes and its content alone.
/// Attributes that only one item has say what the item says, and are left out. Missing: items of
/// which nothing at all is known, and all for a history without items anyone was for, get
/// -infinity. Load takes the catalogue as it is now. Cost: training, passes x (events + batches x
/// inputs of all items) x rank; a request as ItemFactors. Source: Rendle 2010, equation 1 and lemma
/// 3.1; pairs: Rendle et al. 2009.
class FactorisationMachine : public Recommender {
 public:
  explicit FactorisationMachine(const Parameters& parameters);
  std::string_view name() const override { return "factorisation_machine"; }
  Status Fit(const TrainingData& data, Progress& progress) override;
  std::size_t n_items() const override { return model_.n_items(); }
  Status Score(const UserState& user, std::span<float> scores) const override;
  std::vector<Evidence> Explain(const UserState& user,
                                ItemIndex item,
                                std::size_t limit) const override;
  Status Save(const std::filesystem::path& directory) const override;
  Status Load(const std::filesystem::path& directory, const ItemFeatures* features) override;

 private:
  MachineInputs Inputs() const;
  /// From the weights to the items' vectors and biases.
  void MakeModel();

  std::string spaces_;
  bool use_attributes_;
  MachineSettings settings_;

  std::size_t trained_items_ = 0;
  std::vector<std::uint32_t> people_;
  std::vector<std::string> attribute_names_;  ///< by column of attributes_
  linalg::CsrMatrix attributes_;              ///< items x attributes, rows of length 1
  ContentVectors content_;                    ///< without items: none
  MachineWeights weights_;                    ///< without users
  ItemFactors model_;
};

RecommenderKind FactorisationMachineKind();

}  // namespace medley::recommenders
