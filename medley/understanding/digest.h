#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/analyser.h"
#include "medley/text/corpus.h"

namespace medley::understanding {

/// A text in short.
struct Digest {
  std::vector<std::string> keywords;  ///< best first
  std::string summary;                ///< sentences of the text, as they stand, in its order
};

struct DigestLimits {
  std::size_t keywords = 8;
  std::size_t summary_bytes = 300;
};

/// Keywords by frequency against the collection; the summary takes the sentences that have most in
/// common with the others, the first before the rest, as many as fit; a text that fits is its own
/// summary. Of a text of more than 200 sentences the first 200 are compared.
/// Threads: any. Source: Erkan and Radev, LexRank, JAIR 2004 (degree centrality).
Digest MakeDigest(std::string_view text,
                  const text::Analyser& analyser,
                  const text::Corpus& collection,
                  const DigestLimits& limits = {});

}  // namespace medley::understanding
