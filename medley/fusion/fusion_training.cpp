#include "medley/fusion/fusion_training.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/alignment/heads.h"
#include "medley/alignment/space.h"
#include "medley/alignment/tape.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"
#include "medley/training/adam.h"
#include "medley/training/contrastive.h"

namespace medley::fusion {
namespace {

using alignment::Tape;

constexpr float kWeightDecay = 0.01F;

linalg::Matrix Gather(linalg::ConstMatrixView from, std::span<const ItemIndex> items) {
  linalg::Matrix out(items.size(), from.cols);
  for (std::size_t i = 0; i < items.size(); ++i)
    std::ranges::copy(from.Row(items[i]), out.Row(i).begin());
  return out;
}

/// Rows of both that are there on both sides.
std::vector<std::uint32_t> Both(std::span<const float> a, std::span<const float> b) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    if (a[i] > 0 && b[i] > 0) rows.push_back(i);
  }
  return rows;
}

void Scatter(const linalg::Matrix& from, std::span<const std::uint32_t> rows, linalg::Matrix& out) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::ranges::copy(from.Row(i), out.Row(rows[i]).begin());
}

/// Some rows of a batch, and which of them are not to be told from each other.
struct GroupedRows {
  std::span<const std::uint32_t> rows;
  std::span<const std::uint32_t> groups;
};

/// Contrast of two nodes over some of their rows. With a weight the nodes are seeded with what it
/// gives back, and it comes weighed.
double ContrastRows(Tape& tape,
                    Tape::Node a,
                    Tape::Node b,
                    const GroupedRows& grouped,
                    double temperature,
                    std::optional<float> weight) {
  const auto& [rows, groups] = grouped;
  const auto left = Gather(tape.Value(a).View(), rows);
  const auto right = Gather(tape.Value(b).View(), rows);
  linalg::Matrix left_gradient(left.rows(), left.cols());
  linalg::Matrix right_gradient(right.rows(), right.cols());
  const double loss = training::Contrast(left.View(),
                                         right.View(),
                                         groups,
                                         temperature,
                                         weight.value_or(0),
                                         left_gradient.View(),
                                         right_gradient.View());
  if (!weight) return loss;
  for (const auto& [node, gradient] :
       {std::pair{a, &left_gradient}, std::pair{b, &right_gradient}}) {
    linalg::Matrix all(tape.Value(node).rows(), tape.Value(node).cols());
    Scatter(*gradient, rows, all);
    tape.Seed(node, all);
  }
  return *weight * loss;
}

}  // namespace

FusionTraining::FusionTraining(TrainedFusion& fusion,
                               std::span<const alignment::Space> spaces,
                               std::span<const alignment::ItemPair> together,
                               const Random& random)
    : fusion_(fusion), together_(together), random_(random) {
  for (const auto& name : fusion.spaces())
    spaces_.push_back(&*std::ranges::find(spaces, name, &alignment::Space::name));
  const std::size_t n = spaces.front().vectors.rows;
  for (std::uint32_t item = 0; item < n; ++item) {
    if (std::ranges::any_of(spaces_,
                            [item](const auto* space) { return space->present[item] != 0; }))
      items_.push_back(item);
  }
  pace_.assign(spaces_.size(), 1.0F);
  Groups();
}

void FusionTraining::Groups() {
  for (const auto* space : spaces_) {
    std::unordered_map<std::string_view, std::uint32_t> first;
    auto& same = same_.emplace_back(space->vectors.rows);
    for (std::uint32_t item = 0; item < same.size(); ++item) {
      const auto row = space->vectors.Row(item);
      same[item] =
          first.try_emplace({reinterpret_cast<const char*>(row.data()), row.size_bytes()}, item)
              .first->second;
    }
  }
}

FusionTraining::View FusionTraining::Look(Tape& tape,
                                          std::span<const ItemIndex> items,
                                          double dropout) {
  View view;
  const std::size_t slots = spaces_.size();
  view.factors.assign(slots, std::vector<float>(items.size(), 0.0F));
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::vector<std::size_t> there;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      if (spaces_[slot]->present[items[i]] != 0) there.push_back(slot);
    }
    if (there.empty()) continue;
    // One is always kept.
    const std::size_t kept = there[random_.Below(there.size())];
    for (const std::size_t slot : there) {
      const bool out = dropout > 0 && random_.Bernoulli(dropout) && slot != kept;
      view.factors[slot][i] = out ? 0 : alignment::TrustIn(spaces_[slot]->vectors.Row(items[i]));
    }
  }
  std::vector<TrainedFusion::Part> parts;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto& head = fusion_.learned_.heads.heads()[slot];
    view.parts.push_back(fusion_.learned_.heads.Project(
        tape, fusion_.weights(), head, Gather(spaces_[slot]->vectors, items), view.factors[slot]));
    parts.push_back({slot, fusion_.spaces()[slot], view.parts.back(), view.factors[slot]});
  }
  view.fused = tape.UnitRows(fusion_.Join(tape, parts));
  return view;
}

