#include "medley/jobs/document_import.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "medley/answers/passages.h"
#include "medley/core/hash.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/document.h"
#include "medley/data/document_reader.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/document_store.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

using Sources = std::map<std::string, std::vector<data::Document>>;

std::string NameOf(const std::filesystem::path& path) {
  const auto name = path.filename();
  return (name.empty() ? path.parent_path().filename() : name).string();
}

Result<Sources> ReadSources(const DocumentImport& request, DocumentSummary& summary) {
  Sources sources;
  for (const auto& path : request.paths) {
    const std::string name = request.source.empty() ? NameOf(path) : request.source;
    if (request.source.empty() && sources.contains(name))
      return Fail(ErrorCode::kInvalidInput,
                  "two paths make the source '" + name + "'; name one with --source");
    MEDLEY_ASSIGN_OR_RETURN(auto reading, data::ReadDocuments(path, request.read));
    auto& documents = sources[name];
    for (auto& document : reading.documents) documents.push_back(std::move(document));
    for (auto& reject : reading.rejected) summary.rejected.push_back(std::move(reject));
  }
  for (const auto& [name, documents] : sources) {
    if (documents.empty())
      return Fail(ErrorCode::kInvalidInput,
                  "no document could be read for '" + name + "'" +
                      (summary.rejected.empty() ? "" : ": " + summary.rejected.front().reason) +
                      "; what was imported before stays");
    summary.sources.push_back(name);
    summary.documents += documents.size();
  }
  return sources;
}

/// The texts of everybody's passages by their keys.
std::map<std::int64_t, std::string> PassageTexts(std::span<const data::Document> documents) {
  std::map<std::int64_t, std::string> texts;
  for (const auto& document : documents) {
    if (!document.user.empty()) continue;
    for (const auto& passage : answers::CutPassages(document)) {
      auto text = answers::PassageText(document, passage);
      texts.emplace(answers::PassageKey(text), std::move(text));
    }
  }
  return texts;
}

Result<std::uint64_t> EncodePassages(const storage::Workspace& workspace,
                                     const std::map<std::int64_t, std::string>& texts,
                                     Progress& progress) {
  EncoderBench bench(workspace);
  MEDLEY_ASSIGN_OR_RETURN(const auto encoder, bench.Take(data::Modality::kText));
  const auto file = storage::DocumentStore(workspace).VectorFile();
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  MEDLEY_ASSIGN_OR_RETURN(
      auto space,
      storage::EmbeddingSpace::Open(file, encoder->dimension(), encoder->fingerprint()));
  std::vector<std::int64_t> keys;
  for (const auto& [key, text] : texts) {
    if (space.SourceOf(key) == 0) keys.push_back(key);
  }
  progress.Begin("encode passages", keys.size(), "passages", 0);
  const std::size_t batch = std::max<std::size_t>(encoder->batch_size(), 1);
  for (std::size_t first = 0; first < keys.size(); first += batch) {
    const std::size_t n = std::min(batch, keys.size() - first);
    std::vector<encoders::Input> inputs;
    for (std::size_t i = 0; i < n; ++i) inputs.emplace_back(texts.at(keys[first + i]));
    linalg::Matrix vectors(n, encoder->dimension());
    MEDLEY_RETURN_IF_ERROR(encoder->Encode(inputs, encoders::TextRole::kPassage, vectors.View()));
    std::vector<storage::EmbeddingSpace::Row> rows;
    for (std::size_t i = 0; i < n; ++i) rows.push_back({keys[first + i], 1, vectors.Row(i)});
    MEDLEY_RETURN_IF_ERROR(space.Append(rows));
    progress.Advance(n);
  }
  progress.End();
  return keys.size();
}

/// Takes away the vectors of passages that no source has any more.
Status DropOldVectors(const storage::Workspace& workspace) {
  const storage::DocumentStore store(workspace);
  const auto info = storage::InspectEmbeddingSpace(store.VectorFile());
  if (!info) return {};
  MEDLEY_ASSIGN_OR_RETURN(const auto sources, store.Read());
  std::set<std::int64_t> kept;
  for (const auto& source : sources) {
    for (const auto& [key, text] : PassageTexts(source.documents)) kept.insert(key);
  }
  MEDLEY_ASSIGN_OR_RETURN(
      auto space,
      storage::EmbeddingSpace::Open(store.VectorFile(), info->dimension, info->fingerprint));
  std::vector<storage::Key> gone;
  for (const auto key : space.Keys()) {
    if (!kept.contains(key)) gone.push_back(key);
  }
  if (gone.empty()) return {};
  return space.Remove(gone);
}

Status AddUsers(const storage::Workspace& workspace, const std::set<std::string>& ids) {
  if (ids.empty()) return {};
  std::vector<data::User> users;
  for (const auto& id : ids) {
    if (workspace.store().GetUser(id)) continue;
    data::User user;
    user.id = id;
    users.push_back(std::move(user));
  }
  MEDLEY_RETURN_IF_ERROR(workspace.store().MergeUsers(users));
  return {};
}

}  // namespace

Result<DocumentSummary> ImportDocuments(const storage::Workspace& workspace,
                                        const DocumentImport& request,
                                        Progress& progress) {
  DocumentSummary summary;
  MEDLEY_ASSIGN_OR_RETURN(const Sources sources, ReadSources(request, summary));
  std::map<std::int64_t, std::string> texts;
  std::set<std::string> users;
  for (const auto& [name, documents] : sources) {
    texts.merge(PassageTexts(documents));
    for (const auto& document : documents) {
      if (!document.user.empty()) users.insert(document.user);
      summary.own += document.user.empty() ? 0U : 1U;
    }
  }
  summary.passages = texts.size();
  // The vectors first: what is served then has them from its first moment.
  if (!texts.empty()) {
    const auto encoded = EncodePassages(workspace, texts, progress);
    if (encoded) {
      summary.encoded = *encoded;
    } else {
      summary.no_vectors = encoded.error().message;
    }
  }
  MEDLEY_RETURN_IF_ERROR(AddUsers(workspace, users));
  const storage::DocumentStore store(workspace);
  for (const auto& [name, documents] : sources)
    MEDLEY_RETURN_IF_ERROR(store.Replace(name, documents));
  MEDLEY_RETURN_IF_ERROR(DropOldVectors(workspace));
  return summary;
}

}  // namespace medley::jobs
