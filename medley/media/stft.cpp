#include "medley/media/stft.h"

#include <kiss_fft.h>
#include <kiss_fftr.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"

namespace medley::media {
namespace {

constexpr int kMaxFft = 65536;

struct FreePlan {
  void operator()(kiss_fftr_state* plan) const { kiss_fftr_free(plan); }
};

std::vector<float> PeriodicHann(int length) {
  std::vector<float> window(length);
  for (int i = 0; i < length; ++i) {
    window[i] = static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / length));
  }
  return window;
}

}  // namespace

struct FrameSpectrum::Plan {
  std::unique_ptr<kiss_fftr_state, FreePlan> fft;
  std::vector<float> window;
  std::vector<float> windowed;
  std::vector<kiss_fft_cpx> spectrum;
};

FrameSpectrum::FrameSpectrum(int n_fft) : plan_(std::make_unique<Plan>()) {
  assert(n_fft >= 2 && n_fft <= kMaxFft && n_fft % 2 == 0);
  plan_->fft.reset(kiss_fftr_alloc(n_fft, 0, nullptr, nullptr));
  plan_->window = PeriodicHann(n_fft);
  plan_->windowed.resize(n_fft);
  plan_->spectrum.resize(n_fft / 2 + 1);
}

FrameSpectrum::FrameSpectrum(FrameSpectrum&&) noexcept = default;
FrameSpectrum::~FrameSpectrum() = default;

std::size_t FrameSpectrum::bins() const { return plan_->spectrum.size(); }
const std::vector<float>& FrameSpectrum::window() const { return plan_->window; }

void FrameSpectrum::Power(std::span<const float> frame, std::span<float> power) {
  assert(frame.size() == plan_->window.size() && power.size() == bins());
  for (std::size_t i = 0; i < frame.size(); ++i) plan_->windowed[i] = frame[i] * plan_->window[i];
  kiss_fftr(plan_->fft.get(), plan_->windowed.data(), plan_->spectrum.data());
  for (std::size_t i = 0; i < power.size(); ++i) {
    const kiss_fft_cpx& bin = plan_->spectrum[i];
    power[i] = bin.r * bin.r + bin.i * bin.i;
  }
}

std::size_t FrameCount(std::size_t samples, const StftSpec& spec) {
  return samples == 0 ? 0 : 1 + samples / static_cast<std::size_t>(spec.hop);
}

void CopyCentredFrame(std::span<const float> samples,
                      const StftSpec& spec,
                      std::size_t index,
                      std::span<float> frame) {
  const auto length = static_cast<std::ptrdiff_t>(samples.size());
  const auto begin = static_cast<std::ptrdiff_t>(index) * spec.hop - spec.n_fft / 2;
  const std::ptrdiff_t from = std::clamp<std::ptrdiff_t>(begin, 0, length);
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(begin + spec.n_fft, from, length);
  auto out = std::fill_n(frame.begin(), std::min<std::ptrdiff_t>(from - begin, spec.n_fft), 0.F);
  if (to > from) out = std::copy(samples.begin() + from, samples.begin() + to, out);
  std::fill(out, frame.end(), 0.F);
}

Status CheckStftSpec(const StftSpec& spec) {
  if (spec.n_fft < 2 || spec.n_fft > kMaxFft || spec.n_fft % 2 != 0) {
    return Fail(ErrorCode::kInvalidInput,
                "n_fft must be even and in 2 to 65536, not " + std::to_string(spec.n_fft));
  }
  if (spec.hop < 1 || spec.hop > spec.n_fft) {
    return Fail(ErrorCode::kInvalidInput,
                "hop must be in 1 to n_fft, not " + std::to_string(spec.hop));
  }
  return {};
}

Result<linalg::Matrix> PowerSpectrogram(std::span<const float> samples, const StftSpec& spec) {
  MEDLEY_RETURN_IF_ERROR(CheckStftSpec(spec));
  FrameSpectrum spectrum(spec.n_fft);
  linalg::Matrix power(FrameCount(samples.size(), spec), spectrum.bins());
  std::vector<float> frame(spec.n_fft);
  for (std::size_t row = 0; row < power.rows(); ++row) {
    CopyCentredFrame(samples, spec, row, frame);
    spectrum.Power(frame, power.Row(row));
  }
  return power;
}

}  // namespace medley::media
