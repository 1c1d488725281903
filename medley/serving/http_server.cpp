#include "medley/serving/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/serving/application.h"
#include "medley/serving/http_connection.h"
#include "medley/serving/options.h"

namespace medley::serving {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// One thread, its sockets and its listening socket. Everything in it is used by its thread alone.
struct Lane {
  explicit Lane(ServerResources& all) : shared(all), acceptor(io) {}
  ServerResources& shared;
  asio::io_context io{1};
  tcp::acceptor acceptor;
  std::unordered_set<Connection*> connections;
  DateLine date;
  std::thread thread;
};

/// Keeps a connection in its lane's set and in the counts while it lives.
class Registration {
 public:
  Registration(Lane& lane, Connection& connection) : lane_(lane), connection_(connection) {
    lane_.connections.insert(&connection_);
    lane_.shared.application.service().metrics.ConnectionOpened();
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    lane_.connections.erase(&connection_);
    lane_.shared.application.service().metrics.ConnectionClosed();
    lane_.shared.connections.fetch_sub(1);
  }

 private:
  Lane& lane_;
  Connection& connection_;
};

awaitable<void> ServeConnection(Lane& lane, tcp::socket socket) {
  Connection connection(std::move(socket), lane.shared, lane.date);
  const Registration registration(lane, connection);
  co_await Converse(connection);
}

/// Makes room for a new connection by closing one that waits for its next request.
bool CloseAnIdleConnection(Lane& lane) {
  const auto idle =
      std::ranges::find_if(lane.connections, [](const Connection* c) { return c->idle; });
  if (idle == lane.connections.end()) return false;
  (*idle)->idle = false;
  (*idle)->stream.cancel();
  return true;
}

void RefuseConnection(tcp::socket& socket) {
  constexpr std::string_view kBusy =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
      "close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kBusy), ignored);
}

awaitable<void> AcceptConnections(Lane& lane) {
  while (lane.acceptor.is_open()) {
    auto [error, socket] = co_await lane.acceptor.async_accept(kTuple);
    if (!lane.acceptor.is_open()) co_return;
    if (error) {
      // Out of descriptors, most likely: they come back, and a tight loop would take the processor
      // as well.
      asio::steady_timer pause(lane.io, std::chrono::milliseconds(50));
      co_await pause.async_wait(kTuple);
      continue;
    }
    const std::size_t open = lane.shared.connections.fetch_add(1) + 1;
    if (open > lane.shared.options.max_connections && !CloseAnIdleConnection(lane)) {
      lane.shared.connections.fetch_sub(1);
      RefuseConnection(socket);
      continue;
    }
    asio::co_spawn(lane.io, ServeConnection(lane, std::move(socket)), asio::detached);
  }
}

Result<asio::ip::address> AddressOf(const std::string& host) {
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error)
    return Fail(
        ErrorCode::kInvalidInput,
        "'" + host +
            "' is no address to listen on; give 127.0.0.1, 0.0.0.0, ::1 or one of this machine's");
  return address;
}

Status Bind(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool shared_port) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  const int on = 1;
  if (!error && shared_port &&
      ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    error.assign(errno, boost::system::system_category());
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) return {};
  const std::string where =
      endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) {
    return Fail(
        ErrorCode::kUnavailable,
        where + " is taken by another program; choose another with --port (0: any free one)");
  }
  return Fail(ErrorCode::kIo, "can't listen on " + where + ": " + error.message());
}

}  // namespace

struct HttpServer::State {
  State(Application& application, const ServeOptions& options, std::size_t threads)
      : shared(application, options, std::max<std::size_t>(2, threads)) {
    for (std::size_t i = 0; i < threads; ++i) lanes.push_back(std::make_unique<Lane>(shared));
  }
  ServerResources shared;
  std::vector<std::unique_ptr<Lane>> lanes;
  int port = 0;
  bool started = false;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { Stop(); }

int HttpServer::port() const { return state_->port; }

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(Application& application,
                                                       const ServeOptions& options) {
  MEDLEY_ASSIGN_OR_RETURN(const auto address, AddressOf(options.host));
  const auto threads =
      static_cast<std::size_t>(options.threads > 0 ? options.threads : ThreadCount());
  auto state = std::make_unique<State>(application, options, threads);
  tcp::endpoint endpoint(address, static_cast<std::uint16_t>(options.port));
  if (options.port != 0) {
    // Sockets that share a port also share it with another server of the same user, silently. One
    // that does not share finds it taken.
    tcp::acceptor alone(state->lanes.front()->io);
    MEDLEY_RETURN_IF_ERROR(Bind(alone, endpoint, false));
  }
  for (auto& lane : state->lanes) {
    MEDLEY_RETURN_IF_ERROR(Bind(lane->acceptor, endpoint, true));
    error_code error;
    lane->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Fail(ErrorCode::kIo, "can't listen: " + error.message());
    endpoint.port(lane->acceptor.local_endpoint().port());
  }
  state->port = endpoint.port();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

void HttpServer::Start() {
  state_->started = true;
  for (auto& lane : state_->lanes) {
    asio::co_spawn(lane->io, AcceptConnections(*lane), asio::detached);
    lane->thread = std::thread([&io = lane->io] { io.run(); });
  }
}

void HttpServer::Stop() {
  if (!state_->started) return;
  state_->started = false;
  ServerResources& shared = state_->shared;
  shared.stopping.store(true);
  for (auto& lane : state_->lanes) {
    asio::post(lane->io, [&l = *lane] {
      error_code ignored;
      l.acceptor.close(ignored);
      for (Connection* connection : l.connections) {
        if (connection->idle) connection->stream.cancel();
      }
    });
  }
  const auto deadline = std::chrono::steady_clock::now() + shared.options.drain_timeout;
  while (shared.connections.load() > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (auto& lane : state_->lanes) {
    asio::post(lane->io, [&l = *lane] {
      for (Connection* connection : l.connections) connection->stream.close();
    });
  }
  for (auto& lane : state_->lanes) lane->thread.join();
  shared.worker_pool.join();
  shared.encoder_pool.join();
}

}  // namespace medley::serving
