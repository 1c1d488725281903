#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::media {

/// A helper program at the other end of a SOCK_SEQPACKET socket. It is killed and reaped when this
/// object goes.
/// Threads: one at a time. Fork is not used: starting one is safe in a process of many threads.
class ChildProcess {
 public:
  /// Runs `program` with nothing but `environment` and, from descriptor 3 on, the socket and
  /// `descriptors`; its standard input and output are /dev/null.
  /// Errors: kIo.
  static Result<ChildProcess> Start(const std::filesystem::path& program,
                                    std::span<const int> descriptors,
                                    const std::vector<std::string>& environment);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// False where the child is gone.
  bool Send(const void* message, std::size_t bytes);

  enum class Arrival { kMessage, kTimeout, kGone };
  /// Waits for a message of exactly `bytes`; one of another length is as good as a child that is
  /// gone.
  Arrival Receive(void* message, std::size_t bytes, std::chrono::steady_clock::time_point deadline);

  /// Closes the socket, gives the child `patience` to leave by itself, then kills it. Returns its
  /// wait status, or -1.
  int Stop(std::chrono::milliseconds patience);

  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, FileDescriptor socket) : pid_(pid), socket_(std::move(socket)) {}
  pid_t pid_ = -1;
  FileDescriptor socket_;
};

}  // namespace medley::media
