#pragma once

#include <string_view>
#include <vector>

namespace medley::answers {

/// The names that a catalogue may use for what people call `folded` in English or Chinese: "Sci-Fi"
/// for "science fiction" or "科幻", "USA" for "american"; of languages and countries alike
/// ("French", "France" for "french"). Folded as text::FoldTitle does. Empty: none is known.
std::vector<std::string_view> OtherNames(std::string_view folded);

}  // namespace medley::answers
