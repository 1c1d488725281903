#include "medley/encoders/text/ngram_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/text/normalize.h"
#include "medley/text/utf8.h"
#include "medley/training/softmax.h"
#include "medley/training/weights_file.h"

namespace medley::encoders {
namespace {

constexpr std::size_t kMostWords = 4;
constexpr std::size_t kFewestLetters = 3;
constexpr std::size_t kMostLetters = 5;
constexpr std::size_t kMostBytes = 16'384;  ///< of a text that are read

enum class Kind : std::uint8_t { kSpace, kLetter, kOther };

Kind KindOf(char32_t c) {
  constexpr char32_t kFirstOfItsOwn = 0x2000;  // punctuation, then scripts without spaces
  if (c <= U' ' || c == 0xA0 || c == 0x3000) return Kind::kSpace;
  const bool plain = (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || c == U'\'';
  if (c < 0x80) return plain ? Kind::kLetter : Kind::kOther;
  return c < kFirstOfItsOwn ? Kind::kLetter : Kind::kOther;
}

/// 64 bits to few, after a multiplication that mixes them (Fibonacci hashing).
std::uint64_t Mix(std::uint64_t hash) { return (hash ^ (hash >> 29U)) * 0x9E3779B97F4A7C15U; }

/// Words as their hashes; letters' runs go to `out` at once.
class NgramReader {
 public:
  NgramReader(std::size_t n, std::vector<std::uint32_t>& out)
      : shift_(64U - static_cast<unsigned>(std::countr_zero(n))), out_(out) {}

  void Read(std::string_view text) {
    std::size_t begin = 0;  // of a word of letters
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t start = at;
      const char32_t c = text::NextCharacter(text, at);
      const Kind kind = KindOf(c);
      if (kind == Kind::kLetter) continue;
      AddWord(text.substr(begin, start - begin));
      if (kind == Kind::kOther) words_.push_back(Hash64(text.substr(start, at - start)));
      begin = at;
    }
    AddWord(text.substr(begin));
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::uint64_t hash = 0;
      for (std::size_t k = i; k < std::min(words_.size(), i + kMostWords); ++k)
        Take(hash = Mix(hash) ^ words_[k]);
    }
  }

 private:
  void AddWord(std::string_view word) {
    if (word.empty()) return;
    words_.push_back(Hash64(word));
    const std::string edged = "<" + std::string(word) + ">";
    constexpr std::uint64_t kOfLetters = 1;
    for (std::size_t n = kFewestLetters; n <= kMostLetters && n < edged.size(); ++n)
      for (std::size_t i = 0; i + n <= edged.size(); ++i)
        Take(Hash64(std::string_view(edged).substr(i, n), kOfLetters));
  }
  void Take(std::uint64_t hash) { out_.push_back(static_cast<std::uint32_t>(Mix(hash) >> shift_)); }

  unsigned shift_;
  std::vector<std::uint32_t>& out_;
  std::vector<std::uint64_t> words_;
};

/// What each n-gram of a text counts: texts of any length weigh alike.
float ShareOf(std::size_t grams) {
  return 1 / std::sqrt(static_cast<float>(std::max<std::size_t>(grams, 1)));
}

/// Trains the rows that texts touch, and no others.
class NgramRun {
 public:
  NgramRun(std::span<const std::string> texts,
           linalg::ConstMatrixView answers,
           const Parameters& parameters)
      : answers_(answers),
        rate_(static_cast<float>(parameters.Real("learning_rate"))),
        decay_(static_cast<float>(parameters.Real("weight_decay"))),
        rows_(std::size_t{1} << static_cast<unsigned>(parameters.Int("bits"))),
        weights_(rows_ + 1, answers.cols),
        squares_(rows_ + 1, answers.cols, 1e-6F),
        grams_(texts.size()) {
    ParallelFor(texts.size(), 64, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) NgramsOf(texts[i], rows_, grams_[i]);
    });
  }

  double Epoch(Random random) {
    std::vector<std::size_t> order(grams_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random.Shuffle(std::span(order));
    double loss = 0;
    for (const std::size_t text : order) loss += Step(text);
    return loss / static_cast<double>(order.size());
  }
  linalg::Matrix Take() { return std::move(weights_); }
  std::span<const std::uint32_t> Grams(std::size_t text) const { return grams_[text]; }

 private:
  double Step(std::size_t text) {
    const float share = ShareOf(grams_[text].size());
    std::vector<float> wrong(answers_.cols);
    for (const auto gram : grams_[text]) linalg::Axpy(share, weights_.Row(gram), wrong);
    linalg::Axpy(1, weights_.Row(rows_), wrong);
    training::SoftmaxOf(wrong);
    double loss = 0;
    const auto wanted = answers_.Row(text);
    for (std::size_t c = 0; c < wrong.size(); ++c) {
      loss -=
          static_cast<double>(wanted[c]) * std::log(std::max(1e-12, static_cast<double>(wrong[c])));
      wrong[c] -= wanted[c];
    }
    for (const auto gram : grams_[text]) Move(gram, share, wrong, decay_);
    Move(rows_, 1, wrong, 0);
    return loss;
  }

  void Move(std::size_t row, float share, std::span<const float> wrong, float decay) {
    const auto weights = weights_.Row(row);
    const auto squares = squares_.Row(row);
    for (std::size_t c = 0; c < wrong.size(); ++c) {
      const float gradient = share * wrong[c] + decay * weights[c];
      squares[c] += gradient * gradient;
      weights[c] -= rate_ * gradient / std::sqrt(squares[c]);
    }
  }

  linalg::ConstMatrixView answers_;
  float rate_;
  float decay_;
  std::size_t rows_;
  linalg::Matrix weights_;
  linalg::Matrix squares_;
  std::vector<std::vector<std::uint32_t>> grams_;
};

}  // namespace

