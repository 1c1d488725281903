#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// Seconds a unit costs when nothing runs beside it.
struct BareCost {
  double decode_s = 0;  ///< reading and decoding, one file after the other
  double model_s = 0;   ///< the encoder alone on what was decoded before, in its own batches
  std::size_t units = 0;
};

/// Times decoder and models apart on up to `sample` of the catalogue's own files of each modality:
/// the limit that EncodeCatalogue is measured against. Empty `modalities`: all.
Result<std::map<std::string, BareCost>> MeasureEncoding(
    const storage::Workspace& workspace,
    const std::vector<data::Modality>& modalities,
    std::size_t sample = 256);

}  // namespace medley::jobs
