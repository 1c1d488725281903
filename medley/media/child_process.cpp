#include "medley/media/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::media {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFirstFd = 3;
/// Copies of descriptors are made above this, so that putting one in its place never overwrites
/// another.
constexpr int kAbove = 64;

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// The child starts with no signal blocked and every one at its default, whatever the threads here
/// do with theirs.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

void OpenNull(SpawnActions& actions) {
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#ifndef __SANITIZE_ADDRESS__  // whose reports go to standard error
  posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
}

auto CannotStart(const std::filesystem::path& program, int error) {
  return Fail(ErrorCode::kIo, "cannot start " + program.string() + ": " + std::strerror(error));
}

}  // namespace

Result<ChildProcess> ChildProcess::Start(const std::filesystem::path& program,
                                         std::span<const int> descriptors,
                                         const std::vector<std::string>& environment) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return CannotStart(program, errno);
  FileDescriptor ours(pair[0]);
  const FileDescriptor theirs(pair[1]);
  SpawnActions actions;
  OpenNull(actions);
  std::vector<FileDescriptor> copies;
  std::vector<int> wanted = {theirs.get()};
  wanted.insert(wanted.end(), descriptors.begin(), descriptors.end());
  int place = kFirstFd;
  for (const int fd : wanted) {
    copies.emplace_back(fcntl(fd, F_DUPFD_CLOEXEC, kAbove));
    if (!copies.back()) return CannotStart(program, errno);
    posix_spawn_file_actions_adddup2(actions.get(), copies.back().get(), place++);
  }
  std::string name = program.string();
  std::array<char*, 2> arguments = {name.data(), nullptr};
  std::vector<char*> variables;
  variables.reserve(environment.size() + 1);
  for (const std::string& variable : environment)
    variables.push_back(const_cast<char*>(variable.c_str()));
  variables.push_back(nullptr);
  const SpawnAttributes attributes;
  pid_t pid = -1;
  const int error = posix_spawn(
      &pid, name.c_str(), actions.get(), attributes.get(), arguments.data(), variables.data());
  if (error != 0) return CannotStart(program, error);
  return ChildProcess(pid, std::move(ours));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(socket_, other.socket_);
  return *this;
}

ChildProcess::~ChildProcess() { Stop(std::chrono::milliseconds(0)); }

bool ChildProcess::Send(const void* message, std::size_t bytes) {
  ssize_t sent = 0;
  do {
    sent = send(socket_.get(), message, bytes, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return std::cmp_equal(sent, bytes);
}

ChildProcess::Arrival ChildProcess::Receive(void* message,
                                            std::size_t bytes,
                                            Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{socket_.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::clamp<long>(left, 0, 1 << 30)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return Arrival::kGone;
    if (ready == 0) return Arrival::kTimeout;
    // MSG_TRUNC tells the true length of a message that is too long.
    const ssize_t received = recv(socket_.get(), message, bytes, MSG_DONTWAIT | MSG_TRUNC);
    if (received < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    return std::cmp_equal(received, bytes) ? Arrival::kMessage : Arrival::kGone;
  }
}

int ChildProcess::Stop(std::chrono::milliseconds patience) {
  if (pid_ < 0) return -1;
  socket_.Close();
  const auto deadline = Clock::now() + patience;
  int status = 0;
  pid_t reaped = 0;
  while ((reaped = waitpid(pid_, &status, WNOHANG)) == 0 && Clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (reaped == 0) {
    kill(pid_, SIGKILL);
    do {
      reaped = waitpid(pid_, &status, 0);
    } while (reaped < 0 && errno == EINTR);
  }
  const pid_t stopped = std::exchange(pid_, -1);
  return reaped == stopped ? status : -1;
}

}  // namespace medley::media
