#include "medley/text/character_states.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/text/table_sections.h"

namespace medley::text {
namespace {

constexpr std::size_t kCharacters = 65536;
/// The recipe's floor: what the model has never seen.
constexpr float kUnseen = -30;
/// Outweighs any likelihood of the characters beside.
constexpr float kImpossible = -1e4F;

/// From which places a word can go on to each place.
constexpr std::array<std::array<Place, 2>, kPlaces> kBefore = {{
    {Place::kEnd, Place::kSingle},
    {Place::kBegin, Place::kMiddle},
    {Place::kBegin, Place::kMiddle},
    {Place::kEnd, Place::kSingle},
}};

std::size_t Index(Place place) { return static_cast<std::size_t>(place); }

}  // namespace

Result<CharacterStates> CharacterStates::Open(const std::filesystem::path& path) {
  CharacterStates states;
  MEDLEY_ASSIGN_OR_RETURN(states.file_, MappedFile::Open(path));
  if (auto read = states.Read(); !read) return Wrap(path.string(), std::move(read).error());
  return states;
}

Status CharacterStates::Read() {
  TableSections sections(file_.text());
  const bool magic = sections.TakeMagic("MEDCHAR1");
  const auto counts = sections.Take<std::uint32_t>(2);
  if (!magic || counts.empty()) return Fail(ErrorCode::kCorrupt, "this is no table of characters");
  tags_ = sections.TakeTags(counts[0]);
  const std::size_t n = tags_.size();
  start_ = sections.Take<float>(kPlaces);
  step_ = sections.Take<float>(kPlaces * kPlaces);
  characters_ = sections.Take<float>(kCharacters * kPlaces);
  tag_start_ = sections.Take<float>(n * 2);
  within_ = sections.Take<float>(n * 4);
  between_ = sections.Take<float>(n * n * 4);
  first_ = sections.Take<std::uint32_t>(kCharacters + 1);
  entries_ = sections.Take<Entry>(counts[1]);
  const bool good =
      sections.ended() && LeadThrough(first_, entries_.size()) &&
      std::ranges::all_of(entries_, [n](const Entry& entry) { return entry.code < n * kPlaces; });
  if (!good)
    return Fail(ErrorCode::kCorrupt, "this table of characters is damaged: run `make setup` again");
  return {};
}

std::vector<std::size_t> CharacterStates::Cut(std::u16string_view run,
                                              std::u16string_view single) const {
  if (run.empty()) return {};
  const auto likelihood = [&](std::size_t i, std::size_t place) {
    const bool impossible = place != Index(Place::kSingle) && single.find(run[i]) != single.npos;
    return impossible ? kImpossible : characters_[run[i] * kPlaces + place];
  };
  std::array<float, kPlaces> score{};
  std::vector<std::array<Place, kPlaces>> from(run.size());
  for (std::size_t place = 0; place < kPlaces; ++place)
    score[place] = start_[place] + likelihood(0, place);
  for (std::size_t i = 1; i < run.size(); ++i) {
    const auto before = score;
    for (std::size_t place = 0; place < kPlaces; ++place) {
      const auto value = [&](Place p) {
        return before[Index(p)] + step_[Index(p) * kPlaces + place];
      };
      const auto [a, b] = kBefore[place];
      from[i][place] = value(a) >= value(b) ? a : b;
      score[place] = value(from[i][place]) + likelihood(i, place);
    }
  }
  Place place =
      score[Index(Place::kEnd)] >= score[Index(Place::kSingle)] ? Place::kEnd : Place::kSingle;
  std::vector<std::size_t> lengths;
  std::size_t end = run.size();
  for (std::size_t i = run.size(); i-- > 0;) {
    if (place == Place::kBegin || place == Place::kSingle || i == 0) {
      lengths.push_back(end - i);
      end = i;
    }
    place = from[i][Index(place)];
  }
  std::ranges::reverse(lengths);
  return lengths;
}

std::size_t CharacterStates::FindTag(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(tags_, name) - tags_.begin());
}

void CharacterStates::WriteLikelihoods(std::u16string_view word, std::span<float> out) const {
  const std::size_t last = word.size() - 1;
  for (std::size_t tag = 0; tag < tags_.size(); ++tag) {
    const float* steps = &within_[tag * 4];  // begin-middle, begin-end, middle-middle, middle-end
    float inner = 0;
    if (word.size() == 2) inner = steps[1];
    if (word.size() > 2)
      inner = steps[0] + static_cast<float>(word.size() - 3) * steps[2] + steps[3];
    out[tag] = inner + static_cast<float>(word.size()) * kUnseen;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    const Place place = last == 0   ? Place::kSingle
                        : i == 0    ? Place::kBegin
                        : i == last ? Place::kEnd
                                    : Place::kMiddle;
    for (std::uint32_t e = first_[word[i]]; e < first_[word[i] + 1U]; ++e) {
      const Entry& entry = entries_[e];
      if (entry.code % kPlaces == Index(place))
        out[entry.code / kPlaces] += entry.log_probability - kUnseen;
    }
  }
}

}  // namespace medley::text
