#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/bilinear_training.h"
#include "medley/recommenders/block_schedule.h"
#include "medley/recommenders/content_vectors.h"
#include "medley/recommenders/item_factors.h"
#include "medley/recommenders/machine_training.h"
#include "medley/recommenders/machine_weights.h"
#include "medley/recommenders/pair_recommender.h"
#include "medley/recommenders/positives.h"
#include "medley/recommenders/recommender.h"
#include "medley/recommenders/row_terms.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kTastes = 4;

/// Users of a taste like items of its quarter, mostly; enough of them for several blocks.
data::Interactions Crowd(std::size_t n_users, std::size_t n_items, std::size_t events_each) {
  Random random(17);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < n_users; ++user) {
    for (std::size_t i = 0; i < events_each; ++i) {
      const auto taste = random.Bernoulli(0.8) ? user % kTastes : random.Below(kTastes);
      const auto item = static_cast<ItemIndex>(random.Below(n_items / kTastes) * kTastes + taste);
      rows.push_back({user, {item, 1, static_cast<TimeMs>(i)}});
    }
  }
  return {n_users, n_items, std::move(rows)};
}

/// Vectors that show an item's taste in their first numbers; the last ten items lack one.
struct Shown {
  explicit Shown(std::size_t n_items) : vectors(n_items, 12), present(n_items, 1) {
    Random random(3);
    for (std::size_t item = 0; item < n_items; ++item) {
      for (auto& value : vectors.Row(item)) value = static_cast<float>(0.3 * random.Normal());
      vectors(item, item % kTastes) += 1;
      linalg::Normalize(vectors.Row(item));
      features.attributes.push_back({static_cast<std::uint32_t>(item % kTastes)});
    }
    features.attribute_names = {"category=0", "category=1", "category=2", "category=3"};
    features.spaces = {{"text", vectors.View(), present}};
  }
  linalg::Matrix vectors;
  std::vector<std::uint8_t> present;
  ItemFeatures features;
};

TEST(BlockSchedule, MeetsEveryEntryOnceAndRoundsShareNothing) {
  const auto positives = WeighedPositives(Crowd(300, 400, 60), 0);
  BlockSchedule schedule(positives, KnownItems(CountPeople(positives)), Random(1));
  const std::size_t blocks = schedule.blocks();
  ASSERT_GT(blocks, 2U);
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<std::vector<linalg::Triplet>> by_slot(blocks * blocks);
    std::vector<std::set<std::uint32_t>> columns(blocks * blocks);
    schedule.Pass([&](const BlockSchedule::Block& block) {
      by_slot[block.slot].assign(block.entries.begin(), block.entries.end());
      columns[block.slot].insert(block.columns.begin(), block.columns.end());
    });
    std::set<std::pair<std::uint32_t, std::uint32_t>> met;
    std::map<std::uint32_t, std::size_t> row_block;
    for (std::size_t slot = 0; slot < by_slot.size(); ++slot) {
      for (const auto& entry : by_slot[slot]) {
        EXPECT_TRUE(met.insert({entry.row, entry.col}).second);
        EXPECT_TRUE(columns[slot].contains(entry.col));
        EXPECT_EQ(row_block.try_emplace(entry.row, slot / blocks).first->second, slot / blocks);
      }
      // Column blocks are the same for every row block, and share nothing among themselves.
      EXPECT_EQ(columns[slot], columns[slot % blocks]);
      for (std::size_t other = 0; other < slot % blocks; ++other) {
        for (const auto column : columns[slot]) EXPECT_FALSE(columns[other].contains(column));
      }
    }
    EXPECT_EQ(met.size(), positives.size());
  }
}

TEST(BlockSchedule, TakesNextToNothing) {
  const linalg::CsrMatrix empty{0, 0, {0}, {}, {}};
  BlockSchedule schedule(empty, {}, Random(1));
  std::size_t entries = 0;
  schedule.Pass([&](const BlockSchedule::Block& block) { entries += block.entries.size(); });
  EXPECT_EQ(entries, 0U);
}

