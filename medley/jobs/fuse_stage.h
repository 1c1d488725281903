#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "medley/core/result.h"
#include "medley/fusion/fusion.h"
#include "medley/jobs/encode_plan.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// The part of encoding that joins an item's vectors into the fused one.
/// The fusion is fitted once, on the first kFitItems items, and again only when an encoder or the
/// [fusion] section changed: new items get vectors that can be compared with the old ones'.
class FuseStage {
 public:
  static constexpr std::size_t kFitItems = 2 * kWindow;

  /// `spaces`: by name, all that exist; they outlive the stage.
  static Result<FuseStage> Open(const storage::Workspace& workspace,
                                std::map<std::string, const storage::EmbeddingSpace*> spaces,
                                std::map<std::string, std::string> fingerprints);

  /// Brings the fused vectors of `items` up to date. Until the fusion is fitted, `items` only wait:
  /// pass them again. Returns how many were written.
  Result<std::size_t> Fuse(std::span<const EncodePlan::Item> items);
  bool fitted() const { return fused_.has_value(); }
  /// Fits on `items`, whose vectors are all there.
  Status Fit(std::span<const EncodePlan::Item> items);

 private:
  FuseStage(const storage::Workspace& workspace,
            std::map<std::string, const storage::EmbeddingSpace*> spaces,
            std::map<std::string, std::string> fingerprints)
      : workspace_(&workspace),
        spaces_(std::move(spaces)),
        fingerprints_(std::move(fingerprints)) {}
  Status LoadPublished();
  std::uint64_t SourceOf(storage::Key item) const;

  const storage::Workspace* workspace_;
  std::map<std::string, const storage::EmbeddingSpace*> spaces_;
  std::map<std::string, std::string> fingerprints_;
  std::unique_ptr<fusion::Fusion> fusion_;
  std::optional<storage::EmbeddingSpace> fused_;
};

}  // namespace medley::jobs
