#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <cstddef>
#include <ctime>
#include <string>
#include <utility>

#include "medley/serving/application.h"
#include "medley/serving/options.h"

namespace medley::serving {

/// What all connections of a server share: who answers, where, and how much of each bounded thing
/// is taken. Threads: any.
struct ServerResources {
  ServerResources(Application& served, const ServeOptions& serve_options, std::size_t workers)
      : application(served), options(serve_options), worker_pool(workers), encoder_pool(1) {}
  Application& application;
  const ServeOptions options;
  boost::asio::thread_pool worker_pool;
  boost::asio::thread_pool encoder_pool;
  std::atomic<std::size_t> waiting{0};
  std::atomic<std::size_t> waiting_encodings{0};
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> body_memory{0};
  std::atomic<bool> stopping{false};
};

/// The Date of answers, written once a second. Threads: one.
class DateLine {
 public:
  const std::string& Now();

 private:
  std::time_t time_ = 0;
  std::string text_;
};

/// One client's connection. Threads: that of its stream.
struct Connection {
  Connection(boost::asio::ip::tcp::socket socket, ServerResources& all, DateLine& line)
      : shared(all), date(line), stream(std::move(socket)) {}
  ServerResources& shared;
  DateLine& date;
  boost::beast::tcp_stream stream;
  boost::beast::flat_buffer buffer;
  bool idle = false;  ///< between two requests
};

/// Reads requests and answers them, one after the other, until either side ends it; then closes.
/// Whoever cancels an idle connection's stream, or closes any, ends it too.
boost::asio::awaitable<void> Converse(Connection& connection);

}  // namespace medley::serving
