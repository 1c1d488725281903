#include "medley/evaluation/score_files.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/comparison.h"
#include "medley/evaluation/evaluate.h"
#include "medley/evaluation/event_lines.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/split_files.h"
#include "medley/evaluation/user_metrics.h"
#include "medley/linalg/matrix.h"
#include "medley/metrics/classification.h"
#include "medley/metrics/ranking.h"
#include "medley/recommenders/recommender.h"

namespace medley::evaluation {
namespace {

/// Each is a column of a matrix of all items.
constexpr std::size_t kMaxCategories = 1000;

using Lists = std::vector<std::vector<std::uint32_t>>;

/// Reads all files into indices of their own.
class RankingReader {
 public:
  Status ReadPairs(const std::filesystem::path& file, Lists& lists) {
    return ForEachEvent(file, [&](const EventLine& line) -> Status {
      const auto user = users_.Intern(line.user);
      if (lists.size() <= user) lists.resize(user + 1);
      lists[user].push_back(items_.Intern(line.item));
      return {};
    });
  }

  Status ReadTrain(const std::filesystem::path& file) {
    if (file.empty()) return {};
    return ForEachEvent(file, [&](const EventLine& line) -> Status {
      train_.push_back({users_.Intern(line.user), {items_.Intern(line.item), 1, line.time}});
      return {};
    });
  }

  /// After the test, the masks and the training: others' lines are passed over.
  Result<Lists> ReadRanking(const std::filesystem::path& file, const Lists& masks) {
    const auto find = [&](std::string_view id) { return items_.Intern(id); };
    MEDLEY_ASSIGN_OR_RETURN(auto lists, evaluation::ReadRanking(file, users_, find));
    for (std::size_t user = 0; user < masks.size(); ++user) {
      std::erase_if(lists[user], [&](ItemIndex item) {
        return std::binary_search(masks[user].begin(), masks[user].end(), item);
      });
    }
    return lists;
  }

  Status ReadCategories(const std::filesystem::path& file) {
    if (file.empty()) return {};
    MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
    return ForEachLine(text, [&](std::string_view line, std::size_t number) -> Status {
      const auto words = Fields(line, "\t");
      if (words.size() != 2 || words[0].empty() || words[1].empty())
        return WrongLine(file, number, "item and category with a tab between are asked for");
      const auto item = items_.Intern(words[0]);
      const auto category = categories_.Intern("category=" + std::string(words[1]));
      if (category >= kMaxCategories)
        return WrongLine(
            file, number, "there are more than " + std::to_string(kMaxCategories) + " categories");
      if (features_.attributes.size() <= item) features_.attributes.resize(item + 1);
      features_.attributes[item].push_back(category);
      return {};
    });
  }

  /// Of what was read. Owns: the vectors that the features view.
  const recommenders::ItemFeatures* Features() {
    if (categories_.size() == 0) return nullptr;
    SortWithoutRepeats(features_.attributes, items_.size());
    features_.attribute_names = categories_.ids();
    vectors_ = linalg::Matrix(items_.size(), categories_.size());
    for (std::size_t item = 0; item < items_.size(); ++item) {
      for (const auto category : features_.attributes[item]) vectors_(item, category) = 1;
    }
    features_.spaces.push_back({"categories", vectors_.View(), {}});
    return &features_;
  }

  Split MakeSplitOf(Lists test) {
    Split split;
    SortWithoutRepeats(test, users_.size());
    split.test = std::move(test);
    split.full = data::Interactions(users_.size(), items_.size(), std::move(train_));
    return split;
  }

  const IdMap& users() const { return users_; }

