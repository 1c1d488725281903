#include "medley/media/scene_changes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "medley/media/decoder.h"

namespace medley::media {
namespace {

constexpr std::size_t kGrid = 8;
constexpr double kLeastCut = 0.06;
constexpr double kTimesUsual = 3;

using Grid = std::array<double, kGrid * kGrid * 3>;

Grid GridOf(const Image& image) {
  Grid sums{};
  std::array<double, kGrid * kGrid> counts{};
  const auto side = static_cast<std::size_t>(image.side);
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const std::size_t cell = y * kGrid / side * kGrid + x * kGrid / side;
      counts[cell] += 1;
      for (std::size_t c = 0; c < 3; ++c)
        sums[cell * 3 + c] += static_cast<double>(image.rgb[(y * side + x) * 3 + c]);
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] /= std::max(1.0, counts[i / 3]) * 255;
  return sums;
}

double Difference(const Grid& a, const Grid& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

struct Scene {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t wanted = 0;
  std::size_t size() const { return end - begin; }
};

std::vector<Scene> ScenesOf(std::span<const Image> frames) {
  std::vector<double> differences;
  Grid last = GridOf(frames.front());
  for (const Image& frame : frames.subspan(1)) {
    const Grid grid = GridOf(frame);
    differences.push_back(Difference(last, grid));
    last = grid;
  }
  auto sorted = differences;
  std::ranges::sort(sorted);
  const double usual = sorted.empty() ? 0 : sorted[sorted.size() / 2];
  // Where most neighbours are cuts, what is usual tells nothing: a great difference is enough.
  const double cut = std::max(kLeastCut, std::min(kTimesUsual * usual, 2 * kLeastCut));
  std::vector<Scene> scenes = {{0, 1, 0}};
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (differences[i] >= cut) scenes.push_back({i + 1, i + 1, 0});
    scenes.back().end = i + 2;
  }
  return scenes;
}

}  // namespace

double Difference(const Image& a, const Image& b) { return Difference(GridOf(a), GridOf(b)); }

std::vector<std::size_t> PickByScene(std::span<const Image> frames, std::size_t count) {
  std::vector<std::size_t> picked;
  if (frames.size() <= count) {
    picked.resize(frames.size());
    std::iota(picked.begin(), picked.end(), std::size_t{0});
    return picked;
  }
  auto scenes = ScenesOf(frames);
  for (std::size_t i = 0; i < count; ++i) {
    // Whoever has most frames for each that it gives; before any gives its second, the longest.
    const auto next = std::ranges::max_element(scenes, [](const Scene& a, const Scene& b) {
      if ((a.wanted == 0) != (b.wanted == 0)) return a.wanted != 0;
      return a.size() * (b.wanted + 1) < b.size() * (a.wanted + 1);
    });
    ++next->wanted;
  }
  for (const Scene& scene : scenes) {
    for (std::size_t i = 0; i < scene.wanted; ++i)
      picked.push_back(scene.begin + (2 * i + 1) * scene.size() / (2 * scene.wanted));
  }
  return picked;
}

}  // namespace medley::media
