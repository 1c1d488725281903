#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "medley/core/result.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

enum class ExportKind { kItems, kUsers, kEvents, kRecommendations };
enum class ExportFormat { kJsonl, kCsv };

/// Writes all of one kind to `out`, in the store's order, so that equal stores give equal bytes;
/// `medley import` reads it back. CSV keeps attributes, texts, media, labels and context as JSON in
/// their columns; recommendations are JSON lines only. Returns the rows written. Errors: kIo,
/// kUnsupported.
Result<std::uint64_t> RunExport(const storage::Store& store,
                                ExportKind kind,
                                ExportFormat format,
                                std::FILE* out);

/// Writes the vectors of one embedding space as {"item","vector"}, a line an item, in the store's
/// order. Returns the rows written. Errors: kNotFound where the space has not been encoded, kIo.
Result<std::uint64_t> ExportVectors(const storage::Workspace& workspace,
                                    std::string_view space,
                                    std::FILE* out);

/// A cell as RFC 4180 wants it: quoted where it must be.
std::string CsvCell(std::string_view text);

}  // namespace medley::jobs
