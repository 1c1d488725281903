#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace medley::data {

enum class Modality : std::uint8_t { kText, kImage, kAudio, kVideo };

inline constexpr std::array kModalities = {
    Modality::kText, Modality::kImage, Modality::kAudio, Modality::kVideo};

/// "text", "image", "audio", "video".
std::string_view ModalityName(Modality modality);
std::optional<Modality> ParseModality(std::string_view name);

}  // namespace medley::data
