#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "medley/core/result.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {

/// Learns what the catalogue's pictures show and its sounds sound like from the items that have
/// words, too (alignment/word_space.h), and publishes it as the model "words". Anew only when an
/// encoder changed or there are a twentieth more or fewer examples than it was learned from,
/// or where it is asked for `again`.
/// `examples`: items that have words and something else; `fingerprints`: of the spaces. Missing:
/// with too few examples nothing is published. Errors: kIo, kCorrupt.
Status LearnWords(const storage::Workspace& workspace,
                  std::size_t examples,
                  const std::map<std::string, std::string>& fingerprints,
                  bool again);

}  // namespace medley::jobs
