#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medley::text {

/// Takes the arrays of a mapped file one after the other. What is behind the end comes back empty,
/// and whole() is false from then on.
class TableSections {
 public:
  explicit TableSections(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  std::span<const T> Take(std::size_t count) {
    if (count > bytes_.size() / sizeof(T)) {
      bytes_ = {};
      whole_ = false;
      return {};
    }
    const auto* begin = reinterpret_cast<const T*>(bytes_.data());
    bytes_.remove_prefix(count * sizeof(T));
    return {begin, count};
  }

  bool TakeMagic(std::string_view magic) {
    const auto found = Take<char>(magic.size());
    return whole_ && std::string_view(found.data(), found.size()) == magic;
  }

  std::vector<std::string> TakeTags(std::size_t count) {
    constexpr std::size_t kLength = 8;
    std::vector<std::string> tags;
    for (std::size_t i = 0; i < count && whole_; ++i) {
      const auto letters = Take<char>(kLength);
      if (whole_) tags.emplace_back(letters.data(), strnlen(letters.data(), kLength));
    }
    return tags;
  }

  /// Whether everything taken was there and nothing is left.
  bool ended() const { return whole_ && bytes_.empty(); }
  bool whole() const { return whole_; }

 private:
  std::string_view bytes_;
  bool whole_ = true;
};

/// Whether `offsets` begin at 0, never fall and end at `end`.
inline bool LeadThrough(std::span<const std::uint32_t> offsets, std::size_t end) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != end) return false;
  bool rising = true;
  for (std::size_t i = 1; i < offsets.size(); ++i) rising &= offsets[i - 1] <= offsets[i];
  return rising;
}

}  // namespace medley::text
