#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/document.h"
#include "medley/linalg/matrix.h"
#include "medley/storage/document_store.h"
#include "medley/text/lexical_index.h"

namespace medley::answers {

/// What speaks for a passage as the answer to a question.
struct PassageEvidence {
  double words = 0;     ///< share of the question's words that passage and headings have, 0 .. 1,
                        ///< each weighing by how rare it is
  double sentence = 0;  ///< the same for the sentences quoted, with the headings
  double meaning = 0;   ///< cosine above the mean of all passages; 0 where there are no vectors
  bool vectors = false;
  bool agreed = false;  ///< the best by words is the best by vectors
  double kind = 0;      ///< 1: has the days or the price asked for; -1: has not; 0: none asked for
  bool same_language = false;
};

struct PassageHit {
  const data::Document* document = nullptr;
  std::string_view source;
  const Passage* passage = nullptr;
  std::string quote;  ///< the sentences that answer, as they stand
  PassageEvidence evidence;
  double confidence = 0;  ///< how likely it answers the question, 0 .. 1
};

/// The documents of a workspace to answer from. Everybody's are cut into passages and found by
/// words and vectors; those of one user are held apart, by user, and never found by a search.
/// Threads: immutable once made. Cost: about 0.1 ms a passage to make; a search about 1 ms.
class DocumentIndex {
 public:
  /// Vectors are those that the import kept; a passage without one is found by words. Errors: kIo,
  /// kCorrupt.
  static Result<std::shared_ptr<const DocumentIndex>> Load(const storage::DocumentStore& store);
  explicit DocumentIndex(std::vector<storage::DocumentSource> sources);

  /// Gives the passages vectors: row i belongs to the passage with keys[i].
  void TakeVectors(std::span<const std::int64_t> keys, linalg::Matrix vectors);

  bool empty() const { return n_documents_ == 0; }
  std::size_t n_passages() const { return passages_.size(); }
  bool has_vectors() const { return vectors_.rows() > 0; }

  /// The likeliest answers among everybody's passages, best first. `vector`: the question's, empty
  /// where there is none. A passage without an identifier of the question is none.
  std::vector<PassageHit> Find(const ServiceTerms& question,
                               bool chinese,
                               std::span<const float> vector,
                               std::size_t n) const;

  struct Own {
    const data::Document* document = nullptr;
    std::string_view source;
  };
  /// The documents of `user` alone, as they were imported.
  std::vector<Own> Of(std::string_view user) const;
  /// How much a term tells: the rarer, the more.
  double Weight(std::string_view term) const;

 private:
  struct Entry {
    std::uint32_t source = 0;
    std::uint32_t document = 0;
    Passage passage;
    std::vector<std::uint64_t> terms;     ///< hashes, sorted, of text and headings
    std::vector<std::uint64_t> headings;  ///< of title and headings alone
    bool chinese = false;
  };
  struct Candidate {
    std::uint32_t passage = 0;
    double words = 0;
    double meaning = 0;
  };
  const data::Document& DocumentOf(const Entry& entry) const {
    return sources_[entry.source].documents[entry.document];
  }
  std::vector<Candidate> Candidates(const ServiceTerms& question,
                                    std::span<const float> vector) const;
  double Coverage(const ServiceTerms& question, std::span<const std::uint64_t> terms) const;
  void Quote(const ServiceTerms& question, const Entry& entry, PassageHit& hit) const;

  std::vector<storage::DocumentSource> sources_;
  std::size_t n_documents_ = 0;
  std::vector<Entry> passages_;
  StringMap<std::vector<Own>> own_;
  std::unordered_map<std::uint64_t, std::uint32_t> frequency_;  ///< passages with the term
  text::LexicalIndex words_;
  linalg::Matrix vectors_;
  std::vector<std::uint8_t> has_vector_;
};

}  // namespace medley::answers
