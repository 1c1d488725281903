#include "medley/metrics/metric_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace medley::metrics {
namespace {

constexpr std::string_view kNoHits =
    "A list shorter than k has no hits after its end; a user without a list counts 0; a user with "
    "nothing relevant is not judged";

constexpr std::array kMetrics = {
    MetricKind{"recall",
               "Recall",
               "召回率",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1; at most k / relevant",
               "Hits among the first k places over the user's relevant items",
               kNoHits,
               "Cleverdon: The Cranfield tests on index language devices, 1967"},
    MetricKind{"ndcg",
               "NDCG",
               "归一化折损累计增益",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1",
               "Sum of 1 / log2(place + 1) over the hits, over the same sum with min(k, relevant) "
               "hits on top; an item is relevant or not, there are no grades",
               kNoHits,
               "Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, 2002"},
    MetricKind{"precision",
               "Precision",
               "精确率",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1; at most relevant / k",
               "Hits among the first k places over k",
               "Always over k, also where the list is shorter; otherwise as recall",
               "Cleverdon: The Cranfield tests on index language devices, 1967"},
    MetricKind{"hit_rate",
               "Hit rate",
               "命中率",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 or 1 a user",
               "1 where there is a hit among the first k places",
               kNoHits,
               "Deshpande, Karypis: Item-based top-N recommendation algorithms, 2004"},
    MetricKind{"f1",
               "F1",
               "F1 值",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1",
               "2 precision recall / (precision + recall) of each user, then the mean over users",
               "0 without a hit; otherwise as recall",
               "van Rijsbergen: Information retrieval, 1979"},
    MetricKind{
        "map",
        "MAP",
        "平均精度均值",
        MetricScope::kUser,
        true,
        Better::kHigher,
        "0 to 1",
        "Sum of the precisions at the places of the hits over min(k, relevant)",
        "Over min(k, relevant), so that a perfect list reaches 1; software that divides by all "
        "relevant items gives less where there are more than k. Otherwise as recall",
        "Buckley, Voorhees: Evaluating evaluation measure stability, 2000"},
    MetricKind{"mrr",
               "MRR",
               "平均倒数排名",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1",
               "1 / place of the first hit",
               "0 where the first k places hold no hit; otherwise as recall",
               "Voorhees: The TREC-8 question answering track report, 1999"},
    MetricKind{"auc",
               "AUC",
               "AUC",
               MetricScope::kUser,
               false,
               Better::kHigher,
               "0 to 1; chance is 0.5",
               "The probability that a relevant item scores above one that is not, over all items "
               "that may be ranked; of labels: over all pairs together",
               "Equal scores count half; 0.5 where all items are relevant or none is; an item that "
               "the recommender says nothing of is below all others, and tied with its like",
               "Hanley, McNeil: The meaning and use of the area under a ROC curve, 1982"},
    MetricKind{"gauc",
               "GAUC",
               "分组 AUC",
               MetricScope::kUser,
               false,
               Better::kHigher,
               "0 to 1; chance is 0.5",
               "The mean of the users' AUCs weighed by their relevant items; of labels: by their "
               "pairs",
               "Of labels: users whose answers are all alike are left out, 0.5 where all are; "
               "otherwise as AUC",
               "Zhou et al.: Deep interest network for click-through rate prediction, KDD 2018"},
    MetricKind{"serendipity",
               "Serendipity",
               "意外发现度",
               MetricScope::kUser,
               true,
               Better::kHigher,
               "0 to 1; at most precision",
               "Hits among the first k places that are not among the k items most popular in "
               "training, over k",
               "Equal popularity: the item that comes first in the catalogue is the more popular "
               "one; otherwise as precision",
               "Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, RecSys 2010"},
    MetricKind{
        "calibration",
        "Calibration",
        "类别校准",
        MetricScope::kUser,
        true,
        Better::kLower,
        "0 to 4.61 (ln 100) nats",
        "Kullback-Leibler divergence of the history's categories from the list's, the latter "
        "mixed with 1 % of the former; each item shares one vote among its categories",
        "Items without categories do not vote; users whose history has none are left out; a "
        "list without any is as far away as can be",
        "Steck: Calibrated recommendations, RecSys 2018"},
    MetricKind{
        "novelty",
        "Novelty",
        "新颖度",
        MetricScope::kUser,
        true,
        Better::kNeither,
        "0 to log2(2 users) bits",
        "Mean over the list of -log2 of the share of users who had the item in training",
        "An item that nobody had counts as had by half a user; users without a list are left "
        "out",
        "Castells, Vargas, Wang: Novelty and diversity metrics for recommender systems, 2011"},
    MetricKind{"diversity",
               "Diversity within lists",
               "列表内多样性",
               MetricScope::kUser,
               true,
               Better::kNeither,
               "0 to 2",
               "Mean over the list's pairs of 1 - cosine of the items' vectors",
               "Pairs with an item that has no vector are left out; users without a pair are left "
               "out",
               "Ziegler, McNee, Konstan, Lausen: Improving recommendation lists through topic "
               "diversification, WWW 2005"},
    MetricKind{"coverage",
               "Coverage",
               "覆盖率",
               MetricScope::kLists,
               true,
               Better::kHigher,
               "0 to 1",
               "Share of the catalogue that is in anyone's list",
               "0 for an empty catalogue",
               "Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, RecSys 2010"},
    MetricKind{"gini",
               "Gini",
               "基尼系数",
               MetricScope::kLists,
               true,
               Better::kLower,
               "0 to 1 - 1 / items",
               "Sum of (2 i - n - 1) x_i over n times the sum of x, x_i the times the item of rank "
               "i is recommended, rarest first: 0 all alike, towards 1 a single item gets all",
               "Items never recommended count; 0 without recommendations",
               "Fleder, Hosanagar: Blockbuster culture's next rise or fall, 2009"},
    MetricKind{
        "accuracy",
        "Accuracy",
        "准确率",
        MetricScope::kLabels,
        false,
        Better::kHigher,
        "0 to 1",
        "Right answers over all; a probability says yes from the threshold (0.5) on",
        "0 of nothing. Precision, recall and F1 of labels: 0 where there is nothing to divide "
        "by",
        "Sokolova, Lapalme: A systematic analysis of performance measures, 2009"},
    MetricKind{"log_loss",
               "Log loss",
               "对数损失",
               MetricScope::kLabels,
               false,
               Better::kLower,
               "0 to 36.04 nats",
               "Mean of -ln of the probability given to what was true",
               "Probabilities are kept 2^-52 away from 0 and 1; 0 of nothing",
               "Good: Rational decisions, 1952"},
    MetricKind{"calibration_error",
               "Calibration error",
               "概率校准误差",
               MetricScope::kLabels,
               false,
               Better::kLower,
               "0 to 1",
               "Over ten intervals of probability, the mean of |mean probability - share of yes|, "
               "weighed by the pairs in each",
               "A probability on a border belongs to the interval below it, 0 to the first",
               "Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian "
               "binning, AAAI 2015"},
    MetricKind{"rmse",
               "RMSE",
               "均方根误差",
               MetricScope::kRatings,
               false,
               Better::kLower,
               "0 up, in stars",
               "Root of the mean squared difference over all pairs",
               "A pair that the recommender says nothing of gets the mean rating of training; 0 of "
               "nothing",
               "Bennett, Lanning: The Netflix prize, 2007"},
    MetricKind{"mae",
               "MAE",
               "平均绝对误差",
               MetricScope::kRatings,
               false,
               Better::kLower,
               "0 up, in stars",
               "Mean absolute difference over all pairs",
               "As RMSE",
               "Shardanand, Maes: Social information filtering, CHI 1995"},
};

std::string_view ScopeTitle(MetricScope scope) {
  switch (scope) {
    case MetricScope::kUser:
      return "Of each user's list; reported as the mean over users with a 95 % interval";
    case MetricScope::kLists:
      return "Of everyone's lists together";
    case MetricScope::kLabels:
      return "Of labels: a true yes or no and a predicted probability, pair by pair";
    case MetricScope::kRatings:
      return "Of ratings: a true and a predicted one, pair by pair";
  }
  return "";
}

std::string_view BetterText(Better better) {
  switch (better) {
    case Better::kHigher:
      return "higher is better";
    case Better::kLower:
      return "lower is better";
    case Better::kNeither:
      return "neither end is better by itself";
  }
  return "";
}

std::string Section(const MetricKind& metric) {
  std::string out = "\n### " + std::string(metric.name) + (metric.cut ? "@k" : "") + "\n\n";
  out += std::string(metric.title) + ": " + std::string(metric.meaning) + ".\n\n";
  out += "- Range: " + std::string(metric.range) + "; " + std::string(BetterText(metric.better)) +
         ".\n- Edges: " + std::string(metric.edges) + ".\n- Source: " + std::string(metric.source) +
         ".\n";
  return out;
}

}  // namespace

