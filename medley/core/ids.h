#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace medley {

/// Dense positions inside one loaded data set: 0 .. n-1. They are not stable between runs; the
/// external string id is.
using UserIndex = std::uint32_t;
using ItemIndex = std::uint32_t;
inline constexpr std::uint32_t kNoIndex = 0xffffffffU;

/// Lets hash maps keyed by std::string be asked with a string_view without a copy.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <typename Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// External string ids in the order of their dense index.
/// Threads: const members from any number; Intern from one.
class IdMap {
 public:
  /// The index of `id`, given out in order of first sight.
  std::uint32_t Intern(std::string_view id);
  /// kNoIndex where `id` is unknown.
  std::uint32_t Find(std::string_view id) const;
  const std::string& IdOf(std::uint32_t index) const { return ids_[index]; }
  std::size_t size() const { return ids_.size(); }
  const std::vector<std::string>& ids() const { return ids_; }

 private:
  std::vector<std::string> ids_;
  StringMap<std::uint32_t> index_;
};

}  // namespace medley
