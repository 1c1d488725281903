#pragma once

#include <memory>

#include "medley/core/result.h"
#include "medley/serving/application.h"
#include "medley/serving/options.h"

namespace medley::serving {

/// HTTP/1.1 over TCP: one thread with its own listening socket for each core, a pool of workers,
/// one thread for encoders. Bounded in everything that a client can send, hold or delay
/// (options.h). Threads: Start and Stop from one.
class HttpServer {
 public:
  /// Binds all sockets. Errors: kInvalidInput for a host that is no address, kUnavailable when the
  /// port is taken.
  static Result<std::unique_ptr<HttpServer>> Listen(Application& application,
                                                    const ServeOptions& options);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  int port() const;
  void Start();
  /// Takes no more connections, closes the idle ones, lets requests in flight be answered within
  /// drain_timeout, closes the rest.
  void Stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace medley::serving
