#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/file.h"

namespace medley::serving {

/// What tests heard from a server.
struct Reply {
  int status = 0;  ///< 0: the connection ended without a whole answer
  std::string head;
  std::string body;
};

/// For tests: a client with nothing between it and the socket, so that it can misbehave. Waits 20 s
/// at most for anything.
class TestClient {
 public:
  explicit TestClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    const timeval patience{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }

  bool connected() const { return connected_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The next answer; `head_only`: it has no body whatever its length says.
  Reply Read(bool head_only = false) {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return reply;
    }
    reply.head = pending_.substr(0, end + 4);
    pending_.erase(0, end + 4);
    std::size_t length = 0;
    const std::size_t at = reply.head.find("Content-Length: ");
    if (at != std::string::npos && !head_only) length = std::stoul(reply.head.substr(at + 16));
    while (pending_.size() < length) {
      if (!Fill()) return reply;
    }
    reply.body = pending_.substr(0, length);
    pending_.erase(0, length);
    reply.status = std::stoi(reply.head.substr(9, 3));
    return reply;
  }

  /// The rest of an answer's body that comes in chunks, each as it was sent. Empty: it broke off.
  std::vector<std::string> Chunks() {
    std::vector<std::string> chunks;
    while (true) {
      std::size_t line = 0;
      while ((line = pending_.find("\r\n")) == std::string::npos) {
        if (!Fill()) return {};
      }
      const std::size_t size = std::stoul(pending_, nullptr, 16);
      while (pending_.size() < line + size + 4) {
        if (!Fill()) return {};
      }
      chunks.push_back(pending_.substr(line + 2, size));
      pending_.erase(0, line + size + 4);
      if (size == 0) return chunks;
    }
  }

  /// Waits until the server ends the connection. False: it didn't.
  bool Ended() {
    while (Fill()) {
    }
    return ended_;
  }
  void HalfClose() { ::shutdown(socket_.get(), SHUT_WR); }

 private:
  bool Fill() {
    std::vector<char> buffer(65536);
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      ended_ = got == 0 || errno == ECONNRESET;
      return false;
    }
    pending_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }

  FileDescriptor socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string pending_;
};

}  // namespace medley::serving
