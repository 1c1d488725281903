#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "medley/core/file.h"

namespace medley::serving {

/// HTTP as the handlers see it: plain values, so that only the server's own file compiles the HTTP
/// library.

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

/// "GET".
std::string_view MethodName(Method method);

/// The headers that something here reads; empty: not sent.
struct RequestHeaders {
  std::string host;
  std::string origin;
  std::string content_type;
  std::string range;
  std::string if_range;
  std::string if_none_match;
  std::string authorization;
  std::string accept;
};

struct HttpRequest {
  Method method = Method::kGet;
  std::string target;  ///< as sent: path, '?', query; still percent-encoded
  RequestHeaders headers;
  std::string body;
  bool takes_chunks = true;  ///< HTTP/1.1: a body of no length known beforehand
};

struct Header {
  std::string_view name;  ///< a literal
  std::string value;
};

/// A part of an open file, sent without being read into memory first.
struct FileSlice {
  std::shared_ptr<const FileDescriptor> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Sends a piece of a body and returns when it is on its way. False: nobody reads any more.
using SendPiece = std::function<bool(std::string_view piece)>;

/// A body that is sent while it is made.
struct StreamedBody {
  std::function<void(const SendPiece& send)> write;  ///< called once at most, on a worker
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  ///< empty: none is sent, nor a body
  std::vector<Header> headers;
  /// Bytes of its own, bytes that live as long as the program, part of a file, or what is still to
  /// be made.
  std::variant<std::string, std::string_view, FileSlice, StreamedBody> body;

  bool streamed() const { return std::holds_alternative<StreamedBody>(body); }
  std::uint64_t size() const;  ///< 0 for what is streamed
};

/// Where a request is answered: at once on the connection's own thread (for what takes
/// microseconds), on one of the workers, or on the one thread that runs encoders.
enum class Work : std::uint8_t { kDirect, kWorker, kEncoder };

}  // namespace medley::serving
