#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"

namespace medley::encoders {

/// Copies `from` into `to` with length 1. Missing: where `from` has no direction (all zeros) or
/// isn't finite, `to` becomes the vector whose numbers are all equal, so that no NaN ever reaches
/// an index.
void WriteUnitRow(std::span<const float> from, std::span<float> to);

/// kInvalidInput: input number `index` can't be encoded as `modality`, because of `why`.
Status BadInput(data::Modality modality, std::size_t index, std::string_view why);

/// The inputs as the one alternative that an encoder takes. Errors: kInvalidInput for the first
/// that is another.
template <typename Wanted>
Result<std::vector<const Wanted*>> TakeAll(std::span<const Input> inputs, data::Modality modality) {
  std::vector<const Wanted*> taken;
  taken.reserve(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto* value = std::get_if<Wanted>(&inputs[i]);
    if (value == nullptr) {
      MEDLEY_RETURN_IF_ERROR(BadInput(modality, i, "it is of another modality"));
    }
    taken.push_back(value);
  }
  return taken;
}

/// Fingerprint of what decides a vector: the model's own and the settings that matter.
std::string FingerprintOf(std::string_view kind, std::string_view model, std::string_view settings);

}  // namespace medley::encoders
