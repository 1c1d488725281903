#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/serving/byte_range.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/media_type.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"

namespace medley::serving {
namespace {

constexpr std::size_t kSniffedBytes = 256;

struct OpenFile {
  std::shared_ptr<const FileDescriptor> file;
  std::uint64_t size = 0;
  MediaType type;
};

Result<OpenFile> Open(const Service& service, const std::string& hash) {
  MEDLEY_ASSIGN_OR_RETURN(const auto path, service.engine.workspace().media().PathOf(hash));
  auto file =
      std::make_shared<FileDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts{};
  if (!*file || ::fstat(file->get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return Fail(ErrorCode::kNotFound, "no media with this hash");
  }
  std::array<char, kSniffedBytes> head{};
  const ssize_t got = ::pread(file->get(), head.data(), head.size(), 0);
  if (got < 0) return Fail(ErrorCode::kIo, "the media file can't be read");
  const MediaType type =
      SniffMediaType(std::string_view(head.data(), static_cast<std::size_t>(got)));
  return OpenFile{std::move(file), static_cast<std::uint64_t>(facts.st_size), type};
}

}  // namespace

Result<HttpResponse> PostMedia(Service& service, const Call& call) {
  const std::string& bytes = call.request.body;
  const MediaType type = SniffMediaType(std::string_view(bytes).substr(0, kSniffedBytes));
  const std::string_view family = type.mime.substr(0, type.mime.find('/'));
  if (family != "image" && family != "audio") {
    return Fail(ErrorCode::kInvalidInput,
                "the body must be the bytes of a picture (JPEG, PNG, WebP, GIF, BMP) or a sound "
                "(WAV, FLAC, Ogg, Opus, MP3, AAC)");
  }
  MEDLEY_ASSIGN_OR_RETURN(const std::string hash,
                          service.engine.workspace().media().AddBytes(bytes));
  return JsonResponse({{"modality", family}, {"hash", hash}, {"mime", type.mime}}, 201);
}

Result<HttpResponse> GetMedia(Service& service, const Call& call) {
  const std::string& hash = call.path[0];
  MEDLEY_ASSIGN_OR_RETURN(const OpenFile file, Open(service, hash));
  const std::string etag = '"' + hash + '"';
  HttpResponse response;
  // The address is the content: it never changes.
  response.headers = {{"ETag", etag}, {"Cache-Control", "public, max-age=31536000, immutable"}};
  const RequestHeaders& asked = call.request.headers;
  if (asked.if_none_match.find(etag) != std::string::npos || asked.if_none_match == "*") {
    response.status = 304;
    return response;
  }
  const bool range_counts = asked.if_range.empty() || asked.if_range == etag;
  const ByteRange range = ParseByteRange(range_counts ? asked.range : std::string(), file.size);
  if (range.kind == ByteRange::Kind::kUnsatisfiable) {
    HttpResponse problem =
        ProblemResponse(HttpFault::kRangeNotSatisfiable, "the range lies outside the file");
    problem.headers.push_back({"Content-Range", "bytes */" + std::to_string(file.size)});
    return problem;
  }
  if (range.kind == ByteRange::Kind::kPart) {
    response.status = 206;
    response.headers.push_back({"Content-Range",
                                "bytes " + std::to_string(range.offset) + "-" +
                                    std::to_string(range.offset + range.length - 1) + "/" +
                                    std::to_string(file.size)});
  }
  response.content_type = std::string(file.type.mime);
  response.headers.push_back({"Accept-Ranges", "bytes"});
  response.headers.push_back(
      {"Content-Disposition",
       "inline; filename=\"" + hash.substr(0, 12) + "." + std::string(file.type.extension) + "\""});
  // Opened as a page of its own, the file may do nothing.
  response.headers.push_back(
      {"Content-Security-Policy",
       "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"});
  response.body = FileSlice{file.file, range.offset, range.length};
  return response;
}

}  // namespace medley::serving