TEST(WarpWeights, AreHarmonicSumsOfTheRankEstimated) {
  // Of 7 items, ranks 6/1, 6/2, 6/3, 6/4, 6/5, 6/6 and at least 1.
  const auto weights = WarpWeights(7, 8);
  const double all = 1 + 1 / 2. + 1 / 3. + 1 / 4. + 1 / 5. + 1 / 6.;
  ASSERT_EQ(weights.size(), 9U);
  EXPECT_FLOAT_EQ(weights[1], 1);
  EXPECT_NEAR(weights[2], (1 + 1 / 2. + 1 / 3.) / all, 1e-6);
  EXPECT_NEAR(weights[3], (1 + 1 / 2.) / all, 1e-6);
  EXPECT_NEAR(weights[4], 1 / all, 1e-6);
  EXPECT_NEAR(weights[8], 1 / all, 1e-6);
}

TEST(PairTraining, GetsMorePairsRightPassByPass) {
  const auto positives = WeighedPositives(Crowd(300, 200, 40), 0);
  for (const auto loss : {PairLoss::kBpr, PairLoss::kWarp}) {
    for (const bool adagrad : {false, true}) {
      PairSettings settings;
      settings.loss = loss;
      settings.factors = 16;
      settings.adagrad = adagrad;
      settings.most_trials = 10;
      PairTraining training(positives, settings, 1);
      const double first = training.Pass();
      double last = 0;
      for (int pass = 0; pass < 20; ++pass) last = training.Pass();
      EXPECT_LT(last, 0.8 * first) << static_cast<int>(loss) << adagrad;
    }
  }
}

/// The scores that several seeds of users get, as one digest.
std::string TrainedDigest() {
  const auto crowd = Crowd(600, 300, 60);
  std::string bytes;
  for (const char* name : {"bpr", "warp", "biased_mf"}) {
    const auto recommender = *MakeRecommender(name, {{"factors", "24"}, {"passes", "4"}});
    SilentProgress progress;
    EXPECT_TRUE(recommender->Fit({&crowd, nullptr, 0, 1}, progress));
    std::vector<float> scores(crowd.n_items());
    for (UserIndex user = 0; user < 40; ++user) {
      EXPECT_TRUE(recommender->Score({user, crowd.OfUser(user)}, scores));
      bytes.append(reinterpret_cast<const char*>(scores.data()), scores.size() * sizeof(float));
    }
  }
  return Sha256(bytes);
}

// The contract's world is one block; here several threads really work side by side. The number of
// threads is read once a process: see the contract.
TEST(PairTraining, GivesTheSameForAnyNumberOfThreads) {
  const auto digest = TrainedDigest();
  if (std::getenv("MEDLEY_CONTRACT_CHILD") != nullptr) {
    std::printf("digest %s\n", digest.c_str());
    return;
  }
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  for (const char* threads : {"1", "2", "5"}) {
    const std::string command = std::string("MEDLEY_CONTRACT_CHILD=1 MEDLEY_THREADS=") + threads +
                                " '" + self +
                                "' --gtest_filter=PairTraining.GivesTheSameForAnyNumberOfThreads";
    std::FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string output;
    for (char buffer[256]; std::fgets(buffer, sizeof(buffer), pipe) != nullptr;) output += buffer;
    pclose(pipe);
    EXPECT_THAT(output, testing::HasSubstr("digest " + digest)) << threads << " threads";
  }
}

TEST(PairRecommender, ChoosesPassesByWhatItHeldOut) {
  const auto crowd = Crowd(200, 100, 30);
  const auto recommender = *MakeRecommender("bpr", {{"holdout", "0.2"}, {"passes", "40"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&crowd, nullptr, 0, 1}, progress));
  std::vector<float> scores(crowd.n_items());
  int own = 0;
  for (UserIndex user = 0; user < 200; ++user) {
    ASSERT_TRUE(recommender->Score({user, crowd.OfUser(user)}, scores));
    own += TopItems(scores, 1, {})[0].item % kTastes == user % kTastes ? 1 : 0;
  }
  EXPECT_GT(own, 160);
}

TEST(PairRecommender, SaysSoWhereItDiverges) {
  const auto crowd = Crowd(100, 100, 30);
  const auto recommender =
      *MakeRecommender("bpr", {{"learning_rate", "10"}, {"regularization", "10"}});
  SilentProgress progress;
  const auto status = recommender->Fit({&crowd, nullptr, 0, 1}, progress);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("learning_rate"));
}

