#include "medley/linalg/kernels.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "medley/linalg/matrix.h"

// Highway includes this very file once for each instruction set, each time with another
// HWY_NAMESPACE.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/kernels.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four independent sums hide the latency of a multiply-add.
float Dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    sum1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), sum1);
    sum2 = hn::MulAdd(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes), sum2);
    sum3 = hn::MulAdd(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes), sum3);
  }
  for (; i + lanes <= n; i += lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

void Axpy(float scale, const float* HWY_RESTRICT x, float* HWY_RESTRICT y, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto factor = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    const auto low = hn::MulAdd(factor, hn::LoadU(d, x + i), hn::LoadU(d, y + i));
    const auto high = hn::MulAdd(factor, hn::LoadU(d, x + i + lanes), hn::LoadU(d, y + i + lanes));
    hn::StoreU(low, d, y + i);
    hn::StoreU(high, d, y + i + lanes);
  }
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  }
  for (; i < n; ++i) y[i] += scale * x[i];
}

void Scale(float scale, float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto factor = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::Mul(factor, hn::LoadU(d, x + i)), d, x + i);
  for (; i < n; ++i) x[i] *= scale;
}

// How far ahead memory is asked for: measured; 4 times further is as quick, not at all a tenth
// slower.
constexpr std::size_t kFloatsAhead = 256;

// One row after the other, as memory gives them quickest.
void TimesVector(ConstMatrixView matrix, const float* HWY_RESTRICT x, float* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t n = matrix.cols;
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    const float* r = matrix.data + row * matrix.stride;
    auto sum0 = hn::Zero(d);
    auto sum1 = hn::Zero(d);
    std::size_t i = 0;
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
      __builtin_prefetch(r + i + kFloatsAhead);
      sum0 = hn::MulAdd(hn::LoadU(d, r + i), hn::LoadU(d, x + i), sum0);
      sum1 = hn::MulAdd(hn::LoadU(d, r + i + lanes), hn::LoadU(d, x + i + lanes), sum1);
    }
    for (; i + lanes <= n; i += lanes)
      sum0 = hn::MulAdd(hn::LoadU(d, r + i), hn::LoadU(d, x + i), sum0);
    float total = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
    for (; i < n; ++i) total += r[i] * x[i];
    out[row] = total;
  }
}

/// Rows that share each load of the vector they are multiplied with.
struct FourRows {
  const float* r0;
  const float* r1;
  const float* r2;
  const float* r3;
};

HWY_INLINE std::array<float, 4> DotFour(const FourRows& rows,
                                        const float* HWY_RESTRICT x,
                                        std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto [r0, r1, r2, r3] = rows;
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  auto sum2 = hn::Zero(d);
  auto sum3 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, x + i);
    sum0 = hn::MulAdd(hn::LoadU(d, r0 + i), v, sum0);
    sum1 = hn::MulAdd(hn::LoadU(d, r1 + i), v, sum1);
    sum2 = hn::MulAdd(hn::LoadU(d, r2 + i), v, sum2);
    sum3 = hn::MulAdd(hn::LoadU(d, r3 + i), v, sum3);
  }
  std::array<float, 4> dots = {hn::GetLane(hn::SumOfLanes(d, sum0)),
                               hn::GetLane(hn::SumOfLanes(d, sum1)),
                               hn::GetLane(hn::SumOfLanes(d, sum2)),
                               hn::GetLane(hn::SumOfLanes(d, sum3))};
  for (; i < n; ++i) {
    dots[0] += r0[i] * x[i];
    dots[1] += r1[i] * x[i];
    dots[2] += r2[i] * x[i];
    dots[3] += r3[i] * x[i];
  }
  return dots;
}

// Four rows at a time share the loads of x and the loads and stores of out; the rows to come are
// fetched meanwhile.
void AddProjections(ConstMatrixView matrix,
                    const std::uint32_t* HWY_RESTRICT rows,
                    std::size_t count,
                    const float* HWY_RESTRICT targets,
                    const float* HWY_RESTRICT factors,
                    const float* HWY_RESTRICT x,
                    float* HWY_RESTRICT out) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t n = matrix.cols;
  constexpr std::size_t kLineFloats = 16;
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) {
    const float* r0 = matrix.data + rows[k] * matrix.stride;
    const float* r1 = matrix.data + rows[k + 1] * matrix.stride;
    const float* r2 = matrix.data + rows[k + 2] * matrix.stride;
    const float* r3 = matrix.data + rows[k + 3] * matrix.stride;
    for (std::size_t ahead = k + 4; ahead < k + 8 && ahead < count; ++ahead) {
      const float* row = matrix.data + rows[ahead] * matrix.stride;
      for (std::size_t i = 0; i < n; i += kLineFloats) __builtin_prefetch(row + i);
    }
    auto [c0, c1, c2, c3] = DotFour({r0, r1, r2, r3}, x, n);
    c0 *= factors[k];
    c1 *= factors[k + 1];
    c2 *= factors[k + 2];
    c3 *= factors[k + 3];
    if (targets != nullptr) {
      c0 += targets[k];
      c1 += targets[k + 1];
      c2 += targets[k + 2];
      c3 += targets[k + 3];
    }
    const auto f0 = hn::Set(d, c0);
    const auto f1 = hn::Set(d, c1);
    const auto f2 = hn::Set(d, c2);
    const auto f3 = hn::Set(d, c3);
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes) {
      const auto a = hn::MulAdd(f0, hn::LoadU(d, r0 + i), hn::LoadU(d, out + i));
      const auto b = hn::Mul(f1, hn::LoadU(d, r1 + i));
      const auto c = hn::MulAdd(f2, hn::LoadU(d, r2 + i), a);
      const auto e = hn::MulAdd(f3, hn::LoadU(d, r3 + i), b);
      hn::StoreU(hn::Add(c, e), d, out + i);
    }
    for (; i < n; ++i) out[i] += c0 * r0[i] + c1 * r1[i] + c2 * r2[i] + c3 * r3[i];
  }
  for (; k < count; ++k) {
    const float* row = matrix.data + rows[k] * matrix.stride;
    const float target = targets == nullptr ? 0 : targets[k];
    Axpy(target + factors[k] * Dot(row, x, n), row, out, n);
  }
}

