#include "medley/alignment/word_space.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/alignment/heads.h"
#include "medley/alignment/space.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/product.h"
#include "medley/linalg/solve.h"
#include "medley/text/terms.h"
#include "medley/training/softmax.h"
#include "medley/training/weights_file.h"

namespace medley::alignment {
namespace {

constexpr std::string_view kKind = "word_space";
constexpr const char* kFile = "words.weights";
constexpr std::string_view kMap = "map/";
constexpr std::string_view kBias = "bias/";
constexpr std::string_view kMean = "mean/";
constexpr std::size_t kLeastExamples = 20;
constexpr std::size_t kLeastItems = 2;  // of a word
constexpr std::size_t kBlock = 256;

/// Words and labels of an item, each once.
std::set<std::string> ConceptsOf(const Said& said) {
  std::set<std::string> concepts;
  text::ForEachTerm(
      said.text, text::TermUse::kDocument, [&](std::string_view term) { concepts.emplace(term); });
  for (const auto& label : said.labels) {
    if (auto folded = text::FoldTitle(label); !folded.empty()) concepts.insert("=" + folded);
  }
  return concepts;
}

float LogSum(std::span<const float> scores) {
  const float greatest = *std::max_element(scores.begin(), scores.end());
  float sum = 0;
  for (const float score : scores) sum += std::exp(score - greatest);
  return greatest + std::log(sum);
}

/// The greatest eigenvalue of X^T X / n, a little above it.
float Steepness(const linalg::Matrix& inputs) {
  constexpr int kRounds = 30;
  constexpr float kMargin = 1.1F;
  std::vector<float> x(inputs.cols(), 1.0F);
  std::vector<float> y(inputs.rows());
  float value = 0;
  for (int round = 0; round < kRounds; ++round) {
    linalg::TimesVector(inputs.View(), x, y);
    std::fill(x.begin(), x.end(), 0.0F);
    for (std::size_t row = 0; row < inputs.rows(); ++row) linalg::Axpy(y[row], inputs.Row(row), x);
    value = std::sqrt(linalg::SquaredNorm(x));
    if (!linalg::Normalize(x)) return 1;
  }
  return kMargin * value / static_cast<float>(inputs.rows());
}

/// The shares of some words.
using Target = std::vector<std::pair<std::uint32_t, float>>;

/// Accelerated gradient descent on all examples at once, with the step that the curvature allows.
class Descent {
 public:
  Descent(const linalg::Matrix& inputs, std::span<const Target> targets, std::size_t words)
      : map(words, inputs.cols()),
        bias(1, words),
        inputs_(inputs),
        targets_(targets),
        ahead_(map),
        ahead_bias_(bias),
        wrong_(inputs.rows(), words),
        gradient_(map),
        bias_gradient_(words),
        steepness_(Steepness(inputs)) {}

  void Step(float penalty) {
    // Softmax bends at most half as much as its scores do.
    constexpr float kBend = 0.5F;
    Compare();
    linalg::TransposedTimes(wrong_.View(), inputs_.View(), gradient_.View());
    linalg::Axpy(penalty, ahead_.values(), gradient_.values());
    const double before = std::exchange(pace_, (1 + std::sqrt(1 + 4 * pace_ * pace_)) / 2);
    const auto share = static_cast<float>(1 + (before - 1) / pace_);
    Move(1 / (kBend * steepness_ + penalty), gradient_.values(), share, map, ahead_);
    Move(1 / kBend, bias_gradient_, share, bias, ahead_bias_);
  }

  linalg::Matrix map;
  linalg::Matrix bias;

 private:
  /// What is said too often of each example, and the bias's gradient.
  void Compare() {
    linalg::TimesTransposed(inputs_.View(), ahead_.View(), wrong_.View());
    std::ranges::fill(bias_gradient_, 0.0F);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      const auto row = wrong_.Row(i);
      linalg::Axpy(1, ahead_bias_.Row(0), row);
      training::SoftmaxOf(row);
      for (const auto& [word, share] : targets_[i]) row[word] -= share;
      linalg::Scale(1 / static_cast<float>(targets_.size()), row);
      linalg::Axpy(1, row, bias_gradient_);
    }
  }

  /// One step down from `ahead`; `ahead` then goes on past it, `share` of the way from the last.
  static void Move(float step,
                   std::span<const float> gradient,
                   float share,
                   linalg::Matrix& at,
                   linalg::Matrix& ahead) {
    linalg::Axpy(-step, gradient, ahead.values());
    std::swap(at, ahead);
    const auto to = at.values();
    const auto out = ahead.values();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += share * (to[i] - out[i]);
  }

  const linalg::Matrix& inputs_;
  std::span<const Target> targets_;
  linalg::Matrix ahead_;
  linalg::Matrix ahead_bias_;
  linalg::Matrix wrong_;
  linalg::Matrix gradient_;
  std::vector<float> bias_gradient_;
  float steepness_;
  double pace_ = 1;
};

}  // namespace

