#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::serving {

/// How the server listens and what one client may cost it.
struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 8080;  ///< 0: any free one
  int threads = 0;  ///< of connections, and as many workers; 0: ThreadCount()
  /// Names to answer to beside localhost and `host`: the Host header that browsers and proxies
  /// send.
  std::vector<std::string> hosts;
  /// Pages of other origins that may change things ("https://shop.example").
  std::vector<std::string> origins;
  std::string api_key;  ///< empty: none is asked for

  std::size_t max_connections = 1024;
  std::size_t max_header_bytes = std::size_t{16} << 10;
  std::size_t max_batch_bytes = std::size_t{32} << 20;   ///< body of a request with JSON
  std::size_t max_upload_bytes = std::size_t{32} << 20;  ///< body of a search by a file
  std::size_t max_batch = 10'000;                        ///< items, users or events in one request
  std::size_t max_body_memory = std::size_t{512} << 20;  ///< bodies of all connections together
  std::size_t max_waiting = 1024;                        ///< requests that wait for a worker
  std::size_t max_waiting_encodings = 64;

  std::chrono::milliseconds idle_timeout{60'000};  ///< of a connection between two requests
  std::chrono::milliseconds header_timeout{
      10'000};  ///< from a request's first byte to the end of its header
  std::chrono::milliseconds body_timeout{
      15'000};  ///< of the body, beside 1 s for each 64 KiB of it
  std::chrono::milliseconds write_timeout{30'000};  ///< for each 256 KiB of an answer
  std::chrono::milliseconds drain_timeout{
      10'000};  ///< what requests in flight get when the server stops
};

/// What the [serve] section of medley.toml says: host, port, threads, hosts, origins (texts joined
/// by commas), api_key_env (name of the environment variable that holds the key), max_connections,
/// max_upload_mb. Errors: kInvalidInput naming the setting; kNotFound when the key's variable is
/// not set.
Result<ServeOptions> ServeOptionsOf(const storage::Workspace& workspace);

}  // namespace medley::serving