void NgramsOf(std::string_view text, std::size_t n, std::vector<std::uint32_t>& out) {
  out.clear();
  NgramReader(n, out).Read(text::Normalize(text.substr(0, kMostBytes)));
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

void NgramModel::Score(std::span<const std::uint32_t> grams, std::span<float> out) const {
  std::ranges::copy(weights_.Row(weights_.rows() - 1), out.begin());
  const float share = ShareOf(grams.size());
  for (const auto gram : grams) {
    const auto row = weights_.Row(gram);
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += share * row[c];
  }
}

void NgramModel::Classify(std::string_view text, std::span<float> out) const {
  std::vector<std::uint32_t> grams;
  NgramsOf(text, weights_.rows() - 1, grams);
  Score(grams, out);
  training::SoftmaxOf(out);
}

const std::vector<ParameterSpec>& NgramModel::TrainingSpecs() {
  static const std::vector<ParameterSpec> specs = {
      {.name = "bits",
       .default_value = std::int64_t{18},
       .help = "2^bits n-grams are told apart, and stored",
       .min = 10,
       .max = 24},
      {.name = "epochs",
       .default_value = std::int64_t{15},
       .help = "passes over the texts",
       .min = 1,
       .max = 1000},
      {.name = "learning_rate", .default_value = 0.2, .help = "of AdaGrad", .min = 0, .max = 10},
      {.name = "weight_decay",
       .default_value = 1e-5,
       .help = "how hard weights are pulled towards 0",
       .min = 0,
       .max = 1},
      {.name = "seed", .default_value = std::int64_t{1}, .help = "of the texts' order", .min = 0}};
  return specs;
}

Result<NgramModel> NgramModel::Fit(std::span<const std::string> texts,
                                   linalg::ConstMatrixView answers,
                                   std::vector<std::string> labels,
                                   const Parameters& parameters,
                                   Progress& progress,
                                   const CancelToken* cancel) {
  if (texts.empty() || labels.size() < 2)
    return Fail(ErrorCode::kInvalidInput, "texts and at least two labels are needed");
  NgramRun run(texts, answers, parameters);
  const Random random(static_cast<std::uint64_t>(parameters.Int("seed")));
  const auto epochs = static_cast<std::size_t>(parameters.Int("epochs"));
  progress.Begin("train ngrams", epochs, "epochs");
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    if (cancel != nullptr && cancel->cancelled())
      return Fail(ErrorCode::kCancelled, "the training was stopped");
    progress.Note("loss", run.Epoch(random.Fork(epoch)));
    progress.Advance(1);
  }
  progress.End();
  return NgramModel(std::move(labels), run.Take());
}

Status NgramModel::Save(const std::filesystem::path& path) const {
  return training::WriteWeights(
      path, {.note = {{"kind", kKind}, {"labels", labels_}}, .weights = {{"ngrams", weights_}}});
}

Result<NgramModel> NgramModel::Load(const std::filesystem::path& path) {
  MEDLEY_ASSIGN_OR_RETURN(auto file, training::ReadWeights(path, kKind));
  std::vector<std::string> labels;
  const Json named = file.note.value("labels", Json());
  for (const Json& label : named.is_array() ? named : Json::array())
    if (label.is_string()) labels.push_back(label.get<std::string>());
  const auto found = file.weights.find("ngrams");
  if (found == file.weights.end() || labels.size() < 2 || found->second.cols() != labels.size() ||
      found->second.rows() < 3 || !std::has_single_bit(found->second.rows() - 1))
    return Fail(ErrorCode::kCorrupt, path.string() + ": its sizes");
  return NgramModel(std::move(labels), std::move(found->second));
}

}  // namespace medley::encoders
