#include "medley/text/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/text/keywords.h"
#include "medley/text/topics.h"
#include "medley/text/word_vectors.h"

namespace medley::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Sentences = std::vector<std::vector<std::string>>;

Corpus CorpusOf(const std::vector<Sentences>& documents) {
  Corpus corpus;
  for (const auto& document : documents) corpus.Add(document);
  return corpus;
}

TEST(Corpus, CountsDocumentsAndDropsRareWords) {
  Corpus corpus = CorpusOf({{{"a", "b"}, {"a", "c"}}, {{"b"}}, {{"b", "d", "a"}}});
  EXPECT_EQ(corpus.n_words(), 4U);
  EXPECT_EQ(corpus.DocumentCount(corpus.Find("a")), 2U);
  EXPECT_EQ(corpus.DocumentCount(corpus.Find("b")), 3U);
  EXPECT_GT(corpus.InverseFrequency("c"), corpus.InverseFrequency("a"));
  EXPECT_DOUBLE_EQ(corpus.InverseFrequency("b"), 1);
  EXPECT_DOUBLE_EQ(corpus.InverseFrequency("unknown"), std::log(4.0) + 1);
  corpus.DropRareWords(2);
  ASSERT_EQ(corpus.n_words(), 2U);
  EXPECT_EQ(corpus.Find("c"), corpus.n_words());
  const auto a = static_cast<std::uint32_t>(corpus.Find("a"));
  const auto b = static_cast<std::uint32_t>(corpus.Find("b"));
  EXPECT_THAT(corpus.documents()[0].words, ElementsAre(a, b, a));
  EXPECT_THAT(corpus.documents()[0].sentence_ends, ElementsAre(2, 3));
  EXPECT_THAT(corpus.documents()[2].words, ElementsAre(b, a));
}

TEST(Keywords, AreFrequentHereAndRareElsewhere) {
  const Corpus background = CorpusOf({{{"good", "lens"}}, {{"good"}}, {{"good"}}, {{"good"}}});
  const auto keywords =
      KeywordsByFrequency(Sentences{{"good", "lens"}, {"good", "lens"}}, background, 5);
  ASSERT_EQ(keywords.size(), 2U);
  EXPECT_EQ(keywords[0].term, "lens");
  EXPECT_DOUBLE_EQ(keywords[0].score, 1);
  // log(5 / 2) + 1 against 1.
  EXPECT_NEAR(keywords[1].score, 1 / (std::log(2.5) + 1), 1e-12);
  EXPECT_THAT(KeywordsByFrequency({}, background, 5), IsEmpty());
}

TEST(Keywords, ByTextRankStandBesideOthers) {
  // A star: each leaf touches the centre alone.
  const Sentences star = {{"a", "hub"}, {"b", "hub"}, {"c", "hub"}, {"d", "hub"}};
  const auto keywords = KeywordsByTextRank(star, 3);
  ASSERT_EQ(keywords.size(), 3U);
  EXPECT_EQ(keywords[0].term, "hub");
  EXPECT_EQ(keywords[1].term, "a");
  // The fixed point: hub = .15 + .85 * 4 leaf, leaf = .15 + .85 hub / 4.
  const double hub = (0.15 + 0.85 * 4 * 0.15) / (1 - 0.85 * 0.85);
  EXPECT_NEAR(keywords[1].score, (0.15 + 0.85 * hub / 4) / hub, 1e-5);
  EXPECT_THAT(KeywordsByTextRank({}, 3), IsEmpty());
  EXPECT_EQ(KeywordsByTextRank(Sentences{{"alone", "alone"}}, 3).size(), 1U);
}

/// Documents of two topics, words 0..9 and 10..19.
std::vector<std::vector<std::uint32_t>> TwoTopics(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<std::uint32_t>> documents(n);
  for (std::size_t d = 0; d < n; ++d) {
    for (int i = 0; i < 30; ++i)
      documents[d].push_back(static_cast<std::uint32_t>(random.Below(10) + (d % 2) * 10));
  }
  return documents;
}

TEST(TopicModel, FindsTheTopicsThatWereDrawn) {
  const auto documents = TwoTopics(60, 1);
  const auto model = TopicModel::Fit(documents, 20, {.n_topics = 2});
  const std::size_t first = model.words()(0, 0) > model.words()(1, 0) ? 0 : 1;
  for (std::size_t w = 0; w < 20; ++w) {
    const float own = model.words()(w < 10 ? first : 1 - first, w);
    EXPECT_NEAR(own, 0.1, 0.04) << w;
    EXPECT_LT(model.words()(w < 10 ? 1 - first : first, w), 0.001) << w;
  }
  EXPECT_NEAR(model.shares()[0], 0.5, 0.02);
  EXPECT_GT(model.TopicsOf(documents[0])[first], 0.95);
  // One of ten words once the topic is known, one of twenty before.
  const auto unseen = TwoTopics(20, 2);
  EXPECT_NEAR(model.HeldOutPerplexity(unseen), 10, 0.6);
  EXPECT_NEAR(model.UnigramPerplexity(unseen), 20, 0.6);
}

TEST(TopicModel, TakesEmptyDocuments) {
  const std::vector<std::vector<std::uint32_t>> documents = {{}, {0, 1}, {}};
  const auto model = TopicModel::Fit(documents, 2, {.n_topics = 3, .rounds = 5});
  EXPECT_NEAR(model.TopicsOf({})[0], 1.0 / 3, 1e-6);
  EXPECT_EQ(model.HeldOutPerplexity(std::vector<std::vector<std::uint32_t>>{{}, {0}}), 0);
}

TEST(WordVectors, PutWordsOfLikeUseTogether) {
  // "cat" and "dog" never stand together, but beside the same words; so do "car" and "bus".
  Random random(3);
  Corpus corpus;
  const std::vector<std::string> animals = {"cat", "dog"};
  const std::vector<std::string> cars = {"car", "bus"};
  const std::vector<std::string> near_animals = {"fur", "paw", "tail", "purr", "milk", "bone"};
  const std::vector<std::string> near_cars = {"wheel", "road", "fuel", "seat", "horn", "gear"};
  for (int d = 0; d < 400; ++d) {
    const bool animal = d % 2 == 0;
    const auto& neighbours = animal ? near_animals : near_cars;
    Sentences document(1);
    for (int i = 0; i < 4; ++i) document[0].push_back(neighbours[random.Below(6)]);
    document[0].insert(document[0].begin() + 2, (animal ? animals : cars)[random.Below(2)]);
    corpus.Add(document);
  }
  const WordVectorSettings settings{.dimension = 16, .rounds = 20, .frequent = 1};
  const auto vectors = WordVectors::Fit(corpus, settings, CancelToken());
  const auto cosine = [&](const char* a, const char* b) {
    for (const auto& [word, value] : vectors.Similar(corpus.Find(a), corpus.n_words())) {
      if (corpus.word(word) == b) return value;
    }
    return -2.0F;
  };
  EXPECT_GT(cosine("cat", "dog"), 0.8F);
  EXPECT_GT(cosine("car", "bus"), 0.8F);
  EXPECT_LT(cosine("cat", "bus"), 0.4F);
  const auto again = WordVectors::Fit(corpus, settings, CancelToken());
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(again.vectors()(0, i), vectors.vectors()(0, i));
}

TEST(WordVectors, OfNoWordsAreNone) {
  EXPECT_EQ(WordVectors::Fit(Corpus(), {}, CancelToken()).vectors().rows(), 0U);
}

}  // namespace
}  // namespace medley::text
