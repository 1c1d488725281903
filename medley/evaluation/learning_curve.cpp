#include "medley/evaluation/learning_curve.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace medley::evaluation {
namespace {

constexpr std::string_view kBetween = " \t\r\n,;:=()";
constexpr std::array<std::string_view, 7> kCounters = {
    "epoch", "epochs", "step", "steps", "iteration", "iterations", "of"};

bool IsCounter(std::string_view word) {
  return std::find(kCounters.begin(), kCounters.end(), word) != kCounters.end();
}

bool ReadNumber(std::string_view word, double& value) {
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc{} && stop == word.data() + word.size();
}

}  // namespace

void RecordingProgress::Begin(std::string_view stage,
                              std::uint64_t total,
                              std::string_view unit,
                              std::uint64_t done_before) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
  }
  inner_.Begin(stage, total, unit, done_before);
}

void RecordingProgress::Note(std::string_view text) {
  inner_.Note(text);
  const std::lock_guard lock(mutex_);
  std::string name;
  while (!text.empty()) {
    const auto begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_of(kBetween));
    text.remove_prefix(word.size());
    double value = 0;
    if (!ReadNumber(word, value)) {
      name += (name.empty() ? "" : " ") + std::string(word);
      continue;
    }
    const auto last = name.substr(name.rfind(' ') + 1);
    if (!name.empty() && !IsCounter(last) && std::isfinite(value)) Keep(name, value);
    name.clear();
  }
}

void RecordingProgress::Keep(const std::string& name, double value) {
  auto found = std::find_if(curves_.begin(), curves_.end(), [&](const auto& curve) {
    return curve.stage == stage_ && curve.name == name;
  });
  if (found == curves_.end()) found = curves_.insert(curves_.end(), {stage_, name, {}});
  if (found->values.size() < kMaxPoints) found->values.push_back(value);
}

std::vector<LearningCurve> RecordingProgress::Curves() const {
  const std::lock_guard lock(mutex_);
  std::vector<LearningCurve> out;
  std::copy_if(curves_.begin(), curves_.end(), std::back_inserter(out), [](const auto& curve) {
    return curve.values.size() > 1;
  });
  return out;
}

}  // namespace medley::evaluation
