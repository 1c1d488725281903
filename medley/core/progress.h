#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace medley {

/// Where long work tells how far it is. One stage at a time: Begin, Advance..., End.
/// Threads: Advance and Note from any; the others from one.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `total` units of `unit` ("items", "epochs") to do; 0: not known. `done_before` of them were
  /// done by an earlier, interrupted run.
  virtual void Begin(std::string_view stage,
                     std::uint64_t total,
                     std::string_view unit,
                     std::uint64_t done_before = 0) = 0;
  virtual void Advance(std::uint64_t units) = 0;
  /// A figure worth seeing while it runs ("loss", 0.31); told again, it takes the last one's place.
  virtual void Note(std::string_view figure, double value) = 0;
  virtual void End() = 0;
};

/// Says nothing.
class SilentProgress : public Progress {
 public:
  void Begin(std::string_view, std::uint64_t, std::string_view, std::uint64_t) override {}
  void Advance(std::uint64_t) override {}
  void Note(std::string_view, double) override {}
  void End() override {}
};

/// A bar with rate and time left where `out` is a terminal, else one JSON line every two seconds
/// and at the end:
/// {"stage":"encode image","done":512,"total":10000,"unit":"items","rate":101.2,"eta_s":93.8}.
std::unique_ptr<Progress> MakeProgress(std::FILE* out);

}  // namespace medley
