#include "medley/graph/embedding.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/threads.h"
#include "medley/graph/contrast.h"
#include "medley/graph/interaction_graph.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/product.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/linalg/sparse_product.h"
#include "medley/training/adam.h"

namespace medley::graph {
namespace {

using linalg::Matrix;
using training::Adam;

constexpr double kFirstSpread = 0.1;
constexpr double kSquareKept = 0.99;
/// Vectors begin short: without a sharp A at first all items would look alike for long.
constexpr float kFirstSharpness = 8;
constexpr std::size_t kRowsAtATime = 64;

std::span<float> All(Matrix& matrix) { return {matrix.data(), matrix.rows() * matrix.cols()}; }

Matrix Drawn(std::size_t rows, std::size_t cols, Random random) {
  Matrix out(rows, cols);
  for (auto& value : All(out)) value = static_cast<float>(kFirstSpread * random.Normal());
  return out;
}

std::vector<float> InverseRoots(std::span<const float> degrees) {
  std::vector<float> out(degrees.size());
  for (std::size_t node = 0; node < out.size(); ++node)
    out[node] = degrees[node] > 0 ? 1 / std::sqrt(degrees[node]) : 0;
  return out;
}

/// P. It is symmetric, so that gradients go back through it as values go forth.
class Propagation {
 public:
  Propagation(const InteractionGraph& graph, std::size_t layers)
      : to_users_(linalg::Scaled(graph.by_user(),
                                 InverseRoots(graph.user_degrees()),
                                 InverseRoots(graph.item_degrees()))),
        to_items_(linalg::Transpose(to_users_)),
        layers_(layers) {}

  Matrix Apply(const Matrix& items) const {
    Matrix sum = items;
    Matrix layer = items;
    Matrix users(to_users_.rows, items.cols());
    for (std::size_t l = 0; l < layers_; ++l) {
      linalg::Multiply(to_users_, layer.View(), users.View());
      linalg::Multiply(to_items_, users.View(), layer.View());
      linalg::Axpy(1, All(layer), All(sum));
    }
    linalg::Scale(1 / static_cast<float>(layers_ + 1), All(sum));
    return sum;
  }

 private:
  linalg::CsrMatrix to_users_;
  linalg::CsrMatrix to_items_;
  std::size_t layers_;
};

/// X W and its gradient, whichever way X is kept.
class Projection {
 public:
  Projection(const Content& content, std::size_t dimension, Random random)
      : content_(&content),
        transposed_(content.is_dense() ? linalg::CsrMatrix{} : linalg::Transpose(content.sparse)),
        weights_(Drawn(
            content.is_dense() ? content.dense.cols() : content.sparse.cols, dimension, random)) {}

  Matrix Apply(std::size_t n_items) const {
    Matrix out(n_items, weights_.cols());
    if (content_->is_dense()) {
      linalg::Times(content_->dense.View(), weights_.View(), out.View());
    } else {
      linalg::Multiply(content_->sparse, weights_.View(), out.View());
    }
    return out;
  }
  void Learn(const Matrix& gradient_of_items, const std::string& name, float decay, Adam& adam) {
    Matrix gradient(weights_.rows(), weights_.cols());
    if (content_->is_dense()) {
      linalg::TransposedTimes(content_->dense.View(), gradient_of_items.View(), gradient.View());
    } else {
      linalg::Multiply(transposed_, gradient_of_items.View(), gradient.View());
    }
    adam.Move(name, All(gradient), All(weights_), {.pull = decay});
  }

 private:
  const Content* content_;
  linalg::CsrMatrix transposed_;
  Matrix weights_;
};

/// Some users, each with one of their items to be told from the others by the rest.
struct Examples {
  linalg::CsrMatrix histories;            ///< user x item, rows that sum to 1
  std::vector<std::uint32_t> candidates;  ///< items, ascending
  std::vector<std::uint32_t> targets;     ///< places in `candidates`, one a user
  std::vector<float> corrections;         ///< of candidates that stand for several
};

/// What a step asks of which vectors.
struct Asked {
  Matrix histories;   ///< h, a row a user
  Matrix questions;   ///< h A
  Matrix candidates;  ///< F of the candidates
};

class Trainer {
 public:
  Trainer(const InteractionGraph& graph,
          std::span<const Content> contents,
          const EmbeddingSettings& settings);
  double Epoch(std::size_t epoch);
  Embedding Finish();
  std::size_t n_learners() const { return learners_.size(); }

