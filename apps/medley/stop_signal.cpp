#include "apps/medley/stop_signal.h"

#include <csignal>

#include "medley/core/threads.h"

namespace medley::apps {
namespace {

CancelToken& Token() {
  static CancelToken token;
  return token;
}

}  // namespace

CancelToken& StopOnSignals() {
  CancelToken& token = Token();
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction action{};
    action.sa_handler = [](int) { Token().Cancel(); };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
  }
  return token;
}

}  // namespace medley::apps
