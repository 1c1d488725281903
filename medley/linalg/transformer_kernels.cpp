#include "medley/linalg/transformer_kernels.h"

#include <cblas.h>

#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>

#include "medley/linalg/matrix.h"

// Highway includes this very file once for each instruction set, each time with another
// HWY_NAMESPACE.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "medley/linalg/transformer_kernels.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>
// Behind highway.h
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace medley::linalg::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// x times the normal distribution's share below it.
template <typename D, typename V>
V GeluOf(D d, V x) {
  const auto z = hn::Mul(hn::Abs(x), hn::Set(d, 0.70710678F));
  const auto t = hn::Div(hn::Set(d, 1.0F), hn::MulAdd(hn::Set(d, 0.3275911F), z, hn::Set(d, 1.0F)));
  auto sum = hn::MulAdd(hn::Set(d, 1.061405429F), t, hn::Set(d, -1.453152027F));
  sum = hn::MulAdd(sum, t, hn::Set(d, 1.421413741F));
  sum = hn::MulAdd(sum, t, hn::Set(d, -0.284496736F));
  sum = hn::MulAdd(sum, t, hn::Set(d, 0.254829592F));
  const auto beyond = hn::Mul(hn::Mul(sum, t), hn::Exp(d, hn::Neg(hn::Mul(z, z))));  // 1 - erf(z)
  const auto half = hn::Mul(hn::Set(d, 0.5F), beyond);
  const auto share = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), half, hn::Sub(hn::Set(d, 1.0F), half));
  return hn::Mul(x, share);
}

/// `rest` numbers, fewer than there are lanes, through the same operations as all others.
template <typename D, typename Function>
void Partly(D d, float* x, std::size_t rest, Function&& function) {
  HWY_ALIGN float some[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < rest; ++i) some[i] = x[i];
  hn::Store(function(hn::Load(d, some)), d, some);
  for (std::size_t i = 0; i < rest; ++i) x[i] = some[i];
}

void Gelu(float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto one = [d](auto v) { return GeluOf(d, v); };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(one(hn::LoadU(d, x + i)), d, x + i);
  Partly(d, x + i, n - i, one);
}

float Greatest(const float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto greatest = hn::Set(d, x[0]);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) greatest = hn::Max(greatest, hn::LoadU(d, x + i));
  float out = hn::GetLane(hn::MaxOfLanes(d, greatest));
  for (; i < n; ++i) out = x[i] > out ? x[i] : out;
  return out;
}

float Sum(const float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) sum = hn::Add(sum, hn::LoadU(d, x + i));
  float out = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < n; ++i) out += x[i];
  return out;
}

void Softmax(float* x, std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto greatest = hn::Set(d, Greatest(x, n));
  const auto one = [d, greatest](auto v) { return hn::Exp(d, hn::Sub(v, greatest)); };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(one(hn::LoadU(d, x + i)), d, x + i);
  Partly(d, x + i, n - i, one);
  const float factor = 1 / Sum(x, n);
  const auto factors = hn::Set(d, factor);
  for (i = 0; i + lanes <= n; i += lanes)
    hn::StoreU(hn::Mul(hn::LoadU(d, x + i), factors), d, x + i);
  for (; i < n; ++i) x[i] *= factor;
}

void AddAndNormalise(const float* HWY_RESTRICT more,
                     const float* HWY_RESTRICT scale,
                     const float* HWY_RESTRICT shift,
                     float epsilon,
                     float* HWY_RESTRICT x,
                     std::size_t n) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t whole = n - n % lanes;
  for (std::size_t i = 0; i < whole; i += lanes)
    hn::StoreU(hn::Add(hn::LoadU(d, x + i), hn::LoadU(d, more + i)), d, x + i);
  for (std::size_t i = whole; i < n; ++i) x[i] += more[i];
  const float mean = Sum(x, n) / static_cast<float>(n);
  const auto means = hn::Set(d, mean);
  auto squares = hn::Zero(d);
  for (std::size_t i = 0; i < whole; i += lanes) {
    const auto apart = hn::Sub(hn::LoadU(d, x + i), means);
    squares = hn::MulAdd(apart, apart, squares);
  }
  float variance = hn::GetLane(hn::SumOfLanes(d, squares));
  for (std::size_t i = whole; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
  const float factor = 1 / std::sqrt(variance / static_cast<float>(n) + epsilon);
  const auto factors = hn::Set(d, factor);
  for (std::size_t i = 0; i < whole; i += lanes) {
    const auto unit = hn::Mul(hn::Sub(hn::LoadU(d, x + i), means), factors);
    hn::StoreU(hn::MulAdd(unit, hn::LoadU(d, scale + i), hn::LoadU(d, shift + i)), d, x + i);
  }
  for (std::size_t i = whole; i < n; ++i) x[i] = (x[i] - mean) * factor * scale[i] + shift[i];
}

}  // namespace medley::linalg::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace medley::linalg {
namespace {

HWY_EXPORT(Gelu);
HWY_EXPORT(Softmax);
HWY_EXPORT(AddAndNormalise);

/// out = scale a b, b^T with `transposed`.
void Multiply(ConstMatrixView a, ConstMatrixView b, bool transposed, float scale, MatrixView out) {
  const auto whole = [](std::size_t n) { return static_cast<int>(n); };
  cblas_sgemm(CblasRowMajor,
              CblasNoTrans,
              transposed ? CblasTrans : CblasNoTrans,
              whole(out.rows),
              whole(out.cols),
              whole(a.cols),
              scale,
              a.data,
              whole(a.stride),
              b.data,
              whole(b.stride),
              0,
              out.data,
              whole(out.stride));
}

template <typename Scalar>
BasicMatrixView<Scalar> Columns(BasicMatrixView<Scalar> x, std::size_t first, std::size_t n) {
  return {x.data + first, x.rows, n, x.stride};
}

}  // namespace

void Gelu(std::span<float> x) { HWY_DYNAMIC_DISPATCH(Gelu)(x.data(), x.size()); }

void Softmax(std::span<float> scores) {
  assert(!scores.empty());
  HWY_DYNAMIC_DISPATCH(Softmax)(scores.data(), scores.size());
}

void AddAndNormalise(std::span<const float> more,
                     std::span<const float> scale,
                     std::span<const float> shift,
                     float epsilon,
                     std::span<float> x) {
  assert(more.size() == x.size() && scale.size() == x.size() && shift.size() == x.size());
  HWY_DYNAMIC_DISPATCH(AddAndNormalise)
  (more.data(), scale.data(), shift.data(), epsilon, x.data(), x.size());
}

void Attend(ConstMatrixView queries,
            ConstMatrixView keys,
            ConstMatrixView values,
            std::size_t heads,
            MatrixView out) {
  assert(queries.cols % heads == 0 && keys.rows > 0);
  openblas_set_num_threads(1);  // callers have threads of their own
  const std::size_t part = queries.cols / heads;
  const float scale = 1 / std::sqrt(static_cast<float>(part));
  Matrix attention(queries.rows, keys.rows);
  for (std::size_t head = 0; head < heads; ++head) {
    const std::size_t first = head * part;
    Multiply(
        Columns(queries, first, part), Columns(keys, first, part), true, scale, attention.View());
    for (std::size_t row = 0; row < attention.rows(); ++row) Softmax(attention.Row(row));
    Multiply(attention.View(), Columns(values, first, part), false, 1, Columns(out, first, part));
  }
}

}  // namespace medley::linalg
#endif