TEST(RowTerms, AddUpInTheirRows) {
  Random random(2);
  linalg::Matrix sources(5, 3);
  for (std::size_t i = 0; i < 15; ++i) sources.data()[i] = static_cast<float>(random.Normal());
  std::vector<RowTerm> terms;
  linalg::Matrix expected(200, 3, 1);
  for (int k = 0; k < 1000; ++k) {
    const RowTerm term{static_cast<std::uint32_t>(random.Below(200)),
                       static_cast<std::uint32_t>(random.Below(5)),
                       static_cast<float>(random.Normal())};
    terms.push_back(term);
    linalg::Axpy(term.coefficient, sources.Row(term.source), expected.Row(term.target));
  }
  linalg::Matrix out(200, 3, 1);
  AddRowTerms(terms, sources.View(), out.View());
  for (std::size_t i = 0; i < 600; ++i) EXPECT_EQ(out.data()[i], expected.data()[i]);
}

TEST(ContentVectors, AreCentredAndShareTheirLengthAmongSpaces) {
  Shown text(40);
  Shown image(40);
  image.present[3] = 0;
  text.features.spaces = {{"text", text.vectors.View(), text.present},
                          {"image", image.vectors.View(), image.present}};
  const auto vectors = ContentVectors::Make(text.features, "text,image");
  ASSERT_TRUE(vectors);
  EXPECT_EQ(vectors->dimension(), 24U);
  EXPECT_NEAR(linalg::SquaredNorm(vectors->Row(5)), 1, 1e-5);
  EXPECT_NEAR(linalg::SquaredNorm(vectors->Row(3)), 0.5, 1e-5);
  EXPECT_EQ(ContentVectors::Make(text.features, "audio").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ContentVectors::Make(ItemFeatures{}, "auto").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ContentVectors::Make(text.features, "auto")->parts().size(), 2U);
}

TEST(BilinearTraining, LossFalls) {
  const auto positives = WeighedPositives(Crowd(300, 200, 20), 0);
  const Shown shown(200);
  const auto content = *ContentVectors::Make(shown.features, "text");
  for (const bool logistic : {false, true}) {
    BilinearSettings settings;
    settings.rank = 8;
    settings.logistic = logistic;
    BilinearTraining training(content, positives, settings, 1);
    const double first = training.Pass();
    double last = 0;
    for (int pass = 0; pass < 20; ++pass) last = training.Pass();
    EXPECT_LT(last, 0.97 * first) << logistic;
  }
}

/// Nobody met the last 20 items: are they given to the users of their taste?
void ExpectColdItemsFindTheirTaste(const std::string& name,
                                   const std::map<std::string, std::string>& settings) {
  constexpr std::size_t kCold = 20;
  const auto crowd = Crowd(200, 100, 15);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 200; ++user) {
    for (const auto& entry : crowd.OfUser(user)) rows.push_back({user, entry});
  }
  const data::Interactions grown(200, 100 + kCold, std::move(rows));
  const Shown shown(100 + kCold);
  const auto recommender = *MakeRecommender(name, settings);
  SilentProgress progress;
  const auto status = recommender->Fit({&grown, &shown.features, 0, 1}, progress);
  ASSERT_TRUE(status) << status.error().message;
  std::vector<float> scores(grown.n_items());
  int right = 0;
  for (UserIndex user = 0; user < 200; ++user) {
    ASSERT_TRUE(recommender->Score({user, grown.OfUser(user)}, scores));
    const auto best = TopItems(scores, 1, [](ItemIndex item) { return item >= 100; });
    ASSERT_FALSE(best.empty());
    right += best[0].item % kTastes == user % kTastes ? 1 : 0;
  }
  EXPECT_GT(right, 150) << name;
}

TEST(Bilinear, ScoresItemsNobodyHasMet) {
  ExpectColdItemsFindTheirTaste("bilinear", {});
  ExpectColdItemsFindTheirTaste("bilinear", {{"loss", "logistic"}});
}

TEST(FactorisationMachine, ScoresItemsNobodyHasMet) {
  ExpectColdItemsFindTheirTaste("factorisation_machine", {});
  ExpectColdItemsFindTheirTaste("factorisation_machine", {{"loss", "logistic"}});
  ExpectColdItemsFindTheirTaste("factorisation_machine",
                                {{"attributes", "false"}, {"spaces", "text"}});
}

