#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encode_plan.h"
#include "medley/media/decoder.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// Fetches a unit's text from the store, or its file from the media store and through the sandboxed
/// decoder. Threads: Read from one thread a worker at a time; each worker has a decoder of its own,
/// started when it is first needed.
class UnitReader {
 public:
  using Specs = std::map<data::Modality, media::ClipSpec>;
  UnitReader(const storage::Workspace& workspace,
             const EncodePlan& plan,
             Specs specs,
             std::size_t workers);

  /// Errors: those of the store and the decoder; kUnsupported when the file is of another modality
  /// than it was said to be.
  Result<encoders::Input> Read(std::size_t unit, std::size_t worker);

 private:
  Result<encoders::Input> ReadText(const EncodePlan::Item& item) const;
  Result<encoders::Input> ReadMedia(const data::Media& media, std::size_t worker);

  const storage::Workspace& workspace_;
  const EncodePlan& plan_;
  Specs specs_;
  std::vector<std::optional<media::Decoder>> decoders_;
};

}  // namespace medley::jobs