// x - x is 0 for finite x and NaN otherwise; a NaN stays in the sum.
bool AllFinite(const float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, x + i);
    sum = hn::Add(sum, hn::Sub(v, v));
  }
  float rest = 0;
  for (; i < n; ++i) rest += x[i] - x[i];
  return hn::GetLane(hn::SumOfLanes(d, sum)) + rest == 0;
}

// Without a branch on a value: half of those near the bound would be guessed wrong. (Highway's
// CompressStore copies its tables at every call in the version we link.)
std::size_t GatherAbove(const float* HWY_RESTRICT x,
                        std::size_t n,
                        float bound,
                        std::uint32_t* HWY_RESTRICT indices,
                        float* HWY_RESTRICT values) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto limit = hn::Set(d, bound);
  std::size_t taken = 0;
  const auto take = [&](std::size_t i) {
    indices[taken] = static_cast<std::uint32_t>(i);
    values[taken] = x[i];
    taken += x[i] > bound ? 1 : 0;
  };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    if (hn::AllFalse(d, hn::Gt(hn::LoadU(d, x + i), limit))) continue;
    for (std::size_t k = 0; k < lanes; ++k) take(i + k);
  }
  for (; i < n; ++i) take(i);
  return taken;
}

std::size_t NextAbove(const float* x, std::size_t from, std::size_t n, float bound) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto limit = hn::Set(d, bound);
  std::size_t i = from;
  for (; i + lanes <= n; i += lanes) {
    const auto first = hn::FindFirstTrue(d, hn::Gt(hn::LoadU(d, x + i), limit));
    if (first >= 0) return i + static_cast<std::size_t>(first);
  }
  for (; i < n; ++i) {
    if (x[i] > bound) return i;
  }
  return n;
}

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {

HWY_EXPORT(Dot);
HWY_EXPORT(Axpy);
HWY_EXPORT(Scale);
HWY_EXPORT(TimesVector);
HWY_EXPORT(AddProjections);
HWY_EXPORT(AllFinite);
HWY_EXPORT(GatherAbove);
HWY_EXPORT(NextAbove);
HWY_EXPORT(TargetName);

float Dot(std::span<const float> a, std::span<const float> b) {
  assert(a.size() == b.size());
  return HWY_DYNAMIC_DISPATCH(Dot)(a.data(), b.data(), a.size());
}

float SquaredNorm(std::span<const float> a) { return Dot(a, a); }

void Axpy(float scale, std::span<const float> x, std::span<float> y) {
  assert(x.size() == y.size());
  HWY_DYNAMIC_DISPATCH(Axpy)(scale, x.data(), y.data(), x.size());
}

void Scale(float scale, std::span<float> x) {
  HWY_DYNAMIC_DISPATCH(Scale)(scale, x.data(), x.size());
}

bool Normalize(std::span<float> x) {
  const float squared = SquaredNorm(x);
  if (!(squared > 0) || !std::isfinite(squared)) return false;
  Scale(1 / std::sqrt(squared), x);
  return true;
}

void TimesVector(ConstMatrixView matrix, std::span<const float> x, std::span<float> out) {
  assert(x.size() == matrix.cols && out.size() == matrix.rows);
  HWY_DYNAMIC_DISPATCH(TimesVector)(matrix, x.data(), out.data());
}

void AddProjections(ConstMatrixView matrix,
                    std::span<const std::uint32_t> rows,
                    std::span<const float> targets,
                    std::span<const float> factors,
                    std::span<const float> x,
                    std::span<float> out) {
  assert(factors.size() == rows.size() && (targets.empty() || targets.size() == rows.size()));
  assert(x.size() == matrix.cols && out.size() == matrix.cols && x.data() != out.data());
  HWY_DYNAMIC_DISPATCH(AddProjections)
  (matrix,
   rows.data(),
   rows.size(),
   targets.empty() ? nullptr : targets.data(),
   factors.data(),
   x.data(),
   out.data());
}

bool AllFinite(std::span<const float> x) {
  return HWY_DYNAMIC_DISPATCH(AllFinite)(x.data(), x.size());
}

std::size_t GatherAbove(std::span<const float> x,
                        float bound,
                        std::span<std::uint32_t> indices,
                        std::span<float> values) {
  assert(indices.size() >= x.size() && values.size() >= x.size());
  return HWY_DYNAMIC_DISPATCH(GatherAbove)(
      x.data(), x.size(), bound, indices.data(), values.data());
}

std::size_t NextAbove(std::span<const float> x, std::size_t from, float bound) {
  return HWY_DYNAMIC_DISPATCH(NextAbove)(x.data(), from, x.size(), bound);
}

std::string_view KernelTarget() { return HWY_DYNAMIC_DISPATCH(TargetName)(); }

}  // namespace medley::linalg
#endif
