#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "medley/answers/search.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/media/decoder.h"
#include "medley/storage/workspace.h"

namespace medley::serving {

/// Makes the vectors of queries with the encoders of `bench`. That of texts is loaded in the
/// background from Start on, that of pictures too where items have pictures; those of sounds, and
/// the decoding child, with the first query that needs them. Threads: any; queries wait for each
/// other.
class QueryEncoder {
 public:
  enum class State : std::uint8_t { kLoading, kReady, kAbsent };

  QueryEncoder(const storage::Workspace& workspace, jobs::EncoderBench& bench)
      : workspace_(workspace), bench_(bench) {}
  QueryEncoder(const QueryEncoder&) = delete;
  QueryEncoder& operator=(const QueryEncoder&) = delete;
  ~QueryEncoder();

  /// Begins to load the text encoder; without it, searches by words stay searches by words.
  void Start();
  State text_state() const { return text_state_.load(std::memory_order_acquire); }

  /// Missing: nullopt while the text encoder is not there.
  Result<std::optional<answers::SearchQuery::VectorQuery>> EncodeText(std::string_view text);
  /// `modality`: image or audio. Errors: kInvalidInput for bytes that can't be decoded as that,
  /// kLimitExceeded, kUnsupported when the encoder or the decoder is not installed.
  Result<answers::SearchQuery::VectorQuery> EncodeFile(data::Modality modality,
                                                       std::string_view bytes);

 private:
  Result<jobs::EncoderBench::Held> Take(data::Modality modality);
  Result<encoders::Input> Decode(data::Modality modality,
                                 const encoders::Encoder& encoder,
                                 std::string_view bytes);
  static Result<answers::SearchQuery::VectorQuery> Encode(encoders::Encoder& encoder,
                                                          const encoders::Input& input);

  const storage::Workspace& workspace_;
  jobs::EncoderBench& bench_;
  std::mutex decoder_mutex_;
  std::optional<media::Decoder> decoder_;
  std::atomic<State> text_state_{State::kAbsent};
  std::thread loader_;
};

}  // namespace medley::serving
