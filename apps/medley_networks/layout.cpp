#include "apps/medley_networks/layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "medley/core/ids.h"
#include "medley/training/network.h"

namespace medley::networks {
namespace {

using training::Block;
using training::NetworkShape;

constexpr float kNever = -1e9F;
/// Rows this wide keep products of matrices large even where histories are short.
constexpr std::size_t kNarrowest = 64;

/// Where a piece's inputs, all its items but the last, lie.
struct Place {
  std::size_t row = 0;
  std::size_t column = 0;
};

std::size_t Pack(std::span<const Piece> pieces, std::size_t width, std::vector<Place>& places) {
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return pieces[a].size() > pieces[b].size();
  });
  std::vector<std::size_t> used;
  places.resize(pieces.size());
  for (const auto i : order) {
    const std::size_t n = pieces[i].size() - 1;
    std::size_t row = 0;
    while (row < used.size() && used[row] + n > width) ++row;
    if (row == used.size()) used.push_back(0);
    places[i] = {row, used[row]};
    used[row] += n;
  }
  return used.size();
}

/// Fills the tensors of a layout piece by piece.
class Builder {
 public:
  Builder(const NetworkShape& shape, std::size_t rows, std::size_t width)
      : shape_(shape), width_(width), kernel_(training::FilterKernel(shape)) {
    const auto r = static_cast<std::int64_t>(rows);
    const auto w = static_cast<std::int64_t>(width);
    out_.rows = r;
    out_.width = w;
    out_.tokens = at::zeros({r * w}, at::kLong);
    out_.places = at::zeros({r * w}, at::kLong);
    if (shape.block == Block::kPooled) {
      out_.blend = at::zeros({r, w, w});
      out_.mean = at::zeros({r, w, w});
    } else {
      out_.mask = at::full({r, 1, w, w}, kNever);
      // A place that no piece covers sees itself, so that its softmax has something to sum.
      out_.mask.diagonal(0, 2, 3).zero_();
    }
    if (shape.block == Block::kBsarec) out_.blend = at::zeros({r, w, w});
  }

  void AddPacked(const Piece& piece, const Place& place) {
    const std::size_t n = piece.size() - 1;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = place.row * width_ + place.column + i;
      Token(at) = piece[i];
      PlaceAt(at) = static_cast<std::int64_t>(i);
      asked_.push_back(static_cast<std::int64_t>(at));
      targets_.push_back(piece[i + 1]);
      SeeBack(place, i);
    }
  }

  void AddFixed(const Piece& piece, std::size_t row) {
    const std::size_t n = piece.size() - 1;
    const std::size_t blank = width_ - n;
    if (!out_.filled.defined()) out_.filled = at::zeros({out_.rows * out_.width, 1});
    for (std::size_t i = 0; i < width_; ++i) {
      const std::size_t at = row * width_ + i;
      PlaceAt(at) = static_cast<std::int64_t>(i);
      if (i >= blank) {
        Token(at) = piece[i - blank];
        out_.filled.data_ptr<float>()[at] = 1;
      }
      for (std::size_t k = i < blank ? 0 : blank; k <= i; ++k) Mask(row, i, k) = 0;
      if (shape_.block != Block::kBsarec) continue;
      for (std::size_t k = 0; k < width_; ++k)
        Entry(out_.blend, row, i, k) = kernel_[k > i ? k - i : i - k];
    }
    asked_.push_back(static_cast<std::int64_t>((row + 1) * width_ - 1));
    targets_.push_back(piece.back());
  }

  Layout Take() {
    out_.asked = at::tensor(asked_, at::kLong);
    out_.targets = at::tensor(targets_, at::kLong);
    return std::move(out_);
  }

 private:
  /// What place i of a packed piece sees of those before it.
  void SeeBack(const Place& place, std::size_t i) {
    double sum = 0;
    double weight = 1;
    for (std::size_t k = i + 1; k-- > 0; weight *= shape_.fade) {
      const std::size_t from = place.column + i;
      const std::size_t to = place.column + k;
      if (shape_.block == Block::kPooled) {
        Entry(out_.blend, place.row, from, to) = static_cast<float>(weight);
        Entry(out_.mean, place.row, from, to) = 1 / static_cast<float>(i + 1);
        sum += weight;
        continue;
      }
      Mask(place.row, from, to) = 0;
      if (shape_.block == Block::kBsarec) Entry(out_.blend, place.row, from, to) = kernel_[i - k];
    }
    if (shape_.block != Block::kPooled) return;
    for (std::size_t k = 0; k <= i; ++k)
      Entry(out_.blend, place.row, place.column + i, place.column + k) /= static_cast<float>(sum);
  }

  std::int64_t& Token(std::size_t at) { return out_.tokens.data_ptr<std::int64_t>()[at]; }
  std::int64_t& PlaceAt(std::size_t at) { return out_.places.data_ptr<std::int64_t>()[at]; }
  float& Entry(at::Tensor& of, std::size_t row, std::size_t i, std::size_t k) {
    return of.data_ptr<float>()[(row * width_ + i) * width_ + k];
  }
  float& Mask(std::size_t row, std::size_t i, std::size_t k) { return Entry(out_.mask, row, i, k); }

  const NetworkShape& shape_;
  std::size_t width_;
  std::vector<float> kernel_;
  Layout out_;
  std::vector<std::int64_t> asked_;
  std::vector<std::int64_t> targets_;
};

}  // namespace

Layout MakeLayout(std::span<const Piece> pieces, const NetworkShape& shape) {
  if (shape.fixed_length) {
    Builder builder(shape, pieces.size(), shape.max_length);
    for (std::size_t i = 0; i < pieces.size(); ++i) builder.AddFixed(pieces[i], i);
    return builder.Take();
  }
  const std::size_t width = std::max(kNarrowest, shape.max_length);
  std::vector<Place> places;
  const std::size_t rows = Pack(pieces, width, places);
  Builder builder(shape, rows, width);
  for (std::size_t i = 0; i < pieces.size(); ++i) builder.AddPacked(pieces[i], places[i]);
  return builder.Take();
}

Layout MoveTo(Layout layout, const at::Device& device) {
  if (device.is_cpu()) return layout;
  for (auto* tensor : {&layout.tokens,
                       &layout.filled,
                       &layout.places,
                       &layout.mask,
                       &layout.blend,
                       &layout.mean,
                       &layout.asked,
                       &layout.targets}) {
    if (tensor->defined()) *tensor = tensor->to(device);
  }
  return layout;
}

}  // namespace medley::networks