double FusionTraining::Align(Tape& tape,
                             std::span<const ItemIndex> items,
                             std::size_t a,
                             std::size_t b,
                             const View& view,
                             float weight) const {
  const auto rows = Both(view.factors[a], view.factors[b]);
  // Items of the very same words, or picture, mean the same there: none is to be told from another.
  std::vector<std::uint32_t> groups;
  std::unordered_map<std::uint32_t, std::uint32_t> by_b;
  std::unordered_map<std::uint32_t, std::uint32_t> by_a;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const auto item = items[rows[i]];
    const auto one = by_a.try_emplace(same_[a][item], i).first->second;
    const auto other = by_b.try_emplace(same_[b][item], i).first->second;
    groups.push_back(one != i ? groups[one] : other != i ? groups[other] : i);
  }
  return ContrastRows(
      tape, view.parts[a], view.parts[b], {rows, groups}, fusion_.temperature_, weight);
}

void FusionTraining::Weigh(Tape& tape,
                           std::span<const std::uint32_t> groups,
                           const View& left,
                           const View& right) {
  std::vector<double> strengths(spaces_.size(), 0.0);
  for (std::size_t slot = 0; slot < spaces_.size(); ++slot) {
    const auto rows = Both(left.factors[slot], right.factors[slot]);
    std::vector<std::uint32_t> own;
    own.reserve(rows.size());
    for (const auto row : rows) own.push_back(groups[row]);
    if (rows.size() < 2) continue;
    const double loss = ContrastRows(
        tape, left.parts[slot], right.parts[slot], {rows, own}, fusion_.temperature_, {});
    strengths[slot] = std::exp(-loss);
  }
  const double mean = std::accumulate(strengths.begin(), strengths.end(), 0.0) /
                      static_cast<double>(strengths.size());
  for (std::size_t slot = 0; slot < strengths.size(); ++slot) {
    const double lead = mean > 0 ? std::max(0.0, strengths[slot] / mean - 1) : 0;
    pace_[slot] = static_cast<float>(1 - std::tanh(fusion_.balance_ * lead));
  }
}

double FusionTraining::Fill(Tape& tape,
                            std::span<const alignment::ItemPair> batch,
                            double dropout) {
  std::vector<ItemIndex> left;
  std::vector<ItemIndex> right;
  for (const auto& [a, b] : batch) {
    left.push_back(a);
    right.push_back(b);
  }
  // An item that is drawn twice is not to be told from itself, nor, where nothing but the items
  // themselves says what belongs together, from one of the very same words or picture.
  std::vector<std::uint32_t> groups(batch.size());
  std::vector<std::unordered_map<std::uint32_t, std::uint32_t>> first(spaces_.size() + 1);
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    groups[i] = first.back().try_emplace(left[i], i).first->second;
    for (std::size_t slot = 0; together_.empty() && slot < spaces_.size(); ++slot) {
      if (spaces_[slot]->present[left[i]] == 0) continue;
      const auto same = first[slot].try_emplace(same_[slot][left[i]], i).first->second;
      groups[i] = std::min(groups[i], same == i ? i : groups[same]);
    }
  }
  const View one = Look(tape, left, dropout);
  const View other = Look(tape, right, dropout);
  std::vector<std::uint32_t> all(batch.size());
  std::iota(all.begin(), all.end(), 0U);
  double loss =
      ContrastRows(tape, one.fused, other.fused, {all, groups}, fusion_.temperature_, 1.0F);
  const std::size_t slots = spaces_.size();
  const auto share = static_cast<float>(
      fusion_.align_ / std::max<double>(1, static_cast<double>(slots * (slots - 1)) / 2));
  for (std::size_t a = 0; share > 0 && a < slots; ++a) {
    for (std::size_t b = a + 1; b < slots; ++b) loss += Align(tape, left, a, b, one, share);
  }
  if (fusion_.balance_ > 0 && slots > 1 && !together_.empty()) Weigh(tape, groups, one, other);
  return loss;
}

double FusionTraining::Loss(Tape& tape, std::span<const alignment::ItemPair> batch) {
  const double loss = Fill(tape, batch, 0);
  tape.Backward();
  return loss;
}

void FusionTraining::Run() {
  training::Adam adam;
  std::vector<alignment::ItemPair> pairs(together_.begin(), together_.end());
  if (pairs.empty()) {
    for (const auto item : items_) pairs.emplace_back(item, item);
  }
  // However many pairs there are, an epoch is as long as the items are many.
  const std::size_t steps = (items_.size() + fusion_.batch_ - 1) / fusion_.batch_;
  std::size_t next = pairs.size();
  for (std::size_t step = 0; step < fusion_.epochs_ * steps && items_.size() > 1; ++step) {
    if (next >= pairs.size()) {
      random_.Shuffle(std::span(pairs));
      next = 0;
    }
    const std::size_t size = std::min(fusion_.batch_, pairs.size() - next);
    alignment::Tape tape;
    Fill(tape, std::span(pairs).subspan(next, size), fusion_.dropout_);
    next += size;
    tape.Backward();
    adam.Begin(fusion_.rate_);
    Move(adam, tape);
  }
}

void FusionTraining::Move(training::Adam& adam, const alignment::Tape& tape) {
  const auto& heads = fusion_.learned_.heads.heads();
  for (auto& [name, weight] : fusion_.weights()) {
    const auto* gradient = tape.GradientOf(weight);
    if (gradient == nullptr) continue;
    const auto head = std::ranges::find(heads, name, &alignment::ProjectionHeads::Head::map);
    const auto slot = static_cast<std::size_t>(head - heads.begin());
    adam.Move(name,
              {gradient->data(), gradient->rows() * gradient->cols()},
              {weight.data(), weight.rows() * weight.cols()},
              {.shrink = kWeightDecay, .pace = slot < heads.size() ? pace_[slot] : 1});
  }
}

}  // namespace medley::fusion
