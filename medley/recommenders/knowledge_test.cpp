#include "medley/recommenders/knowledge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/data/catalogue.h"
#include "medley/data/interactions.h"
#include "medley/data/triple.h"
#include "medley/graph/knowledge_builder.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/entity_vectors.h"
#include "medley/recommenders/item_entities.h"
#include "medley/recommenders/path_weights.h"

namespace medley::recommenders {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;

data::Item Film(std::string id, Json attributes, std::vector<std::string> categories = {}) {
  data::Item item;
  item.id = std::move(id);
  item.kind = "film";
  item.title = "Film " + item.id;
  item.categories = std::move(categories);
  item.attributes = std::move(attributes);
  return item;
}

std::shared_ptr<const graph::KnowledgeGraph> GraphOf(
    const std::vector<data::Item>& items, const std::vector<data::Triple>& triples = {}) {
  const std::vector<std::uint8_t> visible(items.size(), 1);
  graph::KnowledgeGraphBuilder builder(items, visible);
  for (const auto& triple : triples) builder.Add(triple);
  return std::move(builder).Build();
}

std::vector<std::string> KeysOf(const ItemEntities& entities, ItemIndex item) {
  std::vector<std::string> keys;
  for (const auto entity : entities.OfItem(item)) keys.push_back(entities.entities()[entity].key);
  std::ranges::sort(keys);
  return keys;
}

TEST(ItemEntities, AreTheSameFromTheGraphAndFromAttributes) {
  const std::vector<data::Item> items = {
      Film("1",
           {{"director", "Ridley Scott"}, {"actors", "Tom Skerritt, Sigourney Weaver"}},
           {"Horror"})};
  const auto graph = GraphOf(items);
  ItemFeatures features;
  features.attribute_names = {"director=RIDLEY SCOTT",
                              "actors=Tom Skerritt, Sigourney Weaver",
                              "category=Horror",
                              "writer=N/A",
                              "decade=1970s"};
  features.attributes = {{}, {0, 1, 2, 3, 4}};
  features.graph = graph.get();
  ItemEntities entities;
  entities.Extend(features);
  ASSERT_EQ(entities.n_items(), 2U);
  const std::vector<std::string> known = {
      "actor=sigourney weaver", "actor=tom skerritt", "director=ridley scott", "genre=horror"};
  EXPECT_EQ(KeysOf(entities, 0), known);
  // The second came after the graph was made: its attributes say it, and what the graph can't.
  EXPECT_THAT(KeysOf(entities, 1),
              ElementsAre("actor=sigourney weaver",
                          "actor=tom skerritt",
                          "decade=1970s",
                          "director=ridley scott",
                          "genre=horror"));
  const auto director = entities.Find("director=ridley scott");
  EXPECT_EQ(entities.entities()[director].shown, "director=Ridley Scott");
}

TEST(ItemEntities, JoinsBothEndsOfAStatementBetweenItems) {
  const std::vector<data::Item> items = {Film("1", Json::object()), Film("2", Json::object())};
  data::Triple triple;
  triple.head.text = "1";
  triple.head.kind = data::TripleEnd::Kind::kItem;
  triple.relation = "sequel";
  triple.tail.text = "2";
  triple.tail.kind = data::TripleEnd::Kind::kItem;
  const auto graph = GraphOf(items, {triple});
  ItemFeatures features;
  features.attributes.resize(2);
  features.graph = graph.get();
  ItemEntities entities;
  entities.Extend(features);
  EXPECT_THAT(KeysOf(entities, 0), ElementsAre("sequel=#2"));
  EXPECT_EQ(KeysOf(entities, 0), KeysOf(entities, 1));
}

TEST(PathWeights, FindsWhatCountsAndLeavesOutWhatCountsAgainst) {
  // Column 0 tells what was chosen, column 1 is noise, column 2 speaks against, column 3 is empty.
  Random random(3);
  linalg::Matrix differences(2000, 4);
  for (std::size_t row = 0; row < differences.rows(); ++row) {
    differences(row, 0) = static_cast<float>(0.7 + random.Normal());
    differences(row, 1) = static_cast<float>(random.Normal());
    differences(row, 2) = static_cast<float>(-0.5 + random.Normal());
  }
  const auto w = LearnPathWeights(differences, 1e-6);
  // Two normals of variance 1 whose means differ by m: the likeliest weight is 2 m.
  EXPECT_NEAR(w[0], 1.4, 0.15);
  EXPECT_LT(w[1], 0.1);
  EXPECT_EQ(w[2], 0);
  EXPECT_EQ(w[3], 0);
  EXPECT_THAT(LearnPathWeights(linalg::Matrix(0, 2), 1e-6), ElementsAre(0, 0));
}

TEST(PathWeights, StaysFiniteWhereOneReasonTellsAll) {
  const linalg::Matrix differences(10, 1, 5.0F);
  const auto w = LearnPathWeights(differences, 1e-4);
  EXPECT_THAT(w[0], Gt(0.5));
  EXPECT_TRUE(std::isfinite(w[0]));
}

TEST(EntityVectors, BringTogetherWhatGoesTogetherElsewhere) {
  // Columns 0 and 1 stand in the same rows, 2 and 3 in others; rows 4 and 5 have one each.
  std::vector<linalg::Triplet> triplets;
  for (std::uint32_t row = 0; row < 4; ++row) {
    triplets.push_back({row, row < 2 ? 0U : 2U, 1});
    triplets.push_back({row, row < 2 ? 1U : 3U, 1});
  }
  triplets.push_back({4, 0, 1});
  triplets.push_back({5, 1, 1});
  const auto rows = linalg::FromTriplets(6, 4, std::move(triplets));
  const auto vectors = EntityVectors(rows, 2, 1);
  ASSERT_EQ(vectors.rows(), 4U);
  ASSERT_EQ(vectors.cols(), 2U);
  const auto dot = [&](std::size_t a, std::size_t b) {
    return double{vectors(a, 0)} * double{vectors(b, 0)} +
           double{vectors(a, 1)} * double{vectors(b, 1)};
  };
  EXPECT_GT(dot(0, 1), 0.4);
  EXPECT_LT(std::abs(dot(0, 2)), 1e-3);
  EXPECT_EQ(
      EntityVectors(linalg::CsrMatrix{.rows = 2, .cols = 2, .starts = {0, 0, 0}}, 2, 1).cols(), 0U);
}

/// Films of two directors and two countries; people choose by the director alone.
struct Films {
  static constexpr std::size_t kUsers = 60;
  static constexpr std::size_t kItems = 24;
  Films() {
    features.attribute_names = {
        "director=Ana Lind", "director=Bo Ek", "country=Norway", "country=Peru"};
    Random random(5);
    for (std::uint32_t item = 0; item < kItems; ++item)
      features.attributes.push_back({item % 2, 2 + static_cast<std::uint32_t>(random.Below(2))});
    std::vector<data::Interactions::Row> rows;
    for (UserIndex user = 0; user < kUsers; ++user) {
      for (int i = 0; i < 5; ++i) {
        // Nobody met the last two.
        const auto item = static_cast<ItemIndex>(2 * random.Below(kItems / 2 - 1) + user % 2);
        rows.push_back({user, {item, 1, i + 1}});
      }
    }
    interactions = data::Interactions(kUsers, kItems, std::move(rows));
  }
  std::unique_ptr<Knowledge> Fitted() const {
    auto model = std::make_unique<Knowledge>(
        *Parameters::FromText(KnowledgeKind().parameters, {{"dimensions", "0"}}));
    SilentProgress progress;
    EXPECT_TRUE(model->Fit({&interactions, &features, 0, 1}, progress));
    return model;
  }
  ItemFeatures features;
  data::Interactions interactions;
};

TEST(Knowledge, LearnsWhichRelationPeopleChooseBy) {
  const Films films;
  const auto model = films.Fitted();
  double director = 0;
  double country = 0;
  for (const auto& [reason, weight] : model->Weights()) {
    if (reason == "director") director = weight;
    if (reason == "country") country = weight;
  }
  EXPECT_GT(director, 5 * country);
  EXPECT_GT(director, 0.5);
}

TEST(Knowledge, SaysThePathWithTheItemAtItsOtherEnd) {
  const Films films;
  const auto model = films.Fitted();
  const std::vector<data::Interaction> history = {{0, 1, 1}, {2, 1, 2}, {1, -1, 3}};
  const auto evidence = model->Explain({kNoIndex, history}, 4, 3);
  ASSERT_FALSE(evidence.empty());
  EXPECT_EQ(evidence[0].kind, Evidence::Kind::kAttribute);
  EXPECT_EQ(evidence[0].attribute, "director=Ana Lind");
  EXPECT_EQ(evidence[0].item, 2U);  // the later of two that share it alike
  EXPECT_EQ(evidence[0].count, 2);
  for (const auto& one : model->Explain({kNoIndex, history}, 5, 3))
    EXPECT_NE(one.attribute, "director=Bo Ek");
}

TEST(Knowledge, ScoresWhatNobodyHasMetAndWhatCameLater) {
  Films films;
  const auto model = films.Fitted();
  const std::vector<data::Interaction> history = {{0, 1, 1}};
  std::vector<float> scores(model->n_items());
  ASSERT_TRUE(model->Score({kNoIndex, history}, scores));
  EXPECT_GT(scores[22], scores[23]);
  auto later = films.features;
  later.attributes.push_back({0});
  later.attributes.push_back({1});
  later.attributes.emplace_back();
  const auto grown = model->Grown(later);
  std::vector<float> more(grown->n_items());
  ASSERT_TRUE(grown->Score({kNoIndex, history}, more));
  ASSERT_EQ(more.size(), Films::kItems + 3);
  EXPECT_EQ(std::vector<float>(more.begin(), more.end() - 3), scores);
  EXPECT_GT(more[Films::kItems], more[Films::kItems + 1]);
  EXPECT_EQ(more[Films::kItems + 2], -std::numeric_limits<float>::infinity());
}

TEST(Knowledge, NeedsSomethingThatItemsShare) {
  Films films;
  for (std::uint32_t item = 0; item < Films::kItems; ++item) films.features.attributes[item] = {};
  Knowledge model(*Parameters::FromText(KnowledgeKind().parameters, {}));
  SilentProgress progress;
  const auto fitted = model.Fit({&films.interactions, &films.features, 0, 1}, progress);
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(model.Fit({&films.interactions, nullptr, 0, 1}, progress));
}

}  // namespace
}  // namespace medley::recommenders
