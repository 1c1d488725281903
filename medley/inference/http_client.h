#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/threads.h"

namespace medley::inference {

/// What a piece of an answer means to whoever reads it.
enum class Taken : std::uint8_t {
  kProgress,  ///< something of use came: the silence is over
  kNothing,   ///< a sign of life alone; the silence goes on
  kStop       ///< no more is wanted
};

struct HttpCall {
  std::string url;                   ///< http or https
  std::string body;                  ///< empty: GET, else POST of JSON
  std::vector<std::string> headers;  ///< "Name: value"
  std::string bearer;                ///< sent as Authorization; never in an error or a log
  std::string ca_file;               ///< PEM; empty: the system's
  std::chrono::milliseconds connect_limit{5'000};
  std::chrono::milliseconds silence_limit{30'000};  ///< to the first progress, and between two
  std::chrono::steady_clock::time_point deadline;   ///< of the whole
  const CancelToken* cancel = nullptr;
  std::size_t max_bytes = std::size_t{8} << 20;  ///< of the answer
  /// Reads the answer to a status of 2xx as it comes; without it, and for other statuses, the bytes
  /// are kept in HttpAnswer::body.
  std::function<Taken(std::string_view bytes)> on_data;
};

enum class HttpEnd : std::uint8_t {
  kWhole,      ///< to its last byte, as far as HTTP can tell
  kStopped,    ///< on_data said so
  kBroken,     ///< no connection, or it was lost: the same call may work later
  kUntrusted,  ///< the other side's certificate is not valid for its name
  kTimeout,
  kCancelled,
  kTooLarge,
  kWrongUrl
};

struct HttpAnswer {
  HttpEnd end = HttpEnd::kBroken;
  std::string detail;  ///< why, where it isn't whole
  int status = 0;      ///< 0: no status line came
  std::string content_type;
  std::string retry_after;  ///< the header as sent
  std::string body;
};

/// Calls an HTTP server, over TLS with verification for https, and follows no redirect (a key must
/// not travel to where a server points). The proxies of the environment are used, but never for
/// this machine itself. Connections are kept for the next call.
/// Threads: one call at a time; destroyed by any.
class HttpClient {
 public:
  HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Returns within 100 ms of the deadline, the cancellation, or the silence's end.
  HttpAnswer Call(const HttpCall& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether `host` (no port; an IPv6 address in brackets or not) can only be this machine.
bool IsLoopback(std::string_view host);

/// How long a Retry-After header ("120", or a date) asks to wait from `now` (seconds since 1970).
/// Missing: nullopt where it says nothing readable.
std::optional<std::chrono::milliseconds> RetryAfter(std::string_view header, std::int64_t now);

}  // namespace medley::inference
