#include "medley/data/modality.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace medley::data {
namespace {
constexpr std::array<std::string_view, 4> kNames = {"text", "image", "audio", "video"};
}  // namespace

std::string_view ModalityName(Modality modality) {
  return kNames.at(static_cast<std::size_t>(modality));
}

std::optional<Modality> ParseModality(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) return kModalities.at(i);
  }
  return std::nullopt;
}

}  // namespace medley::data
