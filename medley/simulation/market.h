#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "medley/core/progress.h"
#include "medley/core/result.h"

namespace medley::simulation {

struct MarketOptions {
  std::size_t items = 10'000;
  std::size_t users = 1'000;
  std::uint64_t seed = 1;
};

/// Draws a market into `folder`: items.jsonl, users.jsonl, events.jsonl (the formats of `medley
/// import jsonl`), media/ and truth.json (latent attributes of items, tastes of users, best
/// possible scores). The same options give the same bytes. Everything in it says that it is
/// simulated.
Status DrawMarket(const MarketOptions& options,
                  const std::filesystem::path& folder,
                  Progress& progress);

}  // namespace medley::simulation