/// A machine with something of everything, and pairs to judge it by.
struct SmallMachine {
  SmallMachine() {
    Random random(8);
    weights.users = linalg::Matrix(3, 4);
    weights.items = linalg::Matrix(5, 4);
    weights.attributes = linalg::Matrix(2, 4);
    weights.content = linalg::Matrix(4, 3);
    weights.item_weights.resize(5);
    weights.attribute_weights.resize(2);
    weights.content_weights.resize(3);
    for (const auto array : weights.Arrays()) {
      for (auto& value : array) value = static_cast<float>(0.5 * random.Normal());
    }
    for (std::size_t i = 0; i < 15; ++i) content.data()[i] = static_cast<float>(random.Normal());
    turned = linalg::Transpose(content.View());
    inputs.turned_content = turned.View();
  }
  linalg::CsrMatrix attributes{5, 2, {0, 1, 3, 4, 4, 4}, {0, 0, 1, 1}, {1, 0.7F, 0.7F, 1}};
  linalg::Matrix content{5, 3};
  linalg::Matrix turned;
  MachineInputs inputs{&attributes, content.View(), {}};
  MachineWeights weights;
  std::vector<MachinePair> pairs = {{0, 1, 2}, {0, 3, 1}, {1, 2, 4}, {2, 0, 1}, {2, 1, 3}};
};

TEST(MachineWeights, CombineIsTheSumOverAllPairsOfInputs) {
  SmallMachine machine;
  const auto combined = Combine(machine.weights, machine.inputs);
  auto& weights = machine.weights;
  for (std::uint32_t user = 0; user < 3; ++user) {
    for (std::uint32_t item = 0; item < 5; ++item) {
      // Every input of (user, item): its value, and its vector.
      std::vector<std::pair<double, std::vector<float>>> inputs;
      const auto add = [&](double x, std::span<const float> v) {
        inputs.emplace_back(x, std::vector<float>(v.begin(), v.end()));
      };
      add(1, weights.users.Row(user));
      add(1, weights.items.Row(item));
      double y = double{weights.item_weights[item]};
      for (std::size_t k = 0; k < machine.attributes.ColumnsOf(item).size(); ++k) {
        const auto token = machine.attributes.ColumnsOf(item)[k];
        const double x = double{machine.attributes.ValuesOf(item)[k]};
        add(x, weights.attributes.Row(token));
        y += x * double{weights.attribute_weights[token]};
      }
      for (std::size_t i = 0; i < 3; ++i) {
        std::vector<float> vector;
        for (std::size_t k = 0; k < 4; ++k) vector.push_back(weights.content(k, i));
        const double x = double{machine.content(item, i)};
        add(x, vector);
        y += x * double{weights.content_weights[i]};
      }
      for (std::size_t a = 0; a < inputs.size(); ++a) {
        for (std::size_t b = a + 1; b < inputs.size(); ++b) {
          y += inputs[a].first * inputs[b].first *
               double{linalg::Dot(inputs[a].second, inputs[b].second)};
        }
      }
      EXPECT_NEAR(
          combined.bias[item] + linalg::Dot(weights.users.Row(user), combined.vectors.Row(item)),
          y,
          1e-4);
    }
  }
}

TEST(MachineWeights, GradientEqualsTheNumericalDerivative) {
  for (const auto loss : {MachineLoss::kPairwise, MachineLoss::kLogistic}) {
    SmallMachine machine;
    auto gradient = Filled(machine.weights, 0);
    auto unused = gradient;
    LossAndGradient(machine.weights, machine.inputs, machine.pairs, loss, gradient);
    const auto slopes = gradient.Arrays();
    const auto values = machine.weights.Arrays();
    for (std::size_t array = 0; array < values.size(); ++array) {
      for (std::size_t i = 0; i < values[array].size(); ++i) {
        constexpr float kStep = 0.01F;
        const float before = values[array][i];
        values[array][i] = before + kStep;
        const double above =
            LossAndGradient(machine.weights, machine.inputs, machine.pairs, loss, unused);
        values[array][i] = before - kStep;
        const double below =
            LossAndGradient(machine.weights, machine.inputs, machine.pairs, loss, unused);
        values[array][i] = before;
        EXPECT_NEAR(slopes[array][i], (above - below) / (2 * double{kStep}), 2e-4)
            << array << ' ' << i;
      }
    }
  }
}

