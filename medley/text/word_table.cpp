#include "medley/text/word_table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
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

constexpr std::string_view kMagic = "MEDWORD1";
constexpr std::size_t kFirstUnits = 65537;

template <typename T>
void Append(std::string& bytes, std::span<const T> values) {
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

/// The distinct tags, in order.
std::vector<std::string> TagsOf(const std::vector<WordEntry>& entries) {
  std::vector<std::string> tags;
  tags.reserve(entries.size());
  for (const auto& entry : entries) tags.push_back(entry.tag);
  std::ranges::sort(tags);
  tags.erase(std::ranges::unique(tags).begin(), tags.end());
  return tags;
}

/// The file's form of sorted, distinct entries.
std::string Encode(const std::vector<WordEntry>& entries, const std::vector<std::string>& tags) {
  std::vector<std::uint32_t> first(kFirstUnits);
  std::vector<std::uint32_t> offsets(1);
  std::vector<float> log_probabilities;
  std::u16string units;
  std::string word_tags;
  for (const auto& entry : entries) {
    ++first[entry.word.front() + 1U];
    units += entry.word;
    offsets.push_back(static_cast<std::uint32_t>(units.size()));
    log_probabilities.push_back(entry.log_probability);
    word_tags += static_cast<char>(std::ranges::lower_bound(tags, entry.tag) - tags.begin());
  }
  for (std::size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  std::string bytes(kMagic);
  const std::array counts = {static_cast<std::uint32_t>(entries.size()),
                             static_cast<std::uint32_t>(units.size()),
                             static_cast<std::uint32_t>(tags.size()),
                             std::uint32_t{0}};
  Append<std::uint32_t>(bytes, counts);
  constexpr std::size_t kTagLength = 8;
  for (std::string tag : tags) {
    tag.resize(kTagLength);
    bytes += tag;
  }
  Append<std::uint32_t>(bytes, first);
  Append<std::uint32_t>(bytes, offsets);
  Append<float>(bytes, log_probabilities);
  Append<char16_t>(bytes, units);
  return bytes + word_tags;
}

}  // namespace

Result<WordTable> WordTable::Open(const std::filesystem::path& path) {
  WordTable table;
  MEDLEY_ASSIGN_OR_RETURN(table.file_, MappedFile::Open(path));
  if (auto read = table.Read(table.file_.text()); !read)
    return Wrap(path.string(), std::move(read).error());
  return table;
}

Result<WordTable> WordTable::Make(std::vector<WordEntry> entries) {
  std::erase_if(entries, [](const WordEntry& entry) { return entry.word.empty(); });
  std::map<std::u16string, WordEntry> sorted;  // of words given twice, the first counts
  for (auto& entry : entries) sorted.try_emplace(entry.word, std::move(entry));
  entries.clear();
  for (auto& [word, entry] : sorted) entries.push_back(std::move(entry));
  WordTable table;
  table.made_ = Encode(entries, TagsOf(entries));
  MEDLEY_RETURN_IF_ERROR(table.Read(table.made_));
  return table;
}

Status WordTable::Read(std::string_view bytes) {
  TableSections sections(bytes);
  const bool magic = sections.TakeMagic(kMagic);
  const auto counts = sections.Take<std::uint32_t>(4);
  if (!magic || counts.empty()) return Fail(ErrorCode::kCorrupt, "this is no word table");
  tags_ = sections.TakeTags(counts[2]);
  first_ = sections.Take<std::uint32_t>(kFirstUnits);
  offsets_ = sections.Take<std::uint32_t>(std::size_t{counts[0]} + 1);
  log_probabilities_ = sections.Take<float>(counts[0]);
  const auto units = sections.Take<char16_t>(counts[1]);
  units_ = {units.data(), units.size()};
  word_tags_ = sections.Take<std::uint8_t>(counts[0]);
  const bool good =
      sections.ended() && LeadThrough(first_, counts[0]) && LeadThrough(offsets_, counts[1]) &&
      std::ranges::all_of(word_tags_, [this](auto tag) { return tag < tags_.size(); });
  if (!good) return Fail(ErrorCode::kCorrupt, "this word table is damaged: run `make setup` again");
  return {};
}

/// Keeps of the words [begin, end), which agree before unit `at`, those that have `unit` there.
void WordTable::Narrow(std::size_t at, char16_t unit, std::size_t& begin, std::size_t& end) const {
  const auto unit_at = [this, at](std::size_t index) {
    const auto word = At(index);
    return at < word.size() ? static_cast<std::int32_t>(word[at]) : -1;
  };
  const auto bound = [&](std::size_t low, std::int32_t wanted) {
    std::size_t high = end;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      unit_at(middle) < wanted ? low = middle + 1 : high = middle;
    }
    return low;
  };
  begin = bound(begin, unit);
  end = bound(begin, unit + 1);
}

std::optional<WordTable::Word> WordTable::Find(std::u16string_view word) const {
  if (word.empty()) return std::nullopt;
  std::size_t low = first_[word[0]];
  std::size_t high = first_[word[0] + 1U];
  const std::size_t end = high;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    At(middle) < word ? low = middle + 1 : high = middle;
  }
  if (low == end || At(low) != word) return std::nullopt;
  return WordAt(low);
}

}  // namespace medley::text
