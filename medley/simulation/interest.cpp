#include "medley/simulation/interest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/simulation/exposure.h"
#include "medley/simulation/latents.h"
#include "medley/simulation/truth.h"

namespace medley::simulation {
namespace {

constexpr std::size_t kAsked = 256;
constexpr std::size_t kShare = 8;    ///< of the items that were ever shown, at most
constexpr std::size_t kByTaste = 3;  ///< of
constexpr std::size_t kOf = 4;
constexpr std::size_t kTrials = 20;  ///< a draw, before it is given up
constexpr TimeMs kBetween = 20 * kSecondMs;

/// The items one person is asked about.
std::vector<ItemIndex> DrawItems(const Truth& truth,
                                 const UserTruth& user,
                                 std::span<const ItemIndex> shown,
                                 Random& random) {
  std::vector<double> fitting;
  for (const auto item : shown)
    fitting.push_back(std::exp(Utility(user.late, truth.items()[item], user.chinese)));
  const std::size_t n = std::min(kAsked, shown.size() / kShare);
  std::unordered_set<ItemIndex> drawn;
  std::vector<ItemIndex> out;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      const auto place =
          i % kOf < kByTaste ? random.Categorical(fitting) : random.Below(shown.size());
      if (!drawn.insert(shown[place]).second) continue;
      out.push_back(shown[place]);
      break;
    }
  }
  random.Shuffle(std::span(out));
  return out;
}

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string Lines(const Truth& truth, std::span<const Answer> answers) {
  std::string out = "user\titem\trating\ttime\n";
  for (const auto& answer : answers) {
    (out += truth.user_ids().IdOf(answer.user)) += '\t';
    (out += truth.item_ids().IdOf(answer.item)) += answer.interested ? "\t1\t" : "\t0\t";
    (out += std::to_string(answer.time)) += '\n';
  }
  return out;
}

}  // namespace

Survey AskPeople(const Truth& truth, const Random& random) {
  std::vector<ItemIndex> shown;
  for (ItemIndex item = 0; item < truth.items().size(); ++item)
    if (!truth.items()[item].cold()) shown.push_back(item);
  Survey out;
  for (UserIndex user = 0; user < truth.users().size(); ++user) {
    const auto& who = truth.users()[user];
    if (who.role != Role::kPerson) continue;
    Random own = random.Fork(user);
    const auto items = DrawItems(truth, who, shown, own);
    const std::size_t train = items.size() * 6 / 10;
    const std::size_t valid = items.size() * 7 / 10;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const double utility = Utility(who.late, truth.items()[items[i]], who.chinese);
      auto& part = i < train ? out.train : i < valid ? out.valid : out.test;
      part.push_back({user,
                      items[i],
                      own.Bernoulli(ClickProbability(utility)),
                      truth.market_end() + static_cast<TimeMs>(i) * kBetween});
    }
  }
  return out;
}

InterestScores BestInterest(const Truth& truth, std::span<const Answer> answers) {
  std::size_t right = 0;
  std::size_t hits = 0;
  std::size_t told = 0;
  std::size_t yes = 0;
  for (const auto& answer : answers) {
    const auto& who = truth.users()[answer.user];
    const double utility = Utility(who.late, truth.items()[answer.item], who.chinese);
    const bool likely = ClickProbability(utility) > 0.5;
    right += likely == answer.interested ? 1 : 0;
    hits += likely && answer.interested ? 1 : 0;
    told += likely ? 1 : 0;
    yes += answer.interested ? 1 : 0;
  }
  return {.base_rate = Share(yes, answers.size()),
          .accuracy = Share(right, answers.size()),
          .precision = Share(hits, told),
          .recall = Share(hits, yes),
          .f1 = Share(2 * hits, told + yes),
          .answers = answers.size()};
}

Status WriteSurvey(const Truth& truth, const Survey& survey, const std::filesystem::path& folder) {
  for (const auto& [name, answers] : {std::pair("interest.train.tsv", &survey.train),
                                      std::pair("interest.valid.tsv", &survey.valid),
                                      std::pair("interest.test.tsv", &survey.test)})
    MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder / name, Lines(truth, *answers)));
  return {};
}

}  // namespace medley::simulation
