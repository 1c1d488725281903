#include "medley/core/progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"

namespace medley {
namespace {

std::string FormatDuration(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  const auto whole = static_cast<long>(std::lround(seconds));
  std::array<char, 32> out{};
  if (whole >= 3600) {
    std::snprintf(
        out.data(), out.size(), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(out.data(), out.size(), "%ld:%02ld", whole / 60, whole % 60);
  }
  return out.data();
}

/// Keeps the counts; the two ways of showing them derive from it.
class CountingProgress : public Progress {
 public:
  CountingProgress(std::FILE* out, std::chrono::milliseconds interval)
      : out_(out), interval_(interval) {}

  void Begin(std::string_view stage,
             std::uint64_t total,
             std::string_view unit,
             std::uint64_t done_before) override {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
    unit_ = unit;
    figures_.clear();
    total_ = total;
    done_ = before_ = done_before;
    start_ = shown_ = std::chrono::steady_clock::now();
  }

  void Advance(std::uint64_t units) override {
    const std::lock_guard lock(mutex_);
    done_ += units;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < interval_) return;
    shown_ = now;
    Show(false);
  }

  void Note(std::string_view figure, double value) override {
    const std::lock_guard lock(mutex_);
    const auto known = std::find_if(
        figures_.begin(), figures_.end(), [&](const auto& one) { return one.first == figure; });
    if (known != figures_.end()) {
      known->second = value;
    } else {
      figures_.emplace_back(figure, value);
    }
  }

  void End() override {
    const std::lock_guard lock(mutex_);
    Show(true);
  }

 protected:
  virtual void Show(bool last) = 0;

  double Elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double Rate() const { return static_cast<double>(done_ - before_) / std::max(Elapsed(), 1e-9); }
  double SecondsLeft() const {
    return total_ > done_ ? static_cast<double>(total_ - done_) / Rate() : 0;
  }

  /// "loss 0.3100, validation ndcg@10 0.0500"
  std::string Figures() const {
    std::string out;
    for (const auto& [name, value] : figures_) {
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), " %.4f", value);
      out += (out.empty() ? "" : ", ") + name + text.data();
    }
    return out;
  }

  std::FILE* out_;
  std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::string stage_, unit_;
  std::vector<std::pair<std::string, double>> figures_;
  std::uint64_t total_ = 0, done_ = 0, before_ = 0;
  std::chrono::steady_clock::time_point start_, shown_;
};

class TerminalProgress : public CountingProgress {
 public:
  explicit TerminalProgress(std::FILE* out)
      : CountingProgress(out, std::chrono::milliseconds(100)) {}

 private:
  void Show(bool last) override {
    constexpr int kWidth = 30;
    std::string bar;
    if (total_ > 0) {
      const int filled = static_cast<int>(kWidth * std::min(done_, total_) / total_);
      for (int i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
      bar += " " + std::to_string(100 * std::min(done_, total_) / total_) + "% ";
    }
    const std::string of = total_ > 0 ? "/" + std::to_string(total_) : "";
    std::fprintf(out_,
                 "\r\033[K%-18s %s%llu%s %s  %.1f/s  %s %s",
                 stage_.c_str(),
                 bar.c_str(),
                 static_cast<unsigned long long>(done_),
                 of.c_str(),
                 unit_.c_str(),
                 Rate(),
                 last ? ("in " + FormatDuration(Elapsed())).c_str()
                      : (FormatDuration(SecondsLeft()) + " left").c_str(),
                 Figures().c_str());
    if (last) std::fputc('\n', out_);
    std::fflush(out_);
  }
};

class JsonProgress : public CountingProgress {
 public:
  explicit JsonProgress(std::FILE* out) : CountingProgress(out, std::chrono::seconds(2)) {}

 private:
  void Show(bool last) override {
    Json line = {{"stage", stage_},
                 {"done", done_},
                 {"unit", unit_},
                 {"rate", std::round(Rate() * 10) / 10}};
    if (total_ > 0) line["total"] = total_;
    if (!figures_.empty()) line["note"] = Figures();
    if (last) {
      line["seconds"] = std::round(Elapsed() * 100) / 100;
    } else if (const double left = SecondsLeft(); std::isfinite(left)) {
      line["eta_s"] = std::round(left * 10) / 10;
    }
    std::fprintf(out_, "%s\n", DumpJson(line).c_str());
    std::fflush(out_);
  }
};

}  // namespace

std::unique_ptr<Progress> MakeProgress(std::FILE* out) {
  if (::isatty(::fileno(out)) != 0) return std::make_unique<TerminalProgress>(out);
  return std::make_unique<JsonProgress>(out);
}

}  // namespace medley