 private:
  Examples Draw(std::span<const std::uint32_t> users, Random& random) const;
  void DrawCandidates(std::vector<std::uint32_t> targets, Random& random, Examples& out) const;
  double Step(const Examples& examples);
  Matrix Back(const Examples& examples,
              const Asked& asked,
              const Matrix& of_logits,
              Matrix& of_bilinear);
  double Judge(const Examples& examples, Matrix& logits) const;
  Matrix ContentSum() const;
  void Align(const Examples& examples,
             const Matrix& behaviour,
             const Matrix& content,
             Matrix& of_behaviour,
             Matrix& of_content) const;
  void Learn(const Matrix& of_behaviour, const Matrix& of_content);

  const InteractionGraph& graph_;
  EmbeddingSettings settings_;
  Propagation propagation_;
  Random random_;
  Matrix free_;  ///< E
  Matrix bilinear_;
  std::vector<float> bias_;
  std::vector<Projection> projections_;
  Adam adam_{kSquareKept};
  std::vector<std::uint32_t> learners_;  ///< users of two items or more
};

Trainer::Trainer(const InteractionGraph& graph,
                 std::span<const Content> contents,
                 const EmbeddingSettings& settings)
    : graph_(graph),
      settings_(settings),
      propagation_(graph, settings.layers),
      random_(settings.seed),
      free_(Drawn(graph.n_items(), settings.dimension, random_.Fork("free"))),
      bilinear_(settings.dimension, settings.dimension),
      bias_(graph.n_items()) {
  for (std::size_t i = 0; i < settings.dimension; ++i) bilinear_(i, i) = kFirstSharpness;
  for (std::size_t item = 0; item < graph.n_items(); ++item) {
    const auto people = graph.by_item().ColumnsOf(item).size();
    bias_[item] = std::log1p(static_cast<float>(people));
    if (people == 0) std::fill(free_.Row(item).begin(), free_.Row(item).end(), 0.0F);
  }
  for (const auto& content : contents)
    projections_.emplace_back(content, settings.dimension, random_.Fork(content.name));
  for (std::uint32_t user = 0; user < graph.n_users(); ++user) {
    if (graph.by_user().ColumnsOf(user).size() >= 2) learners_.push_back(user);
  }
}

Matrix Trainer::ContentSum() const {
  Matrix sum(graph_.n_items(), settings_.dimension);
  for (const auto& projection : projections_) {
    auto one = projection.Apply(graph_.n_items());
    linalg::Axpy(1, All(one), All(sum));
  }
  return sum;
}

Examples Trainer::Draw(std::span<const std::uint32_t> users, Random& random) const {
  Examples out;
  out.histories = {users.size(), graph_.n_items(), {0}, {}, {}};
  std::vector<std::uint32_t> targets;
  for (const auto user : users) {
    const auto items = graph_.by_user().ColumnsOf(user);
    std::vector<std::uint32_t> drawn(items.begin(), items.end());
    const std::size_t wanted = std::min(drawn.size(), settings_.history + 1);
    for (std::size_t k = 0; k < wanted; ++k)
      std::swap(drawn[k], drawn[k + random.Below(drawn.size() - k)]);
    targets.push_back(drawn[0]);
    std::sort(drawn.begin() + 1, drawn.begin() + static_cast<std::ptrdiff_t>(wanted));
    for (std::size_t k = 1; k < wanted; ++k) {
      out.histories.columns.push_back(drawn[k]);
      out.histories.values.push_back(1 / static_cast<float>(wanted - 1));
    }
    out.histories.starts.push_back(out.histories.columns.size());
  }
  DrawCandidates(std::move(targets), random, out);
  return out;
}

/// All items, or as many as allowed, each of those drawn standing for several.
void Trainer::DrawCandidates(std::vector<std::uint32_t> targets,
                             Random& random,
                             Examples& out) const {
  const std::size_t n = graph_.n_items();
  if (n <= settings_.candidates) {
    out.candidates.resize(n);
    std::iota(out.candidates.begin(), out.candidates.end(), 0U);
    out.corrections.assign(n, 0);
    out.targets = std::move(targets);
    return;
  }
  std::vector<std::uint32_t> own = targets;
  std::sort(own.begin(), own.end());
  own.erase(std::unique(own.begin(), own.end()), own.end());
  out.candidates = own;
  for (std::size_t k = 0; k < settings_.candidates; ++k)
    out.candidates.push_back(static_cast<std::uint32_t>(random.Below(n)));
  std::sort(out.candidates.begin(), out.candidates.end());
  out.candidates.erase(std::unique(out.candidates.begin(), out.candidates.end()),
                       out.candidates.end());
  const float stands_for =
      std::log(static_cast<float>(n) / static_cast<float>(settings_.candidates));
  for (const auto item : out.candidates) {
    out.corrections.push_back(std::binary_search(own.begin(), own.end(), item) ? 0 : stands_for);
  }
  for (const auto target : targets) {
    const auto place = std::lower_bound(out.candidates.begin(), out.candidates.end(), target);
    out.targets.push_back(static_cast<std::uint32_t>(place - out.candidates.begin()));
  }
}

/// From logits without bias to the gradient of the mean loss; returns its sum.
double Trainer::Judge(const Examples& examples, Matrix& logits) const {
  std::vector<double> losses(logits.rows());
  const auto share = 1 / static_cast<float>(logits.rows());
  ParallelFor(logits.rows(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto values = logits.Row(row);
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] += bias_[examples.candidates[k]] + examples.corrections[k];
      const auto target = examples.targets[row];
      const float greatest = *std::max_element(values.begin(), values.end());
      const double own{values[target] - greatest};
      double sum = 0;
      for (auto& value : values) {
        value = std::exp(value - greatest);
        sum += double{value};
      }
      losses[row] = std::log(sum) - own;
      linalg::Scale(static_cast<float>(double{share} / sum), values);
      values[target] -= share;
    }
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

void Trainer::Align(const Examples& examples,
                    const Matrix& behaviour,
                    const Matrix& content,
                    Matrix& of_behaviour,
                    Matrix& of_content) const {
  std::vector<std::uint32_t> items;
  for (const auto target : examples.targets) items.push_back(examples.candidates[target]);
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  const std::size_t d = settings_.dimension;
  Matrix a(items.size(), d);
  Matrix b(items.size(), d);
  Matrix of_a(items.size(), d);
  Matrix of_b(items.size(), d);
  for (std::size_t k = 0; k < items.size(); ++k) {
    std::copy_n(behaviour.Row(items[k]).begin(), d, a.Row(k).begin());
    std::copy_n(content.Row(items[k]).begin(), d, b.Row(k).begin());
  }
  AddContrast(
      a.View(), b.View(), settings_.temperature, settings_.alignment, of_a.View(), of_b.View());
  for (std::size_t k = 0; k < items.size(); ++k) {
    linalg::Axpy(1, of_a.Row(k), of_behaviour.Row(items[k]));
    linalg::Axpy(1, of_b.Row(k), of_content.Row(items[k]));
  }
}

void Trainer::Learn(const Matrix& of_behaviour, const Matrix& of_content) {
  auto of_free = propagation_.Apply(of_behaviour);
  for (std::size_t item = 0; item < graph_.n_items(); ++item) {
    if (graph_.by_item().ColumnsOf(item).empty())
      std::fill(of_free.Row(item).begin(), of_free.Row(item).end(), 0.0F);
  }
  const auto decay = static_cast<float>(settings_.decay);
  adam_.Move("free", All(of_free), All(free_), {.pull = decay});
  for (std::size_t p = 0; p < projections_.size(); ++p)
    projections_[p].Learn(of_content, "content." + std::to_string(p), decay, adam_);
}

/// Back from the logits' gradient to that of the items' vectors and of A; the bias learns here.
Matrix Trainer::Back(const Examples& examples,
                     const Asked& asked,
                     const Matrix& of_logits,
                     Matrix& of_bilinear) {
  const std::size_t d = settings_.dimension;
  const std::size_t users = of_logits.rows();
  const std::size_t count = of_logits.cols();
  Matrix of_candidates(count, d);
  linalg::TransposedTimes(of_logits.View(), asked.questions.View(), of_candidates.View());
  Matrix of_questions(users, d);
  linalg::Times(of_logits.View(), asked.candidates.View(), of_questions.View());
  Matrix of_histories(users, d);
  linalg::TimesTransposed(of_questions.View(), bilinear_.View(), of_histories.View());
  linalg::TransposedTimes(asked.histories.View(), of_questions.View(), of_bilinear.View());
  Matrix of_items(graph_.n_items(), d);
  linalg::Multiply(linalg::Transpose(examples.histories), of_histories.View(), of_items.View());
  std::vector<float> sums(count);
  for (std::size_t row = 0; row < users; ++row) linalg::Axpy(1, of_logits.Row(row), sums);
  std::vector<float> of_bias(graph_.n_items());
  for (std::size_t k = 0; k < count; ++k) {
    linalg::Axpy(1, of_candidates.Row(k), of_items.Row(examples.candidates[k]));
    of_bias[examples.candidates[k]] = sums[k];
  }
  adam_.Move("bias", of_bias, bias_);
  return of_items;
}

double Trainer::Step(const Examples& examples) {
  const std::size_t d = settings_.dimension;
  const std::size_t users = examples.targets.size();
  const auto behaviour = propagation_.Apply(free_);
  auto content = ContentSum();
  Matrix items = behaviour;
  linalg::Axpy(1, All(content), All(items));
  Asked asked{Matrix(users, d), Matrix(users, d), Matrix(examples.candidates.size(), d)};
  for (std::size_t k = 0; k < examples.candidates.size(); ++k)
    std::copy_n(items.Row(examples.candidates[k]).begin(), d, asked.candidates.Row(k).begin());
  linalg::Multiply(examples.histories, items.View(), asked.histories.View());
  linalg::Times(asked.histories.View(), bilinear_.View(), asked.questions.View());
  Matrix logits(users, examples.candidates.size());
  linalg::TimesTransposed(asked.questions.View(), asked.candidates.View(), logits.View());
  const double loss = Judge(examples, logits);

  adam_.Begin(settings_.learning_rate);
  Matrix of_bilinear(d, d);
  auto of_items = Back(examples, asked, logits, of_bilinear);
  Matrix of_content = of_items;
  if (settings_.alignment > 0 && !projections_.empty())
    Align(examples, behaviour, content, of_items, of_content);
  Learn(of_items, of_content);
  adam_.Move("bilinear", All(of_bilinear), All(bilinear_));
  return loss;
}

double Trainer::Epoch(std::size_t epoch) {
  auto random = random_.Fork(epoch);
  random.Shuffle(std::span(learners_));
  double loss = 0;
  for (std::size_t begin = 0; begin < learners_.size(); begin += settings_.batch) {
    const std::size_t users = std::min(settings_.batch, learners_.size() - begin);
    loss += Step(Draw(std::span(learners_).subspan(begin, users), random));
  }
  return loss / static_cast<double>(learners_.size());
}

Embedding Trainer::Finish() {
  Embedding out;
  out.parts.push_back(propagation_.Apply(free_));
  for (const auto& projection : projections_)
    out.parts.push_back(projection.Apply(graph_.n_items()));
  out.bilinear = std::move(bilinear_);
  out.bias = std::move(bias_);
  return out;
}

}  // namespace

Embedding TrainEmbedding(const InteractionGraph& graph,
                         std::span<const Content> contents,
                         const EmbeddingSettings& settings,
                         Progress& progress) {
  Trainer trainer(graph, contents, settings);
  std::vector<double> losses;
  for (std::size_t epoch = 0; epoch < settings.epochs && trainer.n_learners() > 0; ++epoch) {
    losses.push_back(trainer.Epoch(epoch));
    progress.Note("loss", losses.back());
    progress.Advance(1);
  }
  auto out = trainer.Finish();
  out.losses = std::move(losses);
  return out;
}

}  // namespace medley::graph