std::string WordSpace::MapName(std::string_view space) {
  return std::string(kMap) + std::string(space);
}

const linalg::Matrix& WordSpace::Weight(std::string_view part, std::string_view space) const {
  return weights_.find(std::string(part) + std::string(space))->second;
}

std::vector<std::string> WordSpace::spaces() const {
  std::vector<std::string> names;
  for (const auto& [name, weight] : weights_) {
    if (name.starts_with(kMap)) names.push_back(name.substr(kMap.size()));
  }
  return names;
}

std::size_t WordSpace::DimensionOf(std::string_view space) const {
  return Weight(kMap, space).cols();
}

std::vector<WordSpace::Target> WordSpace::Count(std::span<const Space> spaces,
                                                std::span<const Said> said,
                                                std::size_t most_words) {
  std::vector<std::set<std::string>> concepts(said.size());
  std::map<std::string, std::size_t> counts;
  std::size_t items = 0;
  for (std::size_t item = 0; item < said.size(); ++item) {
    const bool shown = std::ranges::any_of(spaces, [item](const Space& space) {
      return space.name != "text" && space.present[item] != 0;
    });
    if (!shown) continue;
    concepts[item] = ConceptsOf(said[item]);
    items += concepts[item].empty() ? 0 : 1;
    for (const auto& word : concepts[item]) ++counts[word];
  }
  std::vector<std::pair<double, std::string>> best;
  for (const auto& [word, count] : counts) {
    if (count < kLeastItems) continue;
    const double rarity = std::log(static_cast<double>(items) / static_cast<double>(count));
    if (rarity > 0) best.emplace_back(-rarity * static_cast<double>(count), word);
  }
  std::ranges::sort(best);
  if (best.size() > most_words) best.resize(most_words);
  for (const auto& [weight, word] : best) {
    words_.Intern(word);
    rarity_.push_back(static_cast<float>(-weight / static_cast<double>(counts[word])));
  }
  std::vector<Target> targets(said.size());
  for (std::size_t item = 0; item < said.size(); ++item) {
    float sum = 0;
    for (const auto& word : concepts[item]) {
      const auto index = words_.Find(word);
      if (index == kNoIndex) continue;
      targets[item].emplace_back(index, rarity_[index]);
      sum += rarity_[index];
    }
    for (auto& [index, share] : targets[item]) share /= sum;
  }
  return targets;
}

void WordSpace::FitHead(const Space& space,
                        std::span<const Target> targets,
                        const WordSpaceOptions& options) {
  std::vector<std::size_t> items;
  for (std::size_t item = 0; item < targets.size(); ++item) {
    if (!targets[item].empty() && space.present[item] != 0 && TrustIn(space.vectors.Row(item)) > 0)
      items.push_back(item);
  }
  if (items.size() < kLeastExamples) return;
  const std::size_t n = std::min(items.size(), options.most_examples);
  linalg::Matrix inputs(n, space.vectors.cols);
  linalg::Matrix mean(1, inputs.cols());
  std::vector<Target> shares(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t item = items[i * items.size() / n];
    std::ranges::copy(space.vectors.Row(item), inputs.Row(i).begin());
    linalg::Normalize(inputs.Row(i));
    linalg::Axpy(1 / static_cast<float>(n), inputs.Row(i), mean.Row(0));
    shares[i] = targets[item];
  }
  for (std::size_t i = 0; i < n; ++i) {
    linalg::Axpy(-1, mean.Row(0), inputs.Row(i));
    linalg::Normalize(inputs.Row(i));
  }
  Descent descent(inputs, shares, words_.size());
  for (std::size_t step = 0; step < options.steps; ++step) descent.Step(options.penalty);
  weights_[MapName(space.name)] = std::move(descent.map);
  weights_[std::string(kBias) + space.name] = std::move(descent.bias);
  weights_[std::string(kMean) + space.name] = std::move(mean);
}

Result<WordSpace> WordSpace::Fit(std::span<const Space> spaces,
                                 std::span<const Said> said,
                                 const WordSpaceOptions& options) {
  WordSpace out;
  const auto targets = out.Count(spaces, said, options.most_words);
  if (out.words_.size() > 1) {
    for (const auto& space : spaces) out.FitHead(space, targets, options);
  }
  const auto learned = out.spaces();
  if (std::ranges::all_of(learned, [](const auto& name) { return name == "text"; })) {
    return Fail(ErrorCode::kInvalidInput,
                "too few items have both words that recur and a picture, a sound or a film");
  }
  return out;
}

std::vector<float> WordSpace::Ask(std::string_view text) const {
  std::vector<float> shares(words_.size());
  if (const auto label = words_.Find("=" + text::FoldTitle(text)); label != kNoIndex) {
    shares[label] = 1;
    return shares;
  }
  float sum = 0;
  for (const auto use : {text::TermUse::kQuery, text::TermUse::kDocument}) {
    if (sum > 0) break;
    text::ForEachTerm(text, use, [&](std::string_view term) {
      const auto word = words_.Find(term);
      if (word == kNoIndex) return;
      shares[word] += rarity_[word];
      sum += rarity_[word];
    });
  }
  if (!(sum > 0)) return {};
  linalg::Scale(1 / sum, shares);
  return shares;
}

