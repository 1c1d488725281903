#include "medley/serving/query_encoder.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "medley/answers/search.h"
#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/linalg/matrix.h"
#include "medley/media/decoder.h"

namespace medley::serving {
namespace {

/// The same failure as the one who sent the file should see it: it is the file that is wrong, not
/// our data.
tl::unexpected<Error> OfUpload(Error error) {
  switch (error.code) {
    case ErrorCode::kCorrupt:
    case ErrorCode::kUnsupported:
      error.code = ErrorCode::kInvalidInput;
      break;
    case ErrorCode::kTimeout:
      error.code = ErrorCode::kLimitExceeded;
      break;
    default:
      break;
  }
  return Wrap("the file can't be searched by", std::move(error));
}

}  // namespace

QueryEncoder::~QueryEncoder() {
  if (loader_.joinable()) loader_.join();
}

void QueryEncoder::Start() {
  text_state_.store(State::kLoading, std::memory_order_release);
  loader_ = std::thread([this] {
    {
      const auto encoder = Take(data::Modality::kText);
      if (!encoder) spdlog::warn("search goes by words alone: {}", encoder.error().message);
      text_state_.store(encoder ? State::kReady : State::kAbsent, std::memory_order_release);
    }
    // What is posted later has pictures, too.
    if (std::filesystem::exists(workspace_.EmbeddingFile("image")))
      (void)Take(data::Modality::kImage);
  });
}

Result<jobs::EncoderBench::Held> QueryEncoder::Take(data::Modality modality) {
  auto encoder = bench_.Take(modality);
  if (encoder) return encoder;
  // A model that is not installed is no missing page.
  if (encoder.error().code == ErrorCode::kNotFound)
    return Fail(ErrorCode::kUnsupported, encoder.error().message);
  return encoder;
}

Result<answers::SearchQuery::VectorQuery> QueryEncoder::Encode(encoders::Encoder& encoder,
                                                               const encoders::Input& input) {
  linalg::Matrix vector(1, encoder.dimension());
  MEDLEY_RETURN_IF_ERROR(
      encoder.Encode(std::span(&input, 1), encoders::TextRole::kQuery, vector.View()));
  const auto row = vector.Row(0);
  return answers::SearchQuery::VectorQuery{std::string(data::ModalityName(encoder.modality())),
                                           {row.begin(), row.end()}};
}

Result<std::optional<answers::SearchQuery::VectorQuery>> QueryEncoder::EncodeText(
    std::string_view text) {
  if (text_state() != State::kReady) return std::nullopt;
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, Take(data::Modality::kText));
  MEDLEY_ASSIGN_OR_RETURN(auto vector, Encode(*encoder, std::string(text)));
  return std::optional(std::move(vector));
}

Result<encoders::Input> QueryEncoder::Decode(data::Modality modality,
                                             const encoders::Encoder& encoder,
                                             std::string_view bytes) {
  const std::lock_guard lock(decoder_mutex_);
  if (!decoder_) {
    auto started = media::Decoder::Start();
    if (!started) return Fail(ErrorCode::kUnsupported, started.error().message);
    decoder_.emplace(*std::move(started));
  }
  const media::ClipSpec spec = encoder.decode_spec();
  if (modality == data::Modality::kImage) {
    auto image = decoder_->DecodeImage(bytes, spec.frame);
    if (!image) return OfUpload(std::move(image).error());
    return encoders::Input(*std::move(image));
  }
  auto sound = decoder_->DecodeSound(bytes, spec.sound);
  if (!sound) return OfUpload(std::move(sound).error());
  return encoders::Input(*std::move(sound));
}

Result<answers::SearchQuery::VectorQuery> QueryEncoder::EncodeFile(data::Modality modality,
                                                                   std::string_view bytes) {
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, Take(modality));
  MEDLEY_ASSIGN_OR_RETURN(const auto input, Decode(modality, *encoder, bytes));
  return Encode(*encoder, input);
}

}  // namespace medley::serving
