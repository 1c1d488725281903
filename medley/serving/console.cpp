#include <algorithm>
#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/serving/embedded.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/media_type.h"

namespace medley::serving {
namespace {

constexpr std::string_view kNoConsole =
    "<!doctype html><html lang=\"en\"><head><meta "
    "charset=\"utf-8\"><title>Medley</title></head><body><h1>Medley runs</h1>"
    "<p>The console was not built when this program was. Run <code>make build</code>, or <code>npm "
    "ci &amp;&amp; npm run build</code> in web/ "
    "and then build again. The API is described at <a "
    "href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p></body></html>";

/// Scripts, styles and connections of this server alone; no inline script, no plug-in, no frame
/// round it.
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

const EmbeddedFile* Find(std::string_view path) {
  const auto files = ConsoleFiles();
  const auto found = std::ranges::find(files, path, &EmbeddedFile::path);
  return found == files.end() ? nullptr : &*found;
}

HttpResponse Page(std::string_view bytes) {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Content-Security-Policy", std::string(kPolicy)},
                      {"Cache-Control", "no-cache"}};
  response.body = bytes;
  return response;
}

}  // namespace

Result<HttpResponse> GetConsole(const HttpRequest& request, std::string_view path) {
  path.remove_prefix(1);
  if (ConsoleFiles().empty() && path.empty()) return Page(kNoConsole);
  const EmbeddedFile* file = Find(path.empty() ? "index.html" : path);
  // The console's own views have addresses without a dot; each is its one page.
  const bool is_view = path.substr(path.rfind('/') + 1).find('.') == std::string_view::npos;
  if (file == nullptr && is_view && request.headers.accept.find("text/html") != std::string::npos)
    file = Find("index.html");
  if (file == nullptr)
    return Fail(ErrorCode::kNotFound,
                "nothing at this address; the API is described at /api/v1/openapi.json");
  HttpResponse response = Page(file->bytes);
  response.content_type = std::string(AssetContentType(file->path));
  response.headers.push_back({"ETag", std::string(file->etag)});
  // Vite puts a hash of the content into the names below assets/.
  if (file->path.starts_with("assets/"))
    response.headers[1].value = "public, max-age=31536000, immutable";
  if (request.headers.if_none_match.find(file->etag) != std::string::npos) {
    response.status = 304;
    response.content_type.clear();
    response.body = std::string_view();
  }
  return response;
}

}  // namespace medley::serving