std::span<const MetricKind> Metrics() { return kMetrics; }

const MetricKind* FindMetric(std::string_view name) {
  const auto* found = std::find_if(
      kMetrics.begin(), kMetrics.end(), [name](const auto& metric) { return metric.name == name; });
  return found == kMetrics.end() ? nullptr : found;
}

std::string MetricsReference() {
  std::string out =
      "# Metrics\n\n"
      "Made from the table in medley/metrics/metric_table.cpp; a test keeps it so "
      "(`MEDLEY_UPDATE_REFERENCE=1 metrics_test` writes it anew).\n\n"
      "Lists are ranked among all items that the user has not had in training, unless negatives "
      "are "
      "sampled (`--negatives`), which every output then says. An item that a ranking file repeats "
      "counts where it stands first. A ranking has no ties: where scores are equal, the item that "
      "comes first in the catalogue does. Intervals: 2,000 resamples of the users, with "
      "replacement; of several seeds, each user's values are averaged first.\n";
  for (const auto scope :
       {MetricScope::kUser, MetricScope::kLists, MetricScope::kLabels, MetricScope::kRatings}) {
    out += "\n## " + std::string(ScopeTitle(scope)) + "\n";
    for (const auto& metric : kMetrics) {
      if (metric.scope == scope) out += Section(metric);
    }
  }
  return out;
}

}  // namespace medley::metrics
