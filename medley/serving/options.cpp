#include "medley/serving/options.h"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::serving {
namespace {

Result<std::size_t> Number(const storage::Workspace& workspace,
                           const std::string& name,
                           std::size_t fallback,
                           std::size_t max) {
  const std::string text = workspace.Setting(name, std::to_string(fallback));
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) {
    return Fail(ErrorCode::kInvalidInput,
                "medley.toml: " + name + " must be a whole number from 0 to " +
                    std::to_string(max) + ", not '" + text + "'");
  }
  return value;
}

/// "a, b" or, as a TOML list prints, "[ 'a', 'b' ]".
std::vector<std::string> Names(std::string_view text) {
  std::vector<std::string> names;
  std::string name;
  const auto finish = [&] {
    if (!name.empty()) names.push_back(name);
    name.clear();
  };
  const bool list = text.starts_with('[') && text.ends_with(']') &&
                    text.find_first_of("'\"") != std::string_view::npos;
  if (list) text = text.substr(1, text.size() - 2);
  for (const char c : text) {
    if (c == ',') {
      finish();
    } else if (c != ' ' && c != '\t' && c != '\'' && c != '"') {
      name.push_back(c);
    }
  }
  finish();
  return names;
}

}  // namespace

Result<ServeOptions> ServeOptionsOf(const storage::Workspace& workspace) {
  ServeOptions options;
  options.host = workspace.Setting("serve.host", options.host);
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t port, Number(workspace, "serve.port", 8080, 65535));
  options.port = static_cast<int>(port);
  MEDLEY_ASSIGN_OR_RETURN(const std::size_t threads, Number(workspace, "serve.threads", 0, 256));
  options.threads = static_cast<int>(threads);
  options.hosts = Names(workspace.Setting("serve.hosts", ""));
  options.origins = Names(workspace.Setting("serve.origins", ""));
  MEDLEY_ASSIGN_OR_RETURN(
      options.max_connections,
      Number(workspace, "serve.max_connections", options.max_connections, 100'000));
  MEDLEY_ASSIGN_OR_RETURN(
      const std::size_t megabytes,
      Number(workspace, "serve.max_upload_mb", options.max_upload_bytes >> 20, 1024));
  options.max_upload_bytes = megabytes << 20;
  options.max_batch_bytes = megabytes << 20;
  if (const std::string variable = workspace.Setting("serve.api_key_env", ""); !variable.empty()) {
    const char* key = std::getenv(
        variable.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread is started
    if (key == nullptr || *key == '\0') {
      return Fail(ErrorCode::kNotFound,
                  "medley.toml: serve.api_key_env names '" + variable +
                      "', which is not set in the environment");
    }
    options.api_key = key;
  }
  return options;
}

}  // namespace medley::serving
