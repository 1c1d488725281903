#include "medley/media/decoder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/result.h"
#include "medley/media/child_process.h"
#include "medley/media/decode_program.h"
#include "medley/media/decode_protocol.h"
#include "medley/media/shared_memory.h"

namespace medley::media {
namespace {

using Clock = std::chrono::steady_clock;
using Arrival = ChildProcess::Arrival;

constexpr double kStartSeconds = 20;  // loading FFmpeg from a cold disk
constexpr double kSecondsPerMiB = 0.25;
/// Of the time allowed: past it the child gives up by itself, which is cheaper than replacing it.
constexpr double kOwnShare = 0.8;
/// Of the same: the child is killed then, which leaves time to bury it.
constexpr double kKillShare = 0.95;
/// A child is replaced after this much work: what its libraries may leak goes with it.
constexpr double kWorkSeconds = 600;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;
constexpr std::size_t kKeepBytes = std::size_t{16} << 20;
constexpr double kMaxSamples = kMaxOutputBytes / sizeof(float) / 2;
constexpr int kMaxSide = 2048;
constexpr int kMaxFrames = 256;

#ifdef __SANITIZE_ADDRESS__
constexpr std::chrono::milliseconds kPatience{20'000};  // to look for leaks on its way out
#else
constexpr std::chrono::milliseconds kPatience{0};
#endif

std::vector<std::string> ChildEnvironment() {
  // A fixed zone: the child could not read the machine's.
  std::vector<std::string> environment = {"TZ=UTC0"};
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

Clock::time_point In(double seconds) {
  return Clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
}

std::string TextOf(const DecodeReply& reply) {
  std::string text(reply.message.data(), strnlen(reply.message.data(), reply.message.size()));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

Error ErrorOf(const DecodeReply& reply) {
  switch (reply.outcome) {
    case DecodeOutcome::kUnsupported:
      return {ErrorCode::kUnsupported, TextOf(reply)};
    case DecodeOutcome::kCorrupt:
      return {ErrorCode::kCorrupt, TextOf(reply)};
    case DecodeOutcome::kLimit:
      return {ErrorCode::kLimitExceeded, TextOf(reply)};
    case DecodeOutcome::kTimeout:
      return {ErrorCode::kTimeout, TextOf(reply)};
    default:
      return {ErrorCode::kInternal, "the decoder: " + TextOf(reply)};
  }
}

Error ErrorOfDeath(int status) {
  const int signal = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGXCPU) return {ErrorCode::kTimeout, "it takes too long to decode"};
  if (signal == SIGSYS)
    return {ErrorCode::kCorrupt,
            "it makes the decoder try what it may not do: the file is damaged or hostile"};
  return {ErrorCode::kCorrupt, "it crashes the decoder: the file is damaged or hostile"};
}

Status CheckFrame(const ImageSpec& spec) {
  if (spec.side < 1 || spec.side > kMaxSide || !(spec.crop > 0 && spec.crop <= 1)) {
    return Fail(ErrorCode::kInvalidInput,
                "a picture's side must be in 1 to 2048, its crop above 0 and at most 1");
  }
  return {};
}

Result<std::uint64_t> MaxSamples(const SoundSpec& spec) {
  const double samples = spec.max_seconds * spec.sample_rate;
  const bool rate_is_right = spec.sample_rate >= 1000 && spec.sample_rate <= 192'000;
  if (!rate_is_right || !(samples >= 0 && samples <= kMaxSamples)) {
    return Fail(
        ErrorCode::kInvalidInput,
        "a sound's rate must be in 1000 to 192000, and rate times seconds at most 33 million");
  }
  return static_cast<std::uint64_t>(samples);
}

Image ImageAt(const std::uint8_t* pixels, int side) {
  return {side, {pixels, pixels + FrameBytes(side)}};
}

}  // namespace

struct Decoder::State {
  DecodeLimits limits;
  std::filesystem::path program;
  std::vector<std::string> environment;
  SharedMemory input;
  SharedMemory output;
  std::optional<ChildProcess> child;
  double worked_seconds = 0;

  ~State() {
    if (child) child->Stop(kPatience);
  }

  /// The child, started where there is none.
  Result<ChildProcess*> Running();
  /// Sends the file and the request, and returns an answer that says kOk.
  Result<DecodeReply> Call(std::string_view bytes, DecodeRequest request);
  Result<Sound> TakeSound(const DecodeReply& reply,
                          const DecodeRequest& request,
                          std::size_t offset);

 private:
  Result<ChildProcess> StartChild();
  Result<std::optional<DecodeReply>> Try(const DecodeRequest& request, double seconds, bool last);
  Result<DecodeReply> Distrust();
};

Result<ChildProcess> Decoder::State::StartChild() {
  worked_seconds = 0;
  const std::array<int, 2> descriptors = {input.fd(), output.fd()};
  MEDLEY_ASSIGN_OR_RETURN(ChildProcess started,
                          ChildProcess::Start(program, descriptors, environment));
  DecodeHello hello;
  hello.parent_pid = getpid();
  hello.max_input_bytes = limits.max_bytes;
  hello.memory_bytes = limits.memory_bytes;
  hello.max_pixels = limits.max_pixels;
  hello.max_seconds = limits.max_seconds;
  DecodeReply ready;
  const bool answered =
      started.Send(&hello, sizeof hello) &&
      started.Receive(&ready, sizeof ready, In(kStartSeconds)) == Arrival::kMessage;
  if (!answered || ready.magic != kProtocolMagic) {
    return Fail(ErrorCode::kUnavailable,
                program.string() + " does not start, or is of another build");
  }
  if (ready.outcome != DecodeOutcome::kOk) {
    return Fail(ErrorCode::kUnavailable, "the decoder cannot be locked in: " + TextOf(ready));
  }
  return started;
}

Result<ChildProcess*> Decoder::State::Running() {
  if (!child) {
    MEDLEY_ASSIGN_OR_RETURN(child, StartChild());
  }
  return &*child;
}

/// Nothing where the child was lost through no fault of the file and the call may be repeated.
Result<std::optional<DecodeReply>> Decoder::State::Try(const DecodeRequest& request,
                                                       double seconds,
                                                       bool last) {
  MEDLEY_ASSIGN_OR_RETURN(ChildProcess * running, Running());
  DecodeReply reply;
  const auto deadline = In(seconds);
  if (!running->Send(&request, sizeof request)) {
    child.reset();
    if (!last) return std::nullopt;
    return Fail(ErrorCode::kUnavailable, "the decoder does not stay up");
  }
  const Arrival arrival = running->Receive(&reply, sizeof reply, deadline);
  if (arrival == Arrival::kMessage) return reply;
  if (arrival == Arrival::kTimeout) {
    child.reset();
    return Fail(ErrorCode::kTimeout, "it takes too long to decode");
  }
  const int status = running->Stop(std::chrono::milliseconds(500));
  child.reset();
  // SIGKILL comes from outside: an operator, or the end of the thread that started the child.
  const bool killed = status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (killed && !last) return std::nullopt;
  return tl::unexpected(ErrorOfDeath(status));
}

Result<DecodeReply> Decoder::State::Distrust() {
  child.reset();
  return Fail(ErrorCode::kCorrupt,
              "the decoder gave a senseless answer: the file is damaged or hostile");
}

Result<DecodeReply> Decoder::State::Call(std::string_view bytes, DecodeRequest request) {
  if (bytes.empty()) return Fail(ErrorCode::kCorrupt, "the file is empty");
  if (bytes.size() > limits.max_bytes) {
    return Fail(ErrorCode::kLimitExceeded,
                "it has " + std::to_string(bytes.size() >> 20) + " MiB; at most " +
                    std::to_string(limits.max_bytes >> 20) + " MiB are taken");
  }
  request.input_bytes = bytes.size();
  MEDLEY_RETURN_IF_ERROR(input.Reserve(bytes.size()));
  MEDLEY_RETURN_IF_ERROR(output.Reserve(request.output_bytes));
  std::memcpy(input.data(), bytes.data(), bytes.size());
  const double seconds =
      limits.timeout_s + kSecondsPerMiB * static_cast<double>(bytes.size()) / (1 << 20);
  request.seconds = seconds * kOwnShare;
  const Stopwatch watch;
  auto reply = Try(request, seconds * kKillShare, false);
  if (reply && !*reply) reply = Try(request, seconds * kKillShare, true);
  worked_seconds += watch.Seconds();
  input.Trim(kKeepBytes);
  if (!reply) return tl::unexpected(std::move(reply).error());
  if (!reply->has_value()) return Fail(ErrorCode::kUnavailable, "the decoder does not stay up");
  if (worked_seconds > kWorkSeconds) child.reset();
  const DecodeReply& answer = **reply;
  if (answer.magic != kProtocolMagic || answer.outcome > DecodeOutcome::kFailed) return Distrust();
  if (answer.outcome != DecodeOutcome::kOk) return tl::unexpected(ErrorOf(answer));
  const bool in_range = answer.mime < kMimeTypes.size() && answer.samples <= request.max_samples &&
                        answer.width >= 0 && answer.width <= limits.max_pixels &&
                        answer.height >= 0 && answer.height <= limits.max_pixels &&
                        answer.duration_s >= 0 && answer.duration_s <= limits.max_seconds;
  return in_range ? Result<DecodeReply>(answer) : Distrust();
}

Result<Sound> Decoder::State::TakeSound(const DecodeReply& reply,
                                        const DecodeRequest& request,
                                        std::size_t offset) {
  Sound sound;
  sound.sample_rate = request.sample_rate;
  const auto* samples = reinterpret_cast<const float*>(output.data() + offset);
  sound.samples.assign(samples, samples + reply.samples);
  const bool fits =
      std::ranges::all_of(sound.samples, [](float sample) { return std::abs(sample) <= 1; });
  if (!fits) return tl::unexpected(Distrust().error());
  return sound;
}

Decoder::Decoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::Start(const DecodeLimits& limits) {
  auto state = std::make_unique<State>();
  state->limits = limits;
  state->limits.max_bytes = std::min(limits.max_bytes, kMaxFileBytes);
  MEDLEY_ASSIGN_OR_RETURN(state->program, FindDecodeProgram());
  state->environment = ChildEnvironment();
  MEDLEY_ASSIGN_OR_RETURN(state->input, SharedMemory::Make("medley-decode-input"));
  MEDLEY_ASSIGN_OR_RETURN(state->output, SharedMemory::Make("medley-decode-output"));
  MEDLEY_RETURN_IF_ERROR(state->Running());
  return Decoder(std::move(state));
}

Result<MediaInfo> Decoder::Probe(std::string_view bytes) {
  MEDLEY_ASSIGN_OR_RETURN(const DecodeReply reply,
                          state_->Call(bytes, {.task = DecodeTask::kProbe}));
  return MediaInfo{
      std::string(kMimeTypes[reply.mime]), reply.width, reply.height, reply.duration_s};
}

Result<Image> Decoder::DecodeImage(std::string_view bytes, const ImageSpec& spec) {
  MEDLEY_RETURN_IF_ERROR(CheckFrame(spec));
  const DecodeRequest request{.task = DecodeTask::kImage,
                              .side = spec.side,
                              .crop = spec.crop,
                              .output_bytes = FrameBytes(spec.side)};
  MEDLEY_RETURN_IF_ERROR(state_->Call(bytes, request));
  return ImageAt(state_->output.data(), spec.side);
}

Result<Sound> Decoder::DecodeSound(std::string_view bytes, const SoundSpec& spec) {
  MEDLEY_ASSIGN_OR_RETURN(const std::uint64_t max_samples, MaxSamples(spec));
  if (max_samples == 0) return Fail(ErrorCode::kInvalidInput, "max_seconds must be above 0");
  const DecodeRequest request{.task = DecodeTask::kSound,
                              .sample_rate = spec.sample_rate,
                              .max_samples = max_samples,
                              .output_bytes = max_samples * sizeof(float)};
  MEDLEY_ASSIGN_OR_RETURN(const DecodeReply reply, state_->Call(bytes, request));
  return state_->TakeSound(reply, request, 0);
}

Result<Clip> Decoder::DecodeClip(std::string_view bytes, const ClipSpec& spec) {
  MEDLEY_RETURN_IF_ERROR(CheckFrame(spec.frame));
  MEDLEY_ASSIGN_OR_RETURN(const std::uint64_t max_samples, MaxSamples(spec.sound));
  const int side = spec.frame.side;
  if (spec.frames < 1 || spec.frames > kMaxFrames ||
      SamplesOffset(side, spec.frames) > kMaxOutputBytes / 2) {
    return Fail(ErrorCode::kInvalidInput,
                "a clip's frames must be in 1 to 256, and 128 MiB together at most");
  }
  const std::size_t offset = SamplesOffset(side, spec.frames);
  const DecodeRequest request{.task = DecodeTask::kClip,
                              .side = side,
                              .crop = spec.frame.crop,
                              .frames = spec.frames,
                              .sample_rate = spec.sound.sample_rate,
                              .max_samples = max_samples,
                              .output_bytes = offset + max_samples * sizeof(float)};
  MEDLEY_ASSIGN_OR_RETURN(const DecodeReply reply, state_->Call(bytes, request));
  Clip clip;
  for (int i = 0; i < spec.frames; ++i)
    clip.frames.push_back(ImageAt(state_->output.data() + FrameBytes(side) * i, side));
  MEDLEY_ASSIGN_OR_RETURN(clip.sound, state_->TakeSound(reply, request, offset));
  return clip;
}

}  // namespace medley::media
