#include "medley/simulation/clip.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>

#include "medley/core/file.h"
#include "medley/simulation/picture.h"
#include "medley/simulation/sound.h"

extern char** environ;

namespace medley::simulation {
namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 120;
constexpr int kFramesPerSecond = 10;

/// Memory that the child reads as a file.
Result<FileDescriptor> MemoryWith(const std::string& bytes) {
  FileDescriptor memory(memfd_create("medley-clip", MFD_CLOEXEC));
  if (!memory)
    return Fail(ErrorCode::kIo, std::string("no memory for a clip: ") + std::strerror(errno));
  for (std::size_t done = 0; done < bytes.size();) {
    const auto wrote = write(memory.get(), bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0)
      return Fail(ErrorCode::kIo, std::string("no memory for a clip: ") + std::strerror(errno));
    done += static_cast<std::size_t>(wrote);
  }
  lseek(memory.get(), 0, SEEK_SET);
  return memory;
}

std::string DrawFrames(const ClipJob& job) {
  const int frames = static_cast<int>(kSoundSeconds * kFramesPerSecond);
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(frames) * kWidth * kHeight * 4);
  for (int frame = 0; frame < frames; ++frame) {
    Canvas canvas(kWidth, kHeight);
    DrawFilmFrame(canvas, job.item, static_cast<double>(frame) / kFramesPerSecond, job.picture);
    const auto* pixels = reinterpret_cast<const char*>(canvas.Pixels());
    for (int y = 0; y < kHeight; ++y)
      bytes.append(pixels + static_cast<std::ptrdiff_t>(y) * canvas.stride(), kWidth * 4);
  }
  return bytes;
}

std::string SamplesAsBytes(const std::vector<float>& sound) {
  std::string bytes;
  bytes.reserve(sound.size() * 2);
  for (const float sample : sound) {
    const auto value =
        static_cast<std::int16_t>(std::lround(std::clamp(sample, -1.0F, 1.0F) * 32767));
    bytes += static_cast<char>(value & 0xff);
    bytes += static_cast<char>((value >> 8) & 0xff);
  }
  return bytes;
}

void AddArguments(std::vector<std::string>& arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
}

/// Runs the program with the given descriptors open at their own numbers, and its complaints into
/// `complaints`.
Status Run(const std::vector<std::string>& arguments,
           const std::vector<FileDescriptor>& inputs,
           const FileDescriptor& complaints) {
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // A descriptor duplicated onto itself stays open in the child.
  for (const auto& input : inputs)
    posix_spawn_file_actions_adddup2(&actions, input.get(), input.get());
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, complaints.get(), STDERR_FILENO);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT)
    return Fail(ErrorCode::kUnavailable,
                "films' clips need the program ffmpeg: install it and try again");
  if (failure != 0)
    return Fail(ErrorCode::kUnavailable,
                std::string("ffmpeg does not start: ") + std::strerror(failure));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::string said(2000, '\0');
  const auto length = pread(complaints.get(), said.data(), said.size(), 0);
  said.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return Fail(ErrorCode::kInternal, "ffmpeg could not encode a clip: " + said);
}

}  // namespace

Status EncodeClips(std::span<const ClipJob> jobs) {
  if (jobs.empty()) return {};
  std::vector<FileDescriptor> inputs;
  std::vector<std::string> arguments = {
      "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"};
  for (const auto& job : jobs) {
    MEDLEY_ASSIGN_OR_RETURN(FileDescriptor frames, MemoryWith(DrawFrames(job)));
    MEDLEY_ASSIGN_OR_RETURN(FileDescriptor samples, MemoryWith(SamplesAsBytes(job.sound)));
    AddArguments(arguments,
                 {"-f",
                  "rawvideo",
                  "-pix_fmt",
                  "bgr0",
                  "-s",
                  std::to_string(kWidth) + "x" + std::to_string(kHeight),
                  "-r",
                  std::to_string(kFramesPerSecond),
                  "-i",
                  "pipe:" + std::to_string(frames.get())});
    AddArguments(arguments,
                 {"-f",
                  "s16le",
                  "-ar",
                  std::to_string(kSoundRate),
                  "-ac",
                  "1",
                  "-i",
                  "pipe:" + std::to_string(samples.get())});
    inputs.push_back(std::move(frames));
    inputs.push_back(std::move(samples));
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    AddArguments(arguments,
                 {"-map", std::to_string(2 * i) + ":v", "-map", std::to_string(2 * i + 1) + ":a"});
    AddArguments(arguments,
                 {"-c:v",
                  "libvpx",
                  "-deadline",
                  "realtime",
                  "-cpu-used",
                  "8",
                  "-threads",
                  "1",
                  "-b:v",
                  "110k",
                  "-pix_fmt",
                  "yuv420p"});
    AddArguments(arguments,
                 {"-c:a",
                  "libvorbis",
                  "-q:a",
                  "1",
                  "-fflags",
                  "+bitexact",
                  "-flags:v",
                  "+bitexact",
                  "-flags:a",
                  "+bitexact"});
    AddArguments(arguments, {"-f", "webm", "file:" + jobs[i].file.string()});
  }
  MEDLEY_ASSIGN_OR_RETURN(const FileDescriptor complaints, MemoryWith(""));
  return Run(arguments, inputs, complaints);
}

}  // namespace medley::simulation
