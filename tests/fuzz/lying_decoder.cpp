// Stands in for a medley-decode that a file has taken over: the first letter of the "file" names
// the lie to tell.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "medley/media/decode_protocol.h"

namespace {

using medley::media::DecodeOutcome;
using medley::media::DecodeReply;

DecodeReply Lie(char which, float* samples) {
  DecodeReply reply;
  switch (which) {
    case 's':
      reply.samples = std::numeric_limits<std::uint64_t>::max();
      break;
    case 'n':
      reply.samples = 1;
      samples[0] = std::numeric_limits<float>::quiet_NaN();
      break;
    case 'm':
      reply.mime = 4'000'000'000;
      break;
    case 'w':
      reply.width = -1;
      break;
    case 'd':
      reply.duration_s = std::numeric_limits<double>::quiet_NaN();
      break;
    case 'o':
      reply.outcome = static_cast<DecodeOutcome>(77);
      break;
    case 'g':
      reply.magic = 0;
      break;
    default:
      reply.outcome = DecodeOutcome::kCorrupt;
      std::memset(reply.message.data(),
                  '\x1b',
                  reply.message.size());  // no end, and it would drive a terminal
  }
  return reply;
}

}  // namespace

int main() {
  using namespace medley::media;  // NOLINT(google-build-using-namespace)
  DecodeHello hello;
  DecodeReply reply;
  if (read(kSocketFd, &hello, sizeof hello) != sizeof hello ||
      write(kSocketFd, &reply, sizeof reply) < 0)
    return 1;
  DecodeRequest request;
  while (read(kSocketFd, &request, sizeof request) == sizeof request) {
    const auto* file = static_cast<const char*>(
        mmap(nullptr, request.input_bytes, PROT_READ, MAP_SHARED, kInputFd, 0));
    const std::size_t room = request.output_bytes + 4096;
    auto* out =
        static_cast<float*>(mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_SHARED, kOutputFd, 0));
    if (ftruncate(kOutputFd, 0) == 0) return 2;  // the seal must hold
    reply = Lie(file[0], out);
    const std::size_t length = file[0] == 'l' ? sizeof reply / 2 : sizeof reply;
    if (write(kSocketFd, &reply, length) < 0) return 1;
  }
  return 0;
}
