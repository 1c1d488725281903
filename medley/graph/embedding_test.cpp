#include "medley/graph/embedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/data/interactions.h"
#include "medley/graph/content.h"
#include "medley/graph/contrast.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/product.h"

namespace medley::graph {
namespace {

constexpr std::size_t kItems = 60;

linalg::Matrix Draw(Random& random, std::size_t rows, std::size_t cols) {
  linalg::Matrix out(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) out.data()[i] = static_cast<float>(random.Normal());
  return out;
}

// Users of three tastes; nobody ever met the last six items.
InteractionGraph Tastes() {
  Random random(5);
  std::vector<data::Interactions::Row> rows;
  for (UserIndex user = 0; user < 150; ++user) {
    for (int i = 0; i < 5; ++i)
      rows.push_back({user, {static_cast<ItemIndex>(random.Below(kItems / 3 - 2) * 3 + user % 3)}});
  }
  return InteractionGraph(data::Interactions(150, kItems, std::move(rows)), {}, 0);
}

Content Telling() {
  Random random(6);
  Content out{"image", linalg::Matrix(kItems, 4), {}};
  for (std::size_t item = 0; item < kItems; ++item) {
    for (auto& value : out.dense.Row(item)) value = static_cast<float>(0.2 * random.Normal());
    out.dense(item, item % 3) += 1;
  }
  return out;
}

float Score(const Embedding& of, std::size_t past, std::size_t item) {
  linalg::Matrix rows(2, of.bilinear.rows());
  for (const auto& part : of.parts) {
    linalg::Axpy(1, part.Row(past), rows.Row(0));
    linalg::Axpy(1, part.Row(item), rows.Row(1));
  }
  linalg::Matrix asked(2, rows.cols());
  linalg::Times(rows.View(), of.bilinear.View(), asked.View());
  return linalg::Dot(asked.Row(0), rows.Row(1)) + of.bias[item];
}

EmbeddingSettings Small() {
  EmbeddingSettings out;
  out.dimension = 8;
  out.epochs = 60;
  out.batch = 50;
  out.learning_rate = 0.01;
  return out;
}

TEST(Embedding, LearnsTastesAndCarriesThemToItemsNobodyHasMet) {
  const auto graph = Tastes();
  const std::vector<Content> contents = {Telling()};
  SilentProgress progress;
  const auto trained = TrainEmbedding(graph, contents, Small(), progress);
  ASSERT_EQ(trained.parts.size(), 2U);
  ASSERT_EQ(trained.losses.size(), 60U);
  EXPECT_LT(trained.losses.back(), trained.losses.front() - 0.5);
  int right = 0;
  for (std::size_t item = 0; item < kItems - 6; ++item) {
    const std::size_t other = (item / 3 + 1) * 3 % (kItems - 6) + item % 3;
    right += Score(trained, item, other) > Score(trained, item, (other + 1) % (kItems - 6)) ? 1 : 0;
  }
  EXPECT_GT(right, 50);
  // 54 .. 59 have content alone.
  EXPECT_EQ(linalg::SquaredNorm(trained.parts[0].Row(57)), 0);
  EXPECT_GT(Score(trained, 0, 57), Score(trained, 0, 58));
  EXPECT_GT(Score(trained, 1, 58), Score(trained, 1, 57));
}

TEST(Embedding, DrawsCandidatesWhereTheItemsAreTooMany) {
  const auto graph = Tastes();
  auto settings = Small();
  settings.candidates = 20;
  SilentProgress progress;
  const auto trained = TrainEmbedding(graph, {}, settings, progress);
  EXPECT_LT(trained.losses.back(), trained.losses.front() - 0.3);
}

TEST(Embedding, IsAsDrawnWhereNobodyHasTwoItems) {
  const InteractionGraph graph(data::Interactions(2, 3, {{0, {0}}, {1, {1}}}), {}, 0);
  SilentProgress progress;
  const auto trained = TrainEmbedding(graph, {}, Small(), progress);
  EXPECT_TRUE(trained.losses.empty());
  EXPECT_EQ(trained.parts.front().rows(), 3U);
}

// The slope of the loss along each number, by hand and by formula.
TEST(Contrast, HasTheGradientOfItsLoss) {
  Random random(7);
  auto a = Draw(random, 6, 5);
  auto b = Draw(random, 6, 5);
  for (auto& value : a.Row(3)) value = 0;  // left out
  const auto loss = [&] {
    linalg::Matrix of_a(6, 5);
    linalg::Matrix of_b(6, 5);
    return AddContrast(a.View(), b.View(), 0.5, 1, of_a.View(), of_b.View());
  };
  linalg::Matrix of_a(6, 5);
  linalg::Matrix of_b(6, 5);
  AddContrast(a.View(), b.View(), 0.5, 1, of_a.View(), of_b.View());
  constexpr float kStep = 1e-2F;
  for (auto [matrix, gradient] : {std::pair{&a, &of_a}, std::pair{&b, &of_b}}) {
    for (std::size_t row = 0; row < 6; ++row) {
      for (std::size_t i = 0; i < 5; ++i) {
        if (row == 3) {
          EXPECT_EQ((*gradient)(row, i), 0);
          continue;
        }
        float& value = (*matrix)(row, i);
        const float before = value;
        value = before + kStep;
        const double above = loss();
        value = before - kStep;
        const double below = loss();
        value = before;
        EXPECT_NEAR((*gradient)(row, i), (above - below) / (2 * double{kStep}), 2e-3) << row << i;
      }
    }
  }
}

TEST(Product, AgreesWithTheDefinition) {
  Random random(8);
  const auto a = Draw(random, 300, 7);
  const auto b = Draw(random, 7, 9);
  const auto c = Draw(random, 300, 9);
  linalg::Matrix ab(300, 9);
  linalg::Matrix ac(7, 9);
  linalg::Times(a.View(), b.View(), ab.View());
  linalg::TransposedTimes(a.View(), c.View(), ac.View());
  double expected = 0;
  for (std::size_t k = 0; k < 7; ++k) expected += double{a(299, k)} * double{b(k, 4)};
  EXPECT_NEAR(ab(299, 4), expected, 1e-4);
  expected = 0;
  for (std::size_t k = 0; k < 300; ++k) expected += double{a(k, 6)} * double{c(k, 8)};
  EXPECT_NEAR(ac(6, 8), expected, 1e-3);
}

}  // namespace
}  // namespace medley::graph
