#include "medley/jobs/encoder_bench.h"

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"

namespace medley::jobs {

Result<EncoderBench::Held> EncoderBench::Take(data::Modality modality) {
  Slot& slot = slots_[static_cast<std::size_t>(modality)];
  std::unique_lock lock(slot.mutex);
  if (slot.encoder == nullptr) {
    const std::string section = "encoders." + std::string(data::ModalityName(modality));
    MEDLEY_ASSIGN_OR_RETURN(slot.encoder,
                            encoders::MakeEncoder(modality, workspace_.Section(section)));
  }
  return Held(std::move(lock), slot.encoder.get());
}

}  // namespace medley::jobs