linalg::Matrix WordSpace::Scores(std::string_view space,
                                 linalg::ConstMatrixView vectors,
                                 std::span<Reading> readings) const {
  const auto& map = Weight(kMap, space);
  const auto mean = Weight(kMean, space).Row(0);
  linalg::Matrix inputs(vectors.rows, vectors.cols);
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    const auto row = inputs.Row(i);
    std::ranges::copy(vectors.Row(i), row.begin());
    const float length = std::sqrt(linalg::SquaredNorm(row));
    if (!(length > 0) || !std::isfinite(length)) {
      std::ranges::fill(row, 0.0F);
      continue;
    }
    linalg::Scale(1 / length, row);
    linalg::Axpy(-1, mean, row);
    const float apart = std::sqrt(linalg::SquaredNorm(row));
    if (!linalg::Normalize(row)) continue;
    readings[i].of_mean = 1 / apart;
    readings[i].of_vector = 1 / (apart * length);
  }
  linalg::Matrix scores(vectors.rows, map.rows());
  linalg::TimesTransposed(inputs.View(), map.View(), scores.View());
  const auto bias = Weight(kBias, space).Row(0);
  for (std::size_t i = 0; i < scores.rows(); ++i) linalg::Axpy(1, bias, scores.Row(i));
  return scores;
}

std::vector<float> WordSpace::Ask(std::string_view space, std::span<const float> vector) const {
  Reading ignored;
  const auto scores =
      Scores(space, {vector.data(), 1, vector.size(), vector.size()}, std::span(&ignored, 1));
  std::vector<float> shares(scores.Row(0).begin(), scores.Row(0).end());
  training::SoftmaxOf(shares);
  return shares;
}

void WordSpace::Read(std::string_view space,
                     linalg::ConstMatrixView vectors,
                     std::span<Reading> out) const {
  for (std::size_t begin = 0; begin < vectors.rows; begin += kBlock) {
    const std::size_t count = std::min(kBlock, vectors.rows - begin);
    const linalg::ConstMatrixView block{
        vectors.data + begin * vectors.stride, count, vectors.cols, vectors.stride};
    const auto own = out.subspan(begin, count);
    std::ranges::fill(own, Reading{});
    const auto scores = Scores(space, block, own);
    for (std::size_t i = 0; i < count; ++i) own[i].total = LogSum(scores.Row(i));
  }
}

WordSpace::Question WordSpace::Pose(std::string_view space, std::span<const float> shares) const {
  const auto& map = Weight(kMap, space);
  Question question{std::vector<float>(map.cols()), 0, 0};
  for (std::size_t word = 0; word < shares.size(); ++word) {
    if (shares[word] > 0) linalg::Axpy(shares[word], map.Row(word), question.direction);
  }
  question.at_mean = linalg::Dot(question.direction, Weight(kMean, space).Row(0));
  question.bias = linalg::Dot(shares, Weight(kBias, space).Row(0));
  return question;
}

Status WordSpace::Save(const std::filesystem::path& directory) const {
  return training::WriteWeights(
      directory / kFile,
      {.note = {{"kind", kKind}, {"words", words_.ids()}, {"rarity", rarity_}},
       .weights = weights_});
}

Result<WordSpace> WordSpace::Load(const std::filesystem::path& directory) {
  MEDLEY_ASSIGN_OR_RETURN(auto stored, training::ReadWeights(directory / kFile, kKind));
  const auto corrupt = [&] {
    return Fail(ErrorCode::kCorrupt,
                "'" + (directory / kFile).string() +
                    "' does not hold the words of a catalogue; run `medley encode --again`");
  };
  const Json words = stored.note.value("words", Json());
  const Json rarity = stored.note.value("rarity", Json());
  if (!words.is_array() || !rarity.is_array() || words.size() != rarity.size()) return corrupt();
  WordSpace out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].is_string() || !rarity[i].is_number()) return corrupt();
    if (out.words_.Intern(words[i].get_ref<const std::string&>()) != i) return corrupt();
    out.rarity_.push_back(rarity[i].get<float>());
  }
  out.weights_ = std::move(stored.weights);
  for (const auto& space : out.spaces()) {
    const auto& map = out.Weight(kMap, space);
    const auto bias = out.weights_.find(std::string(kBias) + space);
    const auto mean = out.weights_.find(std::string(kMean) + space);
    if (map.rows() != words.size() || bias == out.weights_.end() || mean == out.weights_.end() ||
        bias->second.values().size() != map.rows() || mean->second.values().size() != map.cols())
      return corrupt();
  }
  return out;
}

}  // namespace medley::alignment
