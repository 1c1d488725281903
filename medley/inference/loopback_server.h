#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "medley/core/file.h"

namespace medley::inference {

/// For tests: an HTTP server on this machine that answers as its script says, however wrongly. One
/// connection, one request at a time.
class LoopbackServer {
 public:
  /// One request under answer.
  class Exchange {
   public:
    Exchange(int connection, std::string request, const std::atomic<bool>& stopping)
        : connection_(connection), request_(std::move(request)), stopping_(stopping) {}
    const std::string& request() const { return request_; }  ///< head and body
    bool Asks(std::string_view path) const {
      return request_.find(" " + std::string(path) + " ") != std::string::npos;
    }
    void Send(std::string_view bytes) const {
      while (!bytes.empty()) {
        const auto sent = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
    }
    void Answer(int status, std::string_view body, std::string_view headers = "") const {
      Send("HTTP/1.1 " + std::to_string(status) +
           " X\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body));
    }
    /// The head of a stream that ends with the connection.
    void BeginStream() const {
      Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n");
    }
    void Piece(std::string_view json_text) const {
      Send("data: {\"choices\":[{\"text\":" + std::string(json_text) + "}]}\n\n");
    }
    void EndStream() const {
      Send("data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    }
    /// Says nothing until the other side goes, or the server does.
    void Hang() const {
      pollfd other{.fd = connection_, .events = POLLRDHUP, .revents = 0};
      while (!stopping_ && ::poll(&other, 1, 10) == 0) {
      }
    }

   private:
    int connection_;
    std::string request_;
    const std::atomic<bool>& stopping_;
  };
  using Script = std::function<void(const Exchange& exchange)>;

  explicit LoopbackServer(Script script) : script_(std::move(script)) {
    listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    [[maybe_unused]] const bool listens =
        ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length) == 0 &&
        ::listen(listener_.get(), 16) == 0;
    assert(listens);
    (void)::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer() {
    stopping_ = true;
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  void Run() {
    while (!stopping_) {
      pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 10) <= 0) continue;
      const FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string request = Read(connection.get());
      if (request.empty()) continue;
      {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(request);
      }
      script_(Exchange(connection.get(), request, stopping_));
      ::shutdown(connection.get(), SHUT_WR);
    }
  }

  static std::string Read(int connection) {
    std::string request;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto head = request.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto at = request.find("Content-Length: ");
        const std::size_t length = at < head ? std::stoul(request.substr(at + 16)) : std::size_t{0};
        if (request.size() >= head + 4 + length) return request;
      }
      const auto got = ::recv(connection, buffer.data(), buffer.size(), 0);
      if (got <= 0) return request;
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

  Script script_;
  FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace medley::inference
