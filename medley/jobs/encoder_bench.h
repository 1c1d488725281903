#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// The encoders of a workspace, each loaded when it is first asked for and kept from then on.
/// Threads: any; while one holds an encoder, others that want it wait. Whoever holds more than one
/// takes them in the order of data::kModalities. The workspace outlives it.
class EncoderBench {
 public:
  explicit EncoderBench(const storage::Workspace& workspace) : workspace_(workspace) {}

  class Held {
   public:
    encoders::Encoder& operator*() const { return *encoder_; }
    encoders::Encoder* operator->() const { return encoder_; }

   private:
    friend class EncoderBench;
    Held(std::unique_lock<std::mutex> lock, encoders::Encoder* encoder)
        : lock_(std::move(lock)), encoder_(encoder) {}
    std::unique_lock<std::mutex> lock_;
    encoders::Encoder* encoder_;
  };
  /// Errors: those of encoders::MakeEncoder; asked again, it tries again.
  Result<Held> Take(data::Modality modality);

 private:
  struct Slot {
    std::mutex mutex;
    std::unique_ptr<encoders::Encoder> encoder;
  };
  const storage::Workspace& workspace_;
  std::array<Slot, data::kModalities.size()> slots_;
};

}  // namespace medley::jobs
