#include "medley/answers/example_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/mentions.h"
#include "medley/answers/question_examples.h"
#include "medley/answers/question_words.h"
#include "medley/text/stem.h"

namespace medley::answers {
namespace {

constexpr std::array<std::string_view, kSlotKinds> kPlaceholders = {
    "{item}", "{person}", "{trait}", "{relation}"};
/// A pair says the order, beside words that already count.
constexpr double kPairWeight = 0.6;
constexpr double kFillerWeight = 0.3;
/// What no example says is a sign that something else is asked.
constexpr double kUnknownWord = 3;
constexpr double kUnknownIdeograph = 1.5;

bool IsPlaceholder(std::string_view word) { return word.starts_with('{'); }
bool IsIdeographic(std::string_view word) { return static_cast<signed char>(word.front()) < 0; }

/// The words and pairs, each once, sorted.
std::vector<std::string> Features(const MaskedQuestion& words) {
  std::vector<std::string> features(words.begin(), words.end());
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    features.push_back(words[i] + "\n" + words[i + 1]);
  std::ranges::sort(features);
  const auto repeated = std::ranges::unique(features);
  features.erase(repeated.begin(), repeated.end());
  return features;
}

MaskedQuestion MaskExample(std::string_view text, SlotCounts& slots) {
  MaskedQuestion masked;
  slots = {};
  while (!text.empty()) {
    const auto open = text.find('{');
    for (const auto& word : QuestionWords(text.substr(0, open))) AppendWord(word, masked);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto place = std::ranges::find(kPlaceholders, text.substr(open, close + 1 - open));
    ++slots.at(static_cast<std::size_t>(place - kPlaceholders.begin()));
    masked.emplace_back(*place);
    text = text.substr(close + 1);
  }
  return masked;
}

}  // namespace

std::string_view Placeholder(SlotKind kind) {
  return kPlaceholders.at(static_cast<std::size_t>(kind));
}

void AppendWord(const QuestionWord& word, MaskedQuestion& masked) {
  constexpr std::string_view kFilms = " movi film pictur flick pic ";
  if (!word.ideograph) {
    const bool film = kFilms.find(" " + word.stem + " ") != std::string_view::npos;
    masked.push_back(film ? "film" : word.stem);
    return;
  }
  masked.push_back(word.stem);
  // Words of two characters, and one for those that mean the same.
  constexpr std::string_view kWords[][2] = {{" 电影 影片 片子 作品 ", "片"},
                                            {" 导演 执导 ", "导"},
                                            {" 演员 主演 出演 参演 饰演 ", "演"},
                                            {" 编剧 剧本 编写 ", "写"},
                                            {" 类型 题材 类别 种类 ", "类"},
                                            {" 上映 公映 首映 ", "映"},
                                            {" 国家 哪国 ", "国"},
                                            {" 语言 ", "语"},
                                            {" 多少 几部 ", "几"},
                                            {" 什么 哪些 哪个 哪位 ", "哪"},
                                            {" 续集 续作 ", "续"}};
  if (masked.size() < 2) return;
  const std::string pair = " " + masked[masked.size() - 2] + masked.back() + " ";
  for (const auto& [words, meaning] : kWords) {
    if (words.find(pair) == std::string_view::npos) continue;
    masked.pop_back();
    masked.back() = meaning;
    return;
  }
}

ExampleIndex::ExampleIndex(std::span<const QuestionExample> examples) {
  std::vector<std::vector<std::string>> features;
  for (const auto& example : examples) {
    SlotCounts slots{};
    const MaskedQuestion masked = MaskExample(example.text, slots);
    features.push_back(Features(masked));
    const auto number = static_cast<std::uint32_t>(examples_.size());
    for (const auto& feature : features.back()) postings_[feature].push_back(number);
    examples_.push_back({&example, slots, 0});
    for (const auto& word : QuestionWords(example.text)) {
      if (word.text == "item" || word.text == "person" || word.text == "trait" ||
          word.text == "relation")
        continue;
      if (words_.try_emplace(word.stem, true).second || true) spellings_.push_back(word.text);
    }
  }
  for (const char* film :
       {"movie", "movies", "picture", "pictures", "flick", "影", "子", "作", "品", "首", "饰"}) {
    words_.try_emplace(text::Stem(film), true);
    spellings_.emplace_back(film);
  }
  std::ranges::sort(spellings_);
  const auto repeated = std::ranges::unique(spellings_);
  spellings_.erase(repeated.begin(), repeated.end());
  fuzzy_ = text::FuzzyDictionary(spellings_);
  WeighFeatures();
  for (std::size_t i = 0; i < examples_.size(); ++i) {
    for (const auto& feature : features[i]) examples_[i].weight += WeightOf(feature);
  }
}

const ExampleIndex& ExampleIndex::English() {
  static const ExampleIndex index(EnglishExamples());
  return index;
}

const ExampleIndex& ExampleIndex::Chinese() {
  static const ExampleIndex index(ChineseExamples());
  return index;
}

void ExampleIndex::WeighFeatures() {
  // As if so many examples of all kinds had the feature besides.
  constexpr double kPrior = 1;
  constexpr double kShape = 0.3;
  const auto kinds = [](const QuestionExample& example) {
    return std::array{std::to_string(static_cast<int>(example.intent)), std::string(example.roles)};
  };
  const auto n = static_cast<double>(examples_.size());
  std::array<StringMap<double>, 2> all;
  for (const auto& example : examples_) {
    for (std::size_t k = 0; k < all.size(); ++k) all[k][kinds(*example.example)[k]] += 1 / n;
  }
  for (const auto& [feature, with] : postings_) {
    double weight = kShape;
    for (std::size_t k = 0; k < all.size(); ++k) {
      StringMap<double> counts;
      for (const auto number : with) counts[kinds(*examples_[number].example)[k]] += 1;
      const auto total = static_cast<double>(with.size()) + kPrior;
      for (const auto& [kind, share] : all[k]) {
        const auto found = counts.find(kind);
        const double p = ((found == counts.end() ? 0 : found->second) + kPrior * share) / total;
        weight += p * std::log(p / share);
      }
    }
    weights_[feature] = weight;
  }
}

double ExampleIndex::WeightOf(std::string_view feature) const {
  const bool pair = feature.find('\n') != std::string_view::npos;
  const auto found = weights_.find(feature);
  if (found == weights_.end()) {
    if (pair || IsPlaceholder(feature) || IsFiller(feature) || Knows(feature)) return 0;
    return IsIdeographic(feature) ? kUnknownIdeograph : kUnknownWord;
  }
  if (pair) return found->second * kPairWeight;
  return IsFiller(feature) ? found->second * kFillerWeight : found->second;
}

std::string ExampleIndex::Corrected(std::string_view word) const {
  constexpr std::size_t kShortest = 5;
  if (word.size() < kShortest) return {};
  const auto nearest = fuzzy_.Nearest(word, 1);
  if (nearest.empty() || nearest[0].distance > (word.size() < 8 ? 1U : 2U)) return {};
  return text::Stem(spellings_[nearest[0].entry]);
}

ExampleIndex::Match ExampleIndex::Nearest(const MaskedQuestion& question,
                                          const SlotCounts& mentions) const {
  double own = 0;
  std::vector<double> shared(examples_.size(), 0);
  for (const auto& feature : Features(question)) {
    const double weight = WeightOf(feature);
    own += weight;
    const auto found = postings_.find(feature);
    if (found == postings_.end()) continue;
    for (const auto example : found->second) shared[example] += weight;
  }
  const auto fits = [&](const SlotCounts& slots) {
    constexpr auto kTrait = static_cast<std::size_t>(SlotKind::kTrait);
    for (std::size_t kind = 0; kind < kSlotKinds; ++kind) {
      if (kind == kTrait ? mentions[kind] < slots[kind] : mentions[kind] != slots[kind])
        return false;
    }
    return true;
  };
  Match best;
  for (std::size_t i = 0; i < examples_.size(); ++i) {
    if (shared[i] == 0 || !fits(examples_[i].slots)) continue;
    const double score = 2 * shared[i] / (own + examples_[i].weight);
    if (score > best.score) best = {examples_[i].example, score};
  }
  return best;
}

}  // namespace medley::answers
