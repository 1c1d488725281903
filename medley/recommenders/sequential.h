#pragma once

#include <string_view>

#include "medley/core/parameters.h"
#include "medley/recommenders/network_recommender.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {

/// A transformer that tells the next item of a history. With E the items' vectors (their own, plus
/// their content's), h = the block's layers over E(i1) ... E(in), score(i) = h(n) . E(i), trained
/// by
///   loss = mean over all places of - ln (exp h(n) . E(next) / sum over items j of exp h(n) .
///   E(j)),
/// the sum over the whole catalogue or over drawn items with logQ correction
/// (medley/training/trainer.h). `block` chooses the layers (medley/training/network.h); what else
/// is in the papers' recipes is configuration:
///   SASRec              block=sasrec
///   eSASRec             block=ligr dimension=256 layers=1 dropout=0.2 loss=sampled negatives=256
///   BSARec as published block=bsarec rows=fixed
/// Packed rows: several short histories share a row of the batch, each seeing itself alone, and
/// every place is a target; that is many times faster than a row of max_length a history, which
/// rows=fixed gives. Packed, BSARec's filter is the published one's last row, looking back only.
/// Missing, Explain, Cost of answers: see NetworkRecommender. Cost: training, an epoch multiplies
/// 6 x targets x dimension x (items with the full softmax, negatives with the sampled) numbers, and
/// 72 x targets x dimension^2 a layer (rows=fixed: times max_length).
/// Source: Kang, McAuley 2018; Borisyuk et al. 2025; Tikhonovich et al. 2025; Shin et al. 2024.
class Sequential : public NetworkRecommender {
 public:
  explicit Sequential(const Parameters& parameters);
  std::string_view name() const override { return "sequential"; }
};

RecommenderKind SequentialKind();

}  // namespace medley::recommenders
