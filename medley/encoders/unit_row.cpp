#include "medley/encoders/unit_row.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/linalg/kernels.h"

namespace medley::encoders {

void WriteUnitRow(std::span<const float> from, std::span<float> to) {
  assert(from.size() == to.size());
  std::ranges::copy(from, to.begin());
  if (!linalg::Normalize(to))
    std::ranges::fill(to, 1.0F / std::sqrt(static_cast<float>(to.size())));
}

Status BadInput(data::Modality modality, std::size_t index, std::string_view why) {
  return Fail(ErrorCode::kInvalidInput,
              "input " + std::to_string(index) + " can't be encoded as " +
                  std::string(data::ModalityName(modality)) + ": " + std::string(why));
}

std::string FingerprintOf(std::string_view kind,
                          std::string_view model,
                          std::string_view settings) {
  std::string text;
  for (const std::string_view part : {kind, model, settings}) {
    text += part;
    text += '\n';
  }
  return Sha256(text).substr(0, 16);
}

}  // namespace medley::encoders
