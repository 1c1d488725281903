#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/storage/media_store.h"

namespace medley::jobs {

/// What a file is by the end of its name; nothing for what is neither picture, sound nor film.
struct MediaType {
  data::Modality modality = data::Modality::kImage;
  std::string_view mime;
};
std::optional<MediaType> MediaTypeOf(const std::filesystem::path& file);

/// A folder of pictures, sounds and films that belong to items. Nothing outside it is ever read:
/// links that lead out are refused. Threads: any.
class MediaFolder {
 public:
  /// Errors: kNotFound for what is no folder.
  static Result<MediaFolder> Open(const std::filesystem::path& root);

  struct File {
    std::filesystem::path path;
    std::string stem;    ///< "12" of "posters/12.jpg"
    std::string folder;  ///< "12" of "12/front.jpg"; empty at the top
  };
  /// Every plain file, in the order of names; hidden ones and those of other kinds are left out.
  Result<std::vector<File>> Files() const;
  /// Copies a file, named from the folder, into the store. Errors: kNotFound; kInvalidInput where
  /// it lies outside; kUnsupported for other kinds of files; kIo.
  Result<data::Media> Add(const std::filesystem::path& name,
                          std::optional<data::Modality> modality,
                          const storage::MediaStore& store) const;

 private:
  explicit MediaFolder(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;  ///< canonical
};

}  // namespace medley::jobs
