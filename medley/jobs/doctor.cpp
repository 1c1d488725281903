#include "medley/jobs/doctor.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/inference/model_pack.h"
#include "medley/media/decode_program.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

namespace fs = std::filesystem;
using Verdict = HealthCheck::Verdict;

constexpr std::uint64_t kLittleRoom = std::uint64_t{1} << 30;

std::string Megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MB"; }

HealthCheck ExamineDatabase(const storage::Store& store) {
  HealthCheck check{"database", Verdict::kGood, {}, {}};
  const auto findings = store.Check();
  const auto counts = store.Counts();
  if (!findings || !counts || !findings->empty()) {
    check.verdict = Verdict::kBad;
    check.found = !findings ? findings.error().message
                  : !counts ? counts.error().message
                            : findings->front();
    check.advice =
        "stop what uses it, copy medley.db away, export what can be read (medley export) and "
        "import it into a new workspace";
    return check;
  }
  check.found = std::to_string(counts->items) + " items, " + std::to_string(counts->users) +
                " users, " + std::to_string(counts->events) + " events";
  if (counts->items == 0) {
    check.verdict = Verdict::kWarning;
    check.advice = "bring in a catalogue: medley import";
  }
  return check;
}

HealthCheck ExamineMedia(const storage::Workspace& workspace) {
  HealthCheck check{"media", Verdict::kGood, {}, {}};
  std::set<std::string> hashes;
  const auto listed = workspace.store().ForEachItem([&](const storage::StoredItem& stored) {
    for (const auto& media : stored.item.media) hashes.insert(media.hash);
    return true;
  });
  std::size_t missing = 0;
  std::size_t changed = 0;
  std::string example;
  for (const auto& hash : hashes) {
    const auto path = workspace.media().PathOf(hash);
    if (!path) {
      ++missing;
      example = hash;
    } else if (const auto now = Sha256OfFile(*path); !now || *now != hash) {
      ++changed;
      example = hash;
    }
  }
  check.found = std::to_string(hashes.size()) + " files";
  if (!listed) {
    check.verdict = Verdict::kBad;
    check.found = listed.error().message;
  } else if (missing + changed > 0) {
    check.verdict = Verdict::kBad;
    check.found += ", " + std::to_string(missing) + " missing, " + std::to_string(changed) +
                   " damaged, such as " + example;
    check.advice =
        "import them again: medley import FORMAT ITEMS --media FOLDER (delete the damaged files "
        "under media/ first)";
  }
  return check;
}

void ExamineEmbeddings(const storage::Workspace& workspace, std::vector<HealthCheck>& checks) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(workspace.root() / "embeddings", error)) {
    if (entry.path().extension() == ".vec") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (files.empty())
    checks.push_back({"embeddings", Verdict::kWarning, "none yet", "make them: medley encode"});
  for (const auto& file : files) {
    HealthCheck check{"embeddings " + file.stem().string(), Verdict::kGood, {}, {}};
    const auto info = storage::InspectEmbeddingSpace(file);
    // Opening reads every row and its checksum.
    const auto space = info
                           ? storage::EmbeddingSpace::Open(file, info->dimension, info->fingerprint)
                           : Result<storage::EmbeddingSpace>(tl::unexpected(info.error()));
    if (space) {
      check.found =
          std::to_string(space->size()) + " vectors of " + std::to_string(space->dimension());
    } else {
      check.verdict = Verdict::kBad;
      check.found = space.error().message;
      check.advice = "delete '" + file.string() + "' and run medley encode";
    }
    checks.push_back(std::move(check));
  }
}

void ExamineModels(const storage::ModelStore& models, std::vector<HealthCheck>& checks) {
  const auto names = models.Names();
  if (names.empty())
    checks.push_back({"models", Verdict::kWarning, "none yet", "make them: medley train"});
  for (const auto& name : names) {
    const auto model = models.Current(name);
    if (model) {
      checks.push_back({"model " + name, Verdict::kGood, model->version, {}});
    } else {
      checks.push_back(
          {"model " + name, Verdict::kBad, model.error().message, "make it anew: medley train"});
    }
  }
}

HealthCheck ExamineRoom(const fs::path& root) {
  HealthCheck check{"disk", Verdict::kGood, {}, {}};
  std::error_code error;
  const auto space = fs::space(root, error);
  check.found = error ? error.message() : Megabytes(space.available) + " free";
  if (error || space.available < kLittleRoom) {
    check.verdict = Verdict::kWarning;
    check.advice = "make room: an import or an encoding may need more";
  }
  return check;
}

}  // namespace

std::vector<HealthCheck> ExamineWorkspace(const storage::Workspace& workspace) {
  std::vector<HealthCheck> checks;
  checks.push_back(ExamineDatabase(workspace.store()));
  checks.push_back(ExamineMedia(workspace));
  ExamineEmbeddings(workspace, checks);
  ExamineModels(workspace.models(), checks);
  checks.push_back(ExamineRoom(workspace.root()));
  return checks;
}

std::vector<HealthCheck> ExamineProgram() {
  std::vector<HealthCheck> checks;
  const auto decoder = media::FindDecodeProgram();
  checks.push_back(
      decoder
          ? HealthCheck{"decoder", Verdict::kGood, decoder->string(), {}}
          : HealthCheck{"decoder", Verdict::kBad, decoder.error().message, "build it: make build"});
  const auto pack = inference::ModelPack::Open();
  if (!pack) {
    checks.push_back({"model pack", Verdict::kBad, pack.error().message, "make it: make setup"});
    return checks;
  }
  for (const auto& model : pack->models()) {
    const auto whole = pack->Find(model.name);
    checks.push_back(
        whole ? HealthCheck{"model pack " + model.name, Verdict::kGood, model.version, {}}
              : HealthCheck{"model pack " + model.name,
                            Verdict::kBad,
                            whole.error().message,
                            "make it anew: make setup"});
  }
  return checks;
}

}  // namespace medley::jobs
