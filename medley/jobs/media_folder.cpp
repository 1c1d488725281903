#include "medley/jobs/media_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/data/text_check.h"
#include "medley/storage/media_store.h"

namespace medley::jobs {
namespace {

namespace fs = std::filesystem;
using data::Modality;

struct KnownType {
  std::string_view extension;
  MediaType type;
};
constexpr std::array kTypes = {
    KnownType{"jpg", {Modality::kImage, "image/jpeg"}},
    KnownType{"jpeg", {Modality::kImage, "image/jpeg"}},
    KnownType{"png", {Modality::kImage, "image/png"}},
    KnownType{"webp", {Modality::kImage, "image/webp"}},
    KnownType{"gif", {Modality::kImage, "image/gif"}},
    KnownType{"bmp", {Modality::kImage, "image/bmp"}},
    KnownType{"wav", {Modality::kAudio, "audio/wav"}},
    KnownType{"flac", {Modality::kAudio, "audio/flac"}},
    KnownType{"ogg", {Modality::kAudio, "audio/ogg"}},
    KnownType{"opus", {Modality::kAudio, "audio/ogg"}},
    KnownType{"mp3", {Modality::kAudio, "audio/mpeg"}},
    KnownType{"aac", {Modality::kAudio, "audio/aac"}},
    KnownType{"m4a", {Modality::kAudio, "audio/mp4"}},
    KnownType{"mp4", {Modality::kVideo, "video/mp4"}},
    KnownType{"m4v", {Modality::kVideo, "video/mp4"}},
    KnownType{"webm", {Modality::kVideo, "video/webm"}},
    KnownType{"mkv", {Modality::kVideo, "video/x-matroska"}},
    KnownType{"mov", {Modality::kVideo, "video/quicktime"}},
    KnownType{"avi", {Modality::kVideo, "video/x-msvideo"}},
};

bool IsBelow(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

}  // namespace

std::optional<MediaType> MediaTypeOf(const fs::path& file) {
  const std::string extension = data::PlainName(file.extension().string());
  const auto found = std::ranges::find(kTypes, extension, &KnownType::extension);
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

Result<MediaFolder> MediaFolder::Open(const fs::path& root) {
  std::error_code error;
  auto canonical = fs::canonical(root, error);
  if (error || !fs::is_directory(canonical, error))
    return Fail(ErrorCode::kNotFound, "no folder '" + root.string() + "'");
  return MediaFolder(std::move(canonical));
}

Result<std::vector<MediaFolder::File>> MediaFolder::Files() const {
  std::vector<File> files;
  std::error_code error;
  for (fs::recursive_directory_iterator
           entry(root_, fs::directory_options::skip_permission_denied, error),
       end;
       entry != end && !error;
       entry.increment(error)) {
    const fs::path& path = entry->path();
    std::error_code ignored;
    if (path.filename().string().starts_with('.')) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(ignored) || !MediaTypeOf(path)) continue;
    const fs::path relative = path.lexically_relative(root_);
    files.push_back({relative,
                     relative.stem().string(),
                     relative.has_parent_path() ? relative.begin()->string() : std::string()});
  }
  if (error)
    return Fail(ErrorCode::kIo, "cannot read '" + root_.string() + "': " + error.message());
  std::ranges::sort(files, {}, &File::path);
  return files;
}

Result<data::Media> MediaFolder::Add(const fs::path& name,
                                     std::optional<Modality> modality,
                                     const storage::MediaStore& store) const {
  std::error_code error;
  const fs::path path = fs::canonical(root_ / name, error);
  if (error)
    return Fail(ErrorCode::kNotFound, "no file '" + name.string() + "' in the media folder");
  if (!IsBelow(path, root_))
    return Fail(ErrorCode::kInvalidInput, "'" + name.string() + "' leads out of the media folder");
  const auto type = MediaTypeOf(name);
  if (!type)
    return Fail(ErrorCode::kUnsupported,
                "'" + name.string() + "' is neither a picture, a sound nor a film by its name");
  MEDLEY_ASSIGN_OR_RETURN(std::string hash, store.AddFile(path));
  data::Media media;
  media.modality = modality.value_or(type->modality);
  media.hash = std::move(hash);
  media.mime = type->mime;
  media.source = name.generic_string();
  return media;
}

}  // namespace medley::jobs
