// Pushes damaged media through one Decoder: media_fuzz [FILES] [SEED]. The Decoder must answer
// every file, in time, and the good file that follows every hundredth must come out as ever. Prints
// counts; exit status 1 where that fails.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/media/decoder.h"
#include "tests/fuzz/sample_media.h"

namespace medley {
namespace {

/// Decodes `bytes` as everything that it may be; returns the name of what came of it.
std::string Push(media::Decoder& decoder, const std::string& bytes) {
  const media::ImageSpec image{.side = 64};
  auto info = decoder.Probe(bytes);
  if (!info) return std::string(ErrorCodeName(info.error().code));
  Status status;
  if (info->mime.starts_with("image/")) {
    if (auto made = decoder.DecodeImage(bytes, image); !made) status = tl::unexpected(made.error());
  } else if (info->mime.starts_with("audio/")) {
    if (auto made = decoder.DecodeSound(bytes); !made) status = tl::unexpected(made.error());
  } else {
    if (auto made = decoder.DecodeClip(bytes, {.frame = image}); !made)
      status = tl::unexpected(made.error());
  }
  return status ? "decoded" : std::string(ErrorCodeName(status.error().code));
}

int Run(std::uint64_t files, std::uint64_t seed) {
  auto decoder = media::Decoder::Start();
  if (!decoder) {
    std::fprintf(stderr, "media_fuzz: %s\n", decoder.error().message.c_str());
    return 1;
  }
  const std::vector<samples::Seed> seeds = samples::EveryFormat();
  Random random(seed);
  std::map<std::string, int> counts;
  double slowest = 0;
  int lost = 0;
  for (std::uint64_t i = 0; i < files; ++i) {
    const std::string& base = seeds[i % seeds.size()].bytes;
    const std::string& other = seeds[random.Below(seeds.size())].bytes;
    const std::string bytes = samples::Mutate(base, other, random);
    const Stopwatch watch;
    ++counts[Push(*decoder, bytes)];
    slowest = std::max(slowest, watch.Seconds());
    if (i % 100 == 99 && Push(*decoder, seeds[i / 100 % seeds.size()].bytes) != "decoded") ++lost;
  }
  std::printf("%llu files from %zu seeds; slowest %.0f ms; good files lost: %d\n",
              static_cast<unsigned long long>(files),
              seeds.size(),
              slowest * 1000,
              lost);
  for (const auto& [name, count] : counts) std::printf("  %-14s %d\n", name.c_str(), count);
  const bool broken = lost > 0 || counts.contains("internal") || counts.contains("unavailable") ||
                      counts.contains("io");
  return broken ? 1 : 0;
}

}  // namespace
}  // namespace medley

int main(int argc, char** argv) {
  const std::uint64_t files = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 300;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return medley::Run(files, seed);
}
