#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/jobs/picture_labels.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"
#include "medley/understanding/model_extraction.h"

namespace medley::jobs {

/// Who reads statements out of texts. What each found is kept apart, under its name as the
/// triples' source: "text:rules", "text:rules+MODEL", "text:MODEL".
enum class Reader : std::uint8_t {
  kRules,     ///< rules over words, parts of speech and known names
  kVerified,  ///< rules; the language model of [llm] then says yes or no to each
  kModel,     ///< the language model of [llm], held to what the text has word for word
};

struct EnrichOptions {
  std::vector<Reader> readers = {Reader::kRules};
  std::vector<std::string> items;               ///< only these; empty: all
  std::size_t limit = 0;                        ///< so many items that need work; 0: all
  bool again = false;                           ///< also what has not changed
  double model_seconds = 120;                   ///< at most so long for one answer of a model
  std::string pictures = "efficientnet-lite0";  ///< a classifier of pictures; empty: none
};

struct EnrichReport {
  struct Source {
    std::string name;
    std::size_t read = 0;       ///< items
    std::size_t unchanged = 0;  ///< items
    std::size_t failed = 0;   ///< items that the model gave no answer for: the next run asks again
    std::size_t refused = 0;  ///< statements that the model said no to
    storage::WriteCounts triples;
    std::map<std::string, std::size_t> relations;  ///< statements found now
    understanding::ModelCost model;
    std::string error;  ///< why the model was given up; empty: it was not
    double seconds = 0;
  };
  std::vector<Source> sources;
  std::size_t digests = 0;  ///< made now
  PictureLabelReport pictures;
  std::string no_pictures;  ///< why they were not read; empty: they were, or there are none
  double seconds = 0;
};

/// Reads what items' texts say into triples with spans, makes their keywords and summaries, and
/// labels their pictures.
/// Only what is new or changed: each remembers the hash of
/// what it was made from, a model's answers are kept by the hash of text, prompt and model. Stopped
/// at any moment, it goes on where it was; what a kill leaves is whole windows of items. Where
/// texts changed, a run over all items forgets what had been read in them. A model that does not
/// answer three times running is left alone for this run.
/// Errors: kNotFound for an item of `items`, or without the words of the model pack; those of the
/// store; kCancelled. What was written before an error stays.
Result<EnrichReport> EnrichCatalogue(const storage::Workspace& workspace,
                                     const EnrichOptions& options,
                                     Progress& progress,
                                     const CancelToken& cancel);

/// What was made of an item: {"keywords": [...], "summary": "...", "tags": [...]}. A tag says what
/// it comes from: {"tag", "source": "text"}, a keyword; or as LabelsOfPictures. null: nothing yet.
Result<Json> StoredDigest(const storage::Workspace& workspace, const storage::StoredItem& item);

}  // namespace medley::jobs
