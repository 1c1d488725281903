#pragma once

#include <cstddef>
#include <cstdint>
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

struct HttpResponse {
  int status = 200;
  std::string content_type;  ///< empty: none is sent, nor a body
  std::vector<Header> headers;
  /// Bytes of its own, bytes that live as long as the program, or part of a file.
  std::variant<std::string, std::string_view, FileSlice> body;

  std::uint64_t size() const;
};

/// Where a request is answered: at once on the connection's own thread (for what takes
/// microseconds), on one of the workers, or on the one thread that runs encoders.
enum class Work : std::uint8_t { kDirect, kWorker, kEncoder };

}  // namespace medley::serving
