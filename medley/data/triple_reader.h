#pragma once

#include <cstdint>
#include <filesystem>

#include "medley/core/result.h"
#include "medley/data/reader.h"

namespace medley::data {

/// What the rows of a table of a knowledge graph say.
enum class TripleTable : std::uint8_t {
  kTriples,  ///< head, relation, tail: entities of the graph (RecBole's .kg)
  kLinks,    ///< item, entity: the same thing (RecBole's .link)
};

/// Reads a table with a header, its columns in this order, into `sink`. Errors: kNotFound, kIo.
Status ReadTriples(const std::filesystem::path& file,
                   TripleTable table,
                   const ReadOptions& options,
                   RecordSink& sink);

}  // namespace medley::data
