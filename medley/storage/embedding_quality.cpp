#include "medley/storage/embedding_quality.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "medley/linalg/kernels.h"
#include "medley/storage/embeddings.h"

namespace medley::storage {
namespace {

/// float16 rounds lengths by less.
constexpr float kWhole = 0.998F;

}  // namespace

float QualityOf(const EmbeddingSpace& space, std::span<const float> vector) {
  if (!space.fingerprint().ends_with(kLengthIsQuality)) return 1;
  const float length = std::sqrt(linalg::SquaredNorm(vector));
  return length >= kWhole ? 1 : length;
}

void DropQuality(const EmbeddingSpace& space, std::span<float> vector) {
  if (QualityOf(space, vector) < 1) linalg::Normalize(vector);
}

}  // namespace medley::storage
