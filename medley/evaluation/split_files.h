#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"

namespace medley::evaluation {

/// A split that someone else made: lines of user, item, rating, time (seconds or milliseconds) with
/// tabs between; rating and time may be missing. A first line that names the columns is skipped:
/// one whose first two words are "user" and "item", with or without "id".
struct SplitPaths {
  std::filesystem::path train;
  std::filesystem::path valid;  ///< empty: none
  std::filesystem::path test;
  std::filesystem::path candidates;          ///< one item a line; empty: all may be ranked
  std::filesystem::path valid_candidates;    ///< the same while tuning
  std::vector<std::filesystem::path> masks;  ///< user and item: never ranked, besides the training
  std::optional<double>
      positive_from;  ///< ratings below are against the item; absent: every event is for it
};

/// The index of an item by id, kNoIndex where the catalogue lacks it.
using FindItem = std::function<ItemIndex(std::string_view)>;

struct FileSplit {
  IdMap users;
  Split split;
};
/// Errors: kNotFound, kIo; kInvalidInput naming file and line, also for items that the catalogue
/// lacks.
Result<FileSplit> LoadSplit(const SplitPaths& paths, std::size_t n_items, const FindItem& find);

/// The ratings of a split made elsewhere, training and validation together; of several ratings of
/// one user and item the last one counts. Errors: as LoadSplit; kInvalidInput for a line without a
/// rating.
struct FileRatings {
  IdMap users;
  RatingSplit split;
};
Result<FileRatings> LoadRatings(const SplitPaths& paths, std::size_t n_items, const FindItem& find);

/// Each user's items ascending and without repeats, for so many users.
void SortWithoutRepeats(std::vector<std::vector<std::uint32_t>>& lists, std::size_t n_users);

/// A ranking, "user item item ..." best first, by user of `users`; others' lines are skipped, as
/// are items the catalogue lacks. A user's last line counts, an item where it stands first.
Result<std::vector<std::vector<std::uint32_t>>> ReadRanking(const std::filesystem::path& file,
                                                            const IdMap& users,
                                                            const FindItem& find);

/// Writes the lists that are not empty. Errors: kIo.
Status WriteRanking(const std::filesystem::path& file,
                    const std::vector<std::vector<std::uint32_t>>& lists,
                    const std::vector<std::string>& user_ids,
                    const std::function<std::string_view(ItemIndex)>& item_id);

}  // namespace medley::evaluation
