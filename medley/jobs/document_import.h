#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/document_reader.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

struct DocumentImport {
  std::vector<std::filesystem::path> paths;  ///< files and folders
  std::string source;  ///< all of them are this one; empty: each is its own, by its file's name
  data::DocumentReadOptions read;
};

struct DocumentSummary {
  std::vector<std::string> sources;
  std::uint64_t documents = 0;
  std::uint64_t own = 0;       ///< of them, those of one user
  std::uint64_t passages = 0;  ///< of everybody's
  std::uint64_t encoded = 0;   ///< passages that got a vector
  std::string no_vectors;      ///< why the others have none; "": they have
  std::vector<data::DocumentReject> rejected;
};

/// Reads documents, makes the vectors of everybody's passages, and puts each source in the place of
/// what was imported under its name before. Users that are not known yet are made, bare. What fails
/// leaves the sources as they were. Errors: those of ReadDocuments; kInvalidInput where two paths
/// make one source, or one where nothing could be read.
Result<DocumentSummary> ImportDocuments(const storage::Workspace& workspace,
                                        const DocumentImport& request,
                                        Progress& progress);

}  // namespace medley::jobs
