#include "medley/pipeline/revision.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "medley/core/result.h"
#include "medley/pipeline/attributes.h"
#include "medley/storage/workspace.h"

namespace medley::pipeline {
namespace {

void Note(const std::filesystem::path& file, std::map<std::string, std::string>& files) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return;
  const auto time = std::filesystem::last_write_time(file, error);
  if (error) return;
  files[file.string()] =
      std::to_string(size) + "@" + std::to_string(time.time_since_epoch().count());
}

}  // namespace

void Revision::NoteSpaces(const storage::Workspace& workspace) {
  for (const auto space : kSpaces) Note(workspace.EmbeddingFile(space), files);
}

Result<Revision> Revision::Read(const storage::Workspace& workspace, std::uint64_t own) {
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, workspace.store().Counts());
  Revision revision{.version = counts.version - own, .files = {}};
  revision.NoteSpaces(workspace);
  Note(workspace.root() / "medley.toml", revision.files);
  for (const auto& name : workspace.models().Names())
    Note(workspace.root() / "models" / name / "current", revision.files);
  return revision;
}

}  // namespace medley::pipeline
