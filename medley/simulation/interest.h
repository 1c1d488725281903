#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/simulation/truth.h"

namespace medley::simulation {

/// What a person said when asked about an item at the market's end: whether it interests them,
/// drawn with the probability of a click by whoever looks at it.
struct Answer {
  UserIndex user = 0;
  ItemIndex item = 0;
  bool interested = false;
  TimeMs time = 0;
};

/// Every person is asked about 256 of the items that were ever shown, an eighth of them at most:
/// three in four drawn as the market chooses by taste, in proportion to exp(utility), the others
/// evenly, in an order that is drawn; so that about half of the answers are yes. Three fifths are
/// to learn from, the next tenth to choose by, the rest to be judged by. Nothing of it is in the
/// events.
struct Survey {
  std::vector<Answer> train;
  std::vector<Answer> valid;
  std::vector<Answer> test;
};
Survey AskPeople(const Truth& truth, const Random& random);

/// The best that anyone could do on the answers: "yes" wherever it is likelier than not by the true
/// utility (Bayes' rule). Its errors are the answers' own chance.
InterestScores BestInterest(const Truth& truth, std::span<const Answer> answers);

/// interest.train.tsv, interest.valid.tsv, interest.test.tsv: user, item, rating (1: yes, 0: no),
/// time, for `medley evaluate --train ... --interested-from 1`. Errors: kIo.
Status WriteSurvey(const Truth& truth, const Survey& survey, const std::filesystem::path& folder);

}  // namespace medley::simulation
