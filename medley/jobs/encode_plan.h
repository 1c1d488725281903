#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"

namespace medley::jobs {

/// Items that are committed together.
inline constexpr std::size_t kWindow = 256;
/// The fingerprint of vectors that were imported, not made here.
inline constexpr std::string_view kImportedVectors = "imported";
/// Pictures (sounds, films) of one item that are looked at; their vectors are averaged.
inline constexpr std::size_t kMaxMediaPerItem = 4;

/// One text, picture, sound or film to encode.
struct EncodeUnit {
  std::uint32_t item = 0;   ///< place in EncodePlan::items
  std::uint32_t media = 0;  ///< place in that item's media; unused for text
  data::Modality modality = data::Modality::kText;
};

/// The units of one modality of one window, in the order in which they are encoded: the same
/// whether or not an earlier run was cut off, so that batches, and with them the last bits of the
/// vectors, are the same too.
struct EncodeSegment {
  std::size_t window = 0;
  data::Modality modality = data::Modality::kText;
  std::size_t first_unit = 0;
  std::size_t end_unit = 0;
};

struct EncodePlan {
  struct Item {
    storage::Key key = 0;
    std::string id;
    std::array<std::uint64_t, data::kModalities.size()>
        source{};  ///< hash of what to encode by modality; 0: nothing
    std::vector<data::Media> media;
  };
  std::vector<Item> items;  ///< in the order of their keys
  std::vector<EncodeUnit> units;
  std::vector<EncodeSegment> segments;
  std::array<std::uint64_t, data::kModalities.size()> unchanged{};

  std::size_t windows() const { return (items.size() + kWindow - 1) / kWindow; }
  bool Uses(data::Modality modality) const;
};

/// Every item with what each of its modalities would be made from.
Result<EncodePlan> ReadItems(const storage::Store& store);
/// Of `ids` those that there are.
Result<EncodePlan> ReadItems(const storage::Store& store, std::span<const std::string> ids);

/// Adds the segments of everything whose vector in `spaces` is missing or was made from something
/// else.
void PlanSegments(const std::map<data::Modality, const storage::EmbeddingSpace*>& spaces,
                  EncodePlan& plan);

}  // namespace medley::jobs
