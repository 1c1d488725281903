#include "medley/alignment/cross_modal_attention.h"

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/random.h"
#include "medley/linalg/matrix.h"

namespace medley::alignment {
namespace {

constexpr const char* kQuery = "attend/query";
constexpr const char* kKey = "attend/key";
constexpr const char* kValue = "attend/value";
constexpr const char* kOut = "attend/out";

/// How far the maps that carry values are from the identity at the start.
constexpr double kNoise = 0.1;

std::string TokenMap(std::size_t slot, std::size_t token) {
  return "attend/token/" + std::to_string(slot) + "/" + std::to_string(token);
}

std::vector<std::string> Names(std::size_t slots) {
  std::vector<std::string> names = {kQuery, kKey, kValue, kOut};
  for (std::size_t slot = 0; slot < slots; ++slot) {
    for (std::size_t token = 0; token < CrossModalAttention::kTokens; ++token)
      names.push_back(TokenMap(slot, token));
  }
  return names;
}

}  // namespace

void CrossModalAttention::Draw(std::size_t slots,
                               std::size_t dimension,
                               const Random& random,
                               Weights& weights) {
  const double deviation = 1 / std::sqrt(static_cast<double>(dimension));
  for (const auto& name : Names(slots)) {
    const bool asks = name == kQuery || name == kKey;
    weights[name] =
        DrawNormal(dimension, dimension, asks ? deviation : kNoise * deviation, random.Fork(name));
    for (std::size_t i = 0; !asks && i < dimension; ++i) weights[name](i, i) += 1;
  }
}

bool CrossModalAttention::Fits(std::size_t slots, std::size_t dimension, const Weights& weights) {
  for (const auto& name : Names(slots)) {
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.rows() != dimension ||
        found->second.cols() != dimension)
      return false;
  }
  return true;
}

Tape::Node CrossModalAttention::Attend(Tape& tape,
                                       const Weights& weights,
                                       Tape::Node text,
                                       std::span<const Source> sources,
                                       std::vector<std::vector<float>>* attention) {
  if (sources.empty()) return text;
  const auto map = [&](Tape::Node x, const std::string& name) {
    return tape.Linear(x, weights.find(name)->second);
  };
  const std::size_t head = tape.Value(text).cols() / kHeads;
  // Unit vectors have entries of 1 / sqrt(dimension): without this all heads would weigh alike.
  const float scale = std::sqrt(static_cast<float>(head)) * static_cast<float>(kHeads);
  const Tape::Node query = map(text, kQuery);
  std::vector<Tape::Node> scores;
  std::vector<Tape::Node> values;
  std::vector<std::vector<float>> factors;
  for (const auto& source : sources) {
    for (std::size_t token = 0; token < kTokens; ++token) {
      const Tape::Node one = map(source.vectors, TokenMap(source.slot, token));
      scores.push_back(tape.HeadDots(query, map(one, kKey), kHeads, scale));
      values.push_back(map(one, kValue));
      factors.emplace_back(source.factors.begin(), source.factors.end());
    }
  }
  const auto shares = tape.SoftmaxAcross(scores, factors);
  Tape::Node sum = tape.HeadScale(values[0], shares[0]);
  for (std::size_t i = 1; i < values.size(); ++i)
    sum = tape.Add(sum, tape.HeadScale(values[i], shares[i]));
  if (attention != nullptr) {
    attention->assign(sources.size(), std::vector<float>(tape.Value(text).rows(), 0.0F));
    for (std::size_t i = 0; i < shares.size(); ++i) {
      for (std::size_t row = 0; row < tape.Value(text).rows(); ++row) {
        for (const float share : tape.Value(shares[i]).Row(row))
          (*attention)[i / kTokens][row] += share / static_cast<float>(kHeads);
      }
    }
  }
  return tape.Add(text, map(sum, kOut));
}

}  // namespace medley::alignment