 private:
  IdMap users_;
  IdMap items_;
  IdMap categories_;
  std::vector<data::Interactions::Row> train_;
  recommenders::ItemFeatures features_;
  linalg::Matrix vectors_;
};

Result<std::vector<Lists>> ReadAll(const std::vector<std::filesystem::path>& files,
                                   const Lists& masks,
                                   RankingReader& reader) {
  std::vector<Lists> out;
  for (const auto& file : files) {
    MEDLEY_ASSIGN_OR_RETURN(auto lists, reader.ReadRanking(file, masks));
    out.push_back(std::move(lists));
  }
  return out;
}

std::vector<UserColumn> JudgeAll(const ListJudge& judge,
                                 const std::vector<Lists>& rankings,
                                 bool knows_training) {
  std::vector<std::vector<UserColumn>> runs;
  runs.reserve(rankings.size());
  for (const auto& lists : rankings) runs.push_back(judge.Columns(lists, {}));
  auto columns = MeanOverRuns(runs);
  if (!knows_training) {
    std::erase_if(columns, [](const auto& column) {
      return column.metric == "novelty" || column.metric == "serendipity" ||
             column.metric == "calibration";
    });
  }
  return columns;
}

void AddGains(const std::vector<UserColumn>& base, std::uint64_t seed, ScoredRankings& out) {
  for (std::size_t i = 0; i < base.size(); ++i)
    out.gains.push_back(CompareColumns("ranking", out.columns[i], "base", base[i], seed));
  AdjustForMany(out.gains);
}

/// The pairs of a file of predictions.
struct Predictions {
  IdMap users;
  std::vector<std::uint32_t> user;
  std::vector<double> truth;
  std::vector<double> predicted;
};

Result<Predictions> ReadPredictions(const std::filesystem::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(const auto text, ReadFile(file));
  Predictions out;
  MEDLEY_RETURN_IF_ERROR(
      ForEachLine(text, [&](std::string_view line, std::size_t number) -> Status {
        const auto words = Fields(line, line.find('\t') == std::string_view::npos ? "," : "\t");
        if (words.size() != 4)
          return WrongLine(file, number, "user, item, truth and prediction are asked for");
        if (number == 1 && NamesColumns(words[0], words[1])) return {};
        double truth = 0;
        double predicted = 0;
        if (!ParseNumber(words[2], truth) || !ParseNumber(words[3], predicted))
          return WrongLine(file, number, "truth and prediction must be numbers");
        out.user.push_back(out.users.Intern(words[0]));
        out.truth.push_back(truth);
        out.predicted.push_back(predicted);
        return {};
      }));
  if (out.user.empty())
    return Fail(ErrorCode::kInvalidInput, "'" + file.string() + "' holds no predictions");
  return out;
}

}  // namespace

Result<ScoredRankings> ScoreRankings(const RankingFiles& files, const EvaluationRequest& request) {
  RankingReader reader;
  Lists test;
  Lists masks;
  MEDLEY_RETURN_IF_ERROR(reader.ReadPairs(files.test, test));
  const std::size_t n_test_users = reader.users().size();
  for (const auto& mask : files.masks) MEDLEY_RETURN_IF_ERROR(reader.ReadPairs(mask, masks));
  SortWithoutRepeats(masks, reader.users().size());
  MEDLEY_RETURN_IF_ERROR(reader.ReadTrain(files.train));
  MEDLEY_RETURN_IF_ERROR(reader.ReadCategories(files.categories));
  MEDLEY_ASSIGN_OR_RETURN(const auto rankings, ReadAll(files.rankings, masks, reader));
  MEDLEY_ASSIGN_OR_RETURN(const auto bases, ReadAll(files.bases, masks, reader));
  if (n_test_users == 0)
    return Fail(ErrorCode::kInvalidInput, "'" + files.test.string() + "' names no user");
  const auto split = reader.MakeSplitOf(std::move(test));
  const ListJudge judge(split, reader.Features(), request.ks);
  ScoredRankings out;
  for (const auto user : judge.users()) out.users.push_back(reader.users().IdOf(user));
  out.columns = JudgeAll(judge, rankings, !files.train.empty());
  out.metrics = Summarize(out.columns, request.seed);
  out.properties = judge.Properties(rankings.front());
  if (!bases.empty()) AddGains(JudgeAll(judge, bases, !files.train.empty()), request.seed, out);
  return out;
}

Result<ScoredPredictions> ScorePredictions(const std::filesystem::path& file, double threshold) {
  MEDLEY_ASSIGN_OR_RETURN(const auto all, ReadPredictions(file));
  ScoredPredictions out;
  out.pairs = all.truth.size();
  out.values = {{"rmse", metrics::Rmse(all.truth, all.predicted)},
                {"mae", metrics::Mae(all.truth, all.predicted)}};
  out.labels = std::all_of(
      all.truth.begin(), all.truth.end(), [](double truth) { return truth == 0 || truth == 1; });
  if (!out.labels) return out;
  std::vector<std::uint8_t> truth;
  std::vector<std::uint8_t> said;
  for (std::size_t i = 0; i < all.truth.size(); ++i) {
    truth.push_back(all.truth[i] == 1 ? 1 : 0);
    said.push_back(all.predicted[i] >= threshold ? 1 : 0);
  }
  out.values.emplace_back("auc", metrics::Auc(all.predicted, truth));
  out.values.emplace_back("gauc", metrics::Gauc(all.user, all.predicted, truth));
  out.probabilities = std::all_of(
      all.predicted.begin(), all.predicted.end(), [](double p) { return p >= 0 && p <= 1; });
  if (!out.probabilities) return out;
  const auto scores = metrics::ScoreLabels(truth, said);
  for (const auto& [name, value] :
       {std::pair{"accuracy", scores.accuracy},
        std::pair{"precision", scores.precision},
        std::pair{"recall", scores.recall},
        std::pair{"f1", scores.f1},
        std::pair{"log_loss", metrics::LogLoss(truth, all.predicted)},
        std::pair{"calibration_error", metrics::ExpectedCalibrationError(truth, all.predicted)}})
    out.values.emplace_back(name, value);
  return out;
}

}  // namespace medley::evaluation
