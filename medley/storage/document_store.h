#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/document.h"
#include "medley/storage/workspace.h"

namespace medley::storage {

/// What one import brought.
struct DocumentSource {
  std::string name;
  std::vector<data::Document> documents;
};

/// The documents of a workspace, in its folder documents/: one file of JSON lines a source (a line
/// with its name, then a document a line), always replaced as a whole. Errors: kIo; kCorrupt naming
/// the file that can't be read. Threads: any; writers of all processes wait for none: the second
/// gets kUnavailable.
class DocumentStore {
 public:
  explicit DocumentStore(const Workspace& workspace) : folder_(workspace.root() / "documents") {}

  /// All documents of the source `name` are these from now on; none: the source is gone.
  Status Replace(std::string_view name, std::span<const data::Document> documents) const;
  /// Every source, by name.
  Result<std::vector<DocumentSource>> Read() const;
  /// Takes what belongs to `user` out of every source; the number of documents.
  Result<std::size_t> Forget(std::string_view user) const;
  /// Changes when anything of the folder did, by whichever process. Cost: a look at each file.
  std::uint64_t Version() const;
  /// Where the vectors of passages are kept (EmbeddingSpace; keyed by the hash of what was
  /// encoded).
  std::filesystem::path VectorFile() const { return folder_ / "passages.vec"; }

 private:
  Status Write(std::string_view name, std::span<const data::Document> documents) const;
  std::filesystem::path folder_;
};

/// Removes a user with all their events and documents. Errors: kNotFound where there was neither.
Status EraseUser(const Workspace& workspace, std::string_view user);

}  // namespace medley::storage
