#include "medley/text/keywords.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/text/corpus.h"

namespace medley::text {
namespace {

std::unordered_map<std::string, std::size_t> Counts(
    std::span<const std::vector<std::string>> sentences) {
  std::unordered_map<std::string, std::size_t> counts;
  for (const auto& sentence : sentences) {
    for (const auto& term : sentence) ++counts[term];
  }
  return counts;
}

std::vector<Keyword> Best(std::vector<Keyword> keywords, std::size_t limit) {
  const std::size_t kept = std::min(limit, keywords.size());
  std::ranges::partial_sort(keywords,
                            keywords.begin() + static_cast<std::ptrdiff_t>(kept),
                            [](const Keyword& a, const Keyword& b) {
                              return a.score != b.score ? a.score > b.score : a.term < b.term;
                            });
  keywords.resize(kept);
  if (!keywords.empty() && keywords[0].score > 0) {
    const double best = keywords[0].score;
    for (auto& keyword : keywords) keyword.score /= best;
  }
  return keywords;
}

struct Neighbour {
  std::uint32_t word;
  float weight;
};
using Graph = std::vector<std::vector<Neighbour>>;

/// For every word the words near it, with how often they are.
Graph NeighbourGraph(std::span<const std::vector<std::string>> sentences,
                     const std::unordered_map<std::string, std::uint32_t>& numbers) {
  constexpr std::size_t kWindow = 5;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (const auto& sentence : sentences) {
    std::vector<std::uint32_t> words;
    for (const auto& term : sentence) {
      if (const auto found = numbers.find(term); found != numbers.end())
        words.push_back(found->second);
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::size_t j = i + 1; j < std::min(words.size(), i + kWindow); ++j) {
        if (words[i] == words[j]) continue;
        pairs.emplace_back(words[i], words[j]);
        pairs.emplace_back(words[j], words[i]);
      }
    }
  }
  std::ranges::sort(pairs);
  Graph graph(numbers.size());
  for (const auto& [from, to] : pairs) {
    auto& own = graph[from];
    if (!own.empty() && own.back().word == to)
      ++own.back().weight;
    else
      own.push_back({to, 1});
  }
  return graph;
}

std::vector<double> PageRank(const Graph& graph) {
  constexpr double kDamping = 0.85;
  constexpr int kMostRounds = 100;
  constexpr double kSettled = 1e-6;
  std::vector<double> out(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const auto& neighbour : graph[i]) out[i] += neighbour.weight;
  }
  std::vector<double> rank(graph.size(), 1);
  for (int round = 0; round < kMostRounds; ++round) {
    double change = 0;
    std::vector<double> next(graph.size(), 1 - kDamping);
    for (std::size_t i = 0; i < graph.size(); ++i) {
      for (const auto& [word, weight] : graph[i])
        next[i] += kDamping * rank[word] * weight / out[word];
      change = std::max(change, std::abs(next[i] - rank[i]));
    }
    rank = std::move(next);
    if (change < kSettled) break;
  }
  return rank;
}

}  // namespace

std::vector<Keyword> KeywordsByFrequency(std::span<const std::vector<std::string>> sentences,
                                         const Corpus& collection,
                                         std::size_t limit) {
  std::vector<Keyword> keywords;
  for (const auto& [term, count] : Counts(sentences))
    keywords.push_back({term, static_cast<double>(count) * collection.InverseFrequency(term)});
  return Best(std::move(keywords), limit);
}

std::vector<Keyword> KeywordsByTextRank(std::span<const std::vector<std::string>> sentences,
                                        std::size_t limit) {
  constexpr std::size_t kMostWords = 20'000;
  std::vector<Keyword> frequent;
  for (const auto& [term, count] : Counts(sentences))
    frequent.push_back({term, static_cast<double>(count)});
  frequent = Best(std::move(frequent), kMostWords);
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (const auto& keyword : frequent)
    numbers.emplace(keyword.term, static_cast<std::uint32_t>(numbers.size()));
  const auto rank = PageRank(NeighbourGraph(sentences, numbers));
  for (std::size_t i = 0; i < frequent.size(); ++i) frequent[i].score = rank[i];
  return Best(std::move(frequent), limit);
}

}  // namespace medley::text
