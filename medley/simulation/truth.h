#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/simulation/latents.h"

namespace medley::simulation {

/// How much a user likes each attribute; 0 is indifferent.
struct Taste {
  std::array<double, kCategories> category{};
  std::array<double, kColours> colour{};
  std::array<double, kStyles> style{};
  std::array<double, kMoods> mood{};
  double tempo = 100;       ///< the tempo liked best, beats per minute
  double tempo_weight = 0;  ///< lost at 40 beats per minute away from it
  double brightness = 0;    ///< liking of bright timbres over dull ones
  double foreign_language =
      0;  ///< liking of items that are not in the user's language, nor translated; at most 0
};

enum class Role : std::uint8_t {
  kPerson,
  kCold,  ///< has no events
  kBot,   ///< clicks at random, fast
};

struct UserTruth {
  std::string id;
  Role role = Role::kPerson;
  bool chinese = false;
  Taste early;  ///< at the market's first moment
  Taste late;   ///< at its last
};

/// How well a ranking finds what users took next; means over users.
struct RankingScore {
  double recall_10 = 0;
  double recall_20 = 0;
  double ndcg_10 = 0;
};

/// How well yes-or-no answers are told, all together (medley/simulation/interest.h).
struct InterestScores {
  double base_rate = 0;  ///< share of answers that are yes
  double accuracy = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::size_t answers = 0;
};

/// Held-out: of each person with five items or more, the last fifth of the items they took (any
/// event but a skip or a low rating), ranked among all items ever shown, less those they took
/// before. Recall divides by the number held out.
struct BestScores {
  RankingScore preference;  ///< ranking by true preference
  RankingScore behaviour;   ///< ranking by the true probability of being shown and then taken: no
                            ///< recommender does better
  RankingScore popularity;  ///< ranking by how often the items were taken before
  std::size_t users = 0;
  InterestScores interest;  ///< of whoever knows the true utilities, on the survey's last part
};

/// Utility of an item to a taste; a click's log-odds are linear in it.
double Utility(const Taste& taste, const ItemLatents& item, bool chinese_user);
/// The taste at a moment: it moves evenly from early to late.
Taste TasteAt(const UserTruth& user, TimeMs time, TimeMs market_end);

/// What the simulation knows and no recommender may see: truth.json.
/// Threads: immutable once loaded.
class Truth {
 public:
  Truth() = default;
  Truth(std::uint64_t seed, std::vector<UserTruth> users, std::vector<ItemLatents> items);

  /// Errors: kNotFound, kIo; kCorrupt where the file is not a truth.json.
  static Result<Truth> Load(const std::filesystem::path& file);
  Status Save(const std::filesystem::path& file) const;

  /// Positions follow items.jsonl and users.jsonl.
  const IdMap& item_ids() const { return item_ids_; }
  const IdMap& user_ids() const { return user_ids_; }
  const std::vector<UserTruth>& users() const { return users_; }
  const std::vector<ItemLatents>& items() const { return items_; }
  std::uint64_t seed() const { return seed_; }
  TimeMs market_end() const { return MarketEnd(seed_); }

  /// How much the user likes the item at `time`: the utility, without noise, exposure or position.
  double Preference(UserIndex user, ItemIndex item, TimeMs time) const;

  const BestScores& best() const { return best_; }
  void set_best(const BestScores& best) { best_ = best; }

 private:
  std::uint64_t seed_ = 0;
  std::vector<UserTruth> users_;
  std::vector<ItemLatents> items_;
  IdMap item_ids_;
  IdMap user_ids_;
  BestScores best_;
};

}  // namespace medley::simulation
