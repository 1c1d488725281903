#include "apps/medley_decode/sandbox.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "medley/media/decode_protocol.h"

namespace medley::decoding {
namespace {

/// More than the Decoder lets one child work before it takes a new one.
constexpr rlim_t kCpuSeconds = 1200;

std::string Failure(const char* what, int error) {
  return std::string(what) + ": " + std::strerror(error);
}

// The address sanitizer maps terabytes of shadow, and looks for leaks with calls that the filter
// forbids.
#ifndef __SANITIZE_ADDRESS__

std::uint64_t MappedBytes() {
  std::uint64_t pages = 0;
  if (std::FILE* statm = std::fopen("/proc/self/statm", "re"); statm != nullptr) {
    unsigned long long read = 0;
    if (std::fscanf(statm, "%llu", &read) == 1) pages = read;
    std::fclose(statm);
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

bool Limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limit{value, value};
  return setrlimit(resource, &limit) == 0;
}

int AllowCalls(scmp_filter_ctx filter) {
  constexpr std::array kAlways = {SCMP_SYS(munmap),
                                  SCMP_SYS(mremap),
                                  SCMP_SYS(brk),
                                  SCMP_SYS(madvise),
                                  SCMP_SYS(futex),
                                  SCMP_SYS(clock_gettime),
                                  SCMP_SYS(gettimeofday),
                                  SCMP_SYS(exit),
                                  SCMP_SYS(exit_group),
                                  SCMP_SYS(rt_sigreturn),
                                  SCMP_SYS(restart_syscall),
                                  SCMP_SYS(sched_yield)};
  for (const int call : kAlways) {
    if (const int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0); error != 0)
      return error;
  }
  for (const int call : {SCMP_SYS(read), SCMP_SYS(write)}) {
    const int error =
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A0(SCMP_CMP_EQ, media::kSocketFd));
    if (error != 0) return error;
  }
  // Memory may be read and written, never executed.
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    const int error = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (error != 0) return error;
  }
  return 0;
}

std::string LoadFilter() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (filter == nullptr) return "no system-call filter can be made here";
  int error = AllowCalls(filter);
  if (error == 0) error = seccomp_load(filter);
  seccomp_release(filter);
  return error == 0 ? "" : Failure("the system-call filter is refused", -error);
}

#endif

}  // namespace

std::string CutLoose(std::int64_t parent_pid) {
  if (close_range(media::kOutputFd + 1, ~0U, 0) != 0) return Failure("close_range", errno);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return Failure("PR_SET_PDEATHSIG", errno);
  if (getppid() != parent_pid) return "the parent is gone";
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Failure("PR_SET_NO_NEW_PRIVS", errno);
  return "";
}

#ifdef __SANITIZE_ADDRESS__
std::string LockIn(std::uint64_t) { return ""; }
#else
std::string LockIn(std::uint64_t extra_bytes) {
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Failure("PR_SET_DUMPABLE", errno);
  const bool limited = Limit(RLIMIT_AS, MappedBytes() + extra_bytes) &&
                       Limit(RLIMIT_CPU, kCpuSeconds) && Limit(RLIMIT_FSIZE, 0) &&
                       Limit(RLIMIT_NPROC, 0) && Limit(RLIMIT_CORE, 0) && Limit(RLIMIT_NOFILE, 0);
  if (!limited) return Failure("setrlimit", errno);
  return LoadFilter();
}
#endif

}  // namespace medley::decoding