TEST(MachineTraining, LossFalls) {
  const auto positives = WeighedPositives(Crowd(200, 100, 20), 0);
  const linalg::CsrMatrix attributes{100, 0, std::vector<std::size_t>(101), {}, {}};
  MachineTraining training(positives, {&attributes, {nullptr, 100, 0, 0}}, {}, 1);
  const double first = training.Pass();
  double last = 0;
  for (int pass = 0; pass < 10; ++pass) last = training.Pass();
  EXPECT_LT(last, 0.8 * first);
}

/// Ratings of rank 2 with biases and a little noise; a fifth is kept for judging.
struct Ratings {
  Ratings() {
    Random random(21);
    linalg::Matrix users(300, 2);
    linalg::Matrix items(120, 2);
    std::vector<float> item_bias(120);
    for (auto* matrix : {&users, &items}) {
      for (std::size_t i = 0; i < matrix->rows() * 2; ++i)
        matrix->data()[i] = static_cast<float>(random.Normal());
    }
    for (auto& bias : item_bias) bias = static_cast<float>(0.5 * random.Normal());
    std::vector<data::Interactions::Row> rows;
    for (UserIndex user = 0; user < 300; ++user) {
      for (ItemIndex item = 0; item < 120; ++item) {
        if (!random.Bernoulli(0.4)) continue;
        const float rating = 3 + item_bias[item] + linalg::Dot(users.Row(user), items.Row(item)) +
                             static_cast<float>(0.1 * random.Normal());
        if (random.Bernoulli(0.2)) {
          test.push_back({user, {item, rating, 0}});
        } else {
          rows.push_back({user, {item, rating, static_cast<TimeMs>(item)}});
        }
      }
    }
    train = data::Interactions(300, 120, std::move(rows));
  }
  data::Interactions train;
  std::vector<data::Interactions::Row> test;
};

TEST(BiasedMf, PredictsRatingsItHasNotSeen) {
  const Ratings ratings;
  const auto recommender =
      *MakeRecommender("biased_mf", {{"factors", "4"}, {"regularization", "0.02"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&ratings.train, nullptr, 0, 1}, progress));
  std::vector<float> scores(120);
  double squared = 0;
  UserIndex last = kNoIndex;
  for (const auto& row : ratings.test) {
    if (row.user != last) {
      ASSERT_TRUE(recommender->Score({kNoIndex, ratings.train.OfUser(row.user)}, scores));
      last = row.user;
    }
    squared += std::pow(double{row.interaction.weight} - double{scores[row.interaction.item]}, 2);
  }
  // The ratings themselves deviate by 1.5 from their mean, the noise is 0.1.
  EXPECT_LT(std::sqrt(squared / static_cast<double>(ratings.test.size())), 0.3);
}

TEST(BiasedMf, ContributionsAddUpToTheScore) {
  const Ratings ratings;
  const auto recommender = *MakeRecommender("biased_mf", {{"factors", "4"}});
  SilentProgress progress;
  ASSERT_TRUE(recommender->Fit({&ratings.train, nullptr, 0, 1}, progress));
  // A user with one rating far above what was to be expected: all that is known speaks up.
  const std::vector<data::Interaction> history = {{5, 9, 1}};
  std::vector<float> scores(120);
  std::vector<float> base(120);
  ASSERT_TRUE(recommender->Score({kNoIndex, history}, scores));
  const std::vector<data::Interaction> lower = {{5, 8, 1}};
  ASSERT_TRUE(recommender->Score({kNoIndex, lower}, base));
  // The prediction is linear in the rating: what one point more adds is a share of the evidence.
  const auto evidence = recommender->Explain({kNoIndex, history}, 5, 10);
  ASSERT_FALSE(evidence.empty());
  const auto less = recommender->Explain({kNoIndex, lower}, 5, 10);
  EXPECT_EQ(evidence[0].kind, Evidence::Kind::kPastItem);
  EXPECT_NEAR(evidence[0].contribution - less[0].contribution, scores[5] - base[5], 1e-4);
}

}  // namespace
}  // namespace medley::recommenders
