#include "medley/evaluation/protocol.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/ids.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"

namespace medley::evaluation {
namespace {

constexpr std::uint64_t kColdFolds = 5;

enum class Part : std::uint8_t { kTrain, kValid, kTest };

/// The last eighth of `n` rounded up, but something is left to train on.
std::size_t LastEighth(std::size_t n) { return n < 2 ? 0 : std::min(n - 1, (n + 7) / 8); }

/// How many of a history of `n` come before its test part.
std::size_t BeforeTest(std::size_t n) {
  return static_cast<std::size_t>(std::ceil(0.8 * static_cast<double>(n)));
}

/// Which part each interaction of a history of `n` falls into.
std::vector<Part> PartsOf(std::size_t n, Protocol protocol, Random& random) {
  std::vector<Part> parts(n, Part::kTrain);
  if (protocol == Protocol::kLeaveOneOut) {
    if (n >= 2) parts[n - 1] = Part::kTest;
    if (n >= 3) parts[n - 2] = Part::kValid;
    return parts;
  }
  const std::size_t train = BeforeTest(n);
  const std::size_t valid = LastEighth(train);
  std::fill(parts.begin() + static_cast<std::ptrdiff_t>(train), parts.end(), Part::kTest);
  std::fill(parts.begin() + static_cast<std::ptrdiff_t>(train - valid),
            parts.begin() + static_cast<std::ptrdiff_t>(train),
            Part::kValid);
  if (protocol == Protocol::kRandom) random.Shuffle(std::span(parts));
  return parts;
}

/// Cold or warm by the id, whatever else is in the catalogue.
std::vector<Part> PartsOfIds(std::span<const std::string> ids, std::uint64_t seed) {
  std::vector<Part> parts;
  parts.reserve(ids.size());
  for (const auto& id : ids) {
    const auto fold = Hash64(id, seed) % kColdFolds;
    parts.push_back(fold == 0 ? Part::kTest : fold == 1 ? Part::kValid : Part::kTrain);
  }
  return parts;
}

std::vector<std::uint8_t> Where(std::span<const Part> parts, Part wanted) {
  std::vector<std::uint8_t> out(parts.size());
  std::transform(parts.begin(), parts.end(), out.begin(), [wanted](Part part) {
    return part == wanted ? 1 : 0;
  });
  return out;
}

/// Collects interactions into the parts of a split.
class SplitBuilder {
 public:
  SplitBuilder(std::size_t n_users, std::size_t n_items) : n_users_(n_users), n_items_(n_items) {
    split_.valid.resize(n_users);
    split_.test.resize(n_users);
  }

  void Add(UserIndex user, const data::Interaction& entry, Part part) {
    if (part == Part::kTest) {
      if (entry.weight > 0) split_.test[user].push_back(entry.item);
      return;
    }
    full_.push_back({user, entry});
    if (part == Part::kTrain) {
      train_.push_back({user, entry});
    } else if (entry.weight > 0) {
      split_.valid[user].push_back(entry.item);
    }
  }

  /// A user that no model is fitted on: shows the first part of their history, is judged by the
  /// rest. One for validation still trains the final model.
  void AddCold(UserIndex user, std::span<const data::Interaction> history, Part part) {
    const std::size_t n_shown = BeforeTest(history.size());
    const bool test = part == Part::kTest;
    for (std::size_t i = 0; i < history.size(); ++i) {
      const auto& entry = history[i];
      if (i < n_shown) {
        (test ? shown_ : valid_shown_).push_back({user, entry});
      } else if (entry.weight > 0) {
        (test ? split_.test : split_.valid)[user].push_back(entry.item);
      }
      if (!test) full_.push_back({user, entry});
    }
  }

  Split Build() {
    for (auto* lists : {&split_.valid, &split_.test}) {
      for (auto& list : *lists) std::sort(list.begin(), list.end());
    }
    split_.train = data::Interactions(n_users_, n_items_, std::move(train_));
    split_.full = data::Interactions(n_users_, n_items_, std::move(full_));
    if (!shown_.empty() || !valid_shown_.empty()) {
      split_.shown = data::Interactions(n_users_, n_items_, std::move(shown_));
      split_.valid_shown = data::Interactions(n_users_, n_items_, std::move(valid_shown_));
    }
    return std::move(split_);
  }

 private:
  std::size_t n_users_;
  std::size_t n_items_;
  Split split_;
  std::vector<data::Interactions::Row> train_;
  std::vector<data::Interactions::Row> full_;
  std::vector<data::Interactions::Row> shown_;
  std::vector<data::Interactions::Row> valid_shown_;
};

}  // namespace

std::vector<UserIndex> JudgedUsers(const Split& split) {
  std::vector<UserIndex> out;
  for (UserIndex user = 0; user < split.test.size(); ++user) {
    if (!split.test[user].empty()) out.push_back(user);
  }
  return out;
}

Result<Protocol> ParseProtocol(std::string_view name) {
  std::string known;
  for (std::size_t i = 0; i < std::size(kProtocolNames); ++i) {
    if (kProtocolNames[i] == name) return static_cast<Protocol>(i);
    known += (known.empty() ? "" : ", ") + std::string(kProtocolNames[i]);
  }
  return Fail(ErrorCode::kInvalidInput,
              "there is no protocol '" + std::string(name) + "'; there are " + known);
}

namespace {

Split SplitColdUsers(const data::Interactions& interactions,
                     std::span<const std::string> user_ids,
                     std::uint64_t seed) {
  const auto parts = PartsOfIds(user_ids, seed);
  SplitBuilder builder(interactions.n_users(), interactions.n_items());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = interactions.OfUser(user);
    if (parts[user] != Part::kTrain) {
      builder.AddCold(user, history, parts[user]);
      continue;
    }
    for (const auto& entry : history) builder.Add(user, entry, Part::kTrain);
  }
  return builder.Build();
}

}  // namespace

Split MakeSplit(const data::Interactions& interactions,
                Protocol protocol,
                const SplitIds& ids,
                std::uint64_t seed) {
  if (protocol == Protocol::kColdUsers) return SplitColdUsers(interactions, ids.users, seed);
  const bool cold = protocol == Protocol::kColdItems;
  const auto item_parts = cold ? PartsOfIds(ids.items, seed) : std::vector<Part>{};
  const Random random(seed);
  SplitBuilder builder(interactions.n_users(), interactions.n_items());
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = interactions.OfUser(user);
    Random own = random.Fork(user);
    const auto parts = cold ? std::vector<Part>{} : PartsOf(history.size(), protocol, own);
    for (std::size_t i = 0; i < history.size(); ++i) {
      builder.Add(user, history[i], cold ? item_parts[history[i].item] : parts[i]);
    }
  }
  auto split = builder.Build();
  if (cold) {
    split.valid_candidates = Where(item_parts, Part::kValid);
    split.candidates = Where(item_parts, Part::kTest);
  }
  return split;
}

}  // namespace medley::evaluation
