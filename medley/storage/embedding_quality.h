#pragma once

#include <span>
#include <string_view>

#include "medley/storage/embeddings.h"

namespace medley::storage {

/// The fingerprint of a space ends so where a vector's length is its quality, in (0, 1]: how much
/// there was to go by (encoders/quality.h). `medley encode` makes such spaces. Of others, imported
/// vectors for instance, lengths mean nothing.
inline constexpr std::string_view kLengthIsQuality = "+quality1";

/// The quality of an item's vector; 1 where its space doesn't tell. Shapes: `vector` as Read gave
/// it.
float QualityOf(const EmbeddingSpace& space, std::span<const float> vector);

/// Brings a vector of such a space to length 1: what compares items goes by what they show, not by
/// how well. Others are left as they are, and so are lengths that differ from 1 by rounding only.
void DropQuality(const EmbeddingSpace& space, std::span<float> vector);

}  // namespace medley::storage
