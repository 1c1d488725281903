#include "medley/text/lexical_index.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string_view>
#include <tuple>
#include <vector>

#include "medley/core/hash.h"
#include "medley/core/threads.h"
#include "medley/linalg/top_k.h"
#include "medley/text/terms.h"

namespace medley::text {
namespace {

constexpr float kSaturation = 1.2F;  // k1
constexpr float kMaxImpact = 255;
constexpr std::size_t kMaxQueryTerms = 64;

void AppendVarint(std::vector<std::uint8_t>& bytes, std::uint32_t value) {
  constexpr std::uint32_t kMore = 0x80;
  while (value >= kMore) {
    bytes.push_back(static_cast<std::uint8_t>(value | kMore));
    value >>= 7U;
  }
  bytes.push_back(static_cast<std::uint8_t>(value));
}

std::uint32_t ReadVarint(const std::uint8_t*& at) {
  constexpr std::uint32_t kMore = 0x80;
  std::uint32_t value = 0;
  for (std::uint32_t shift = 0;; shift += 7) {
    const std::uint32_t byte = *at++;
    value |= (byte & ~kMore) << shift;
    if ((byte & kMore) == 0) return value;
  }
}

}  // namespace

/// That a term occurs in a field of a document, `count` times.
struct LexicalIndex::Occurrence {
  std::uint64_t term;
  std::uint32_t document;
  std::uint16_t field;
  std::uint16_t count;
};

namespace {

/// The occurrences in one text; their number with repetitions is returned.
template <typename Occurrence>
std::size_t Collect(std::string_view text,
                    std::uint32_t document,
                    std::uint16_t field,
                    std::vector<Occurrence>& out) {
  const std::size_t begin = out.size();
  ForEachTerm(text, TermUse::kDocument, [&](std::string_view term) {
    out.push_back({Hash64(term), document, field, 1});
  });
  const std::size_t length = out.size() - begin;
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(begin),
            out.end(),
            [](const Occurrence& a, const Occurrence& b) { return a.term < b.term; });
  std::size_t end = begin;
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (end > begin && out[end - 1].term == out[i].term) {
      if (out[end - 1].count < std::numeric_limits<std::uint16_t>::max()) ++out[end - 1].count;
    } else {
      out[end++] = out[i];
    }
  }
  out.resize(end);
  return length;
}

/// For each document of a field, what a count in it is divided by, from the number of its terms.
void LengthsToNorms(std::vector<float>& lengths, float penalty) {
  double total = 0;
  std::size_t filled = 0;
  for (const float length : lengths) {
    total += length;
    filled += static_cast<std::size_t>(length > 0);
  }
  const auto average =
      static_cast<float>(total / static_cast<double>(std::max<std::size_t>(filled, 1)));
  for (float& length : lengths) length = 1 - penalty + penalty * length / std::max(average, 1.0F);
}

}  // namespace

LexicalIndex::LexicalIndex(std::size_t n_documents,
                           const std::vector<LexicalField>& fields,
                           const TextOf& text_of)
    : n_documents_(n_documents) {
  std::vector<std::vector<float>> lengths(fields.size(), std::vector<float>(n_documents, 0));
  std::vector<Occurrence> occurrences;
  std::mutex mutex;
  constexpr std::size_t kGrain = 64;
  ParallelFor(n_documents, kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<Occurrence> mine;
    for (std::size_t document = begin; document < end; ++document) {
      for (std::size_t field = 0; field < fields.size(); ++field) {
        const auto length = Collect(text_of(document, field),
                                    static_cast<std::uint32_t>(document),
                                    static_cast<std::uint16_t>(field),
                                    mine);
        lengths[field][document] = static_cast<float>(length);
      }
    }
    const std::scoped_lock lock(mutex);
    occurrences.insert(occurrences.end(), mine.begin(), mine.end());
  });
  std::ranges::sort(occurrences, {}, [](const Occurrence& one) {
    return std::tuple(one.term, one.document, one.field);
  });
  for (std::size_t field = 0; field < fields.size(); ++field)
    LengthsToNorms(lengths[field], fields[field].length_penalty);
  AppendPostings(occurrences, fields, lengths);
}

void LexicalIndex::AppendPostings(const std::vector<Occurrence>& occurrences,
                                  const std::vector<LexicalField>& fields,
                                  const std::vector<std::vector<float>>& length_norms) {
  for (std::size_t i = 0; i < occurrences.size();) {
    const std::uint64_t hash = occurrences[i].term;
    Term term{.begin = postings_.size()};
    std::uint32_t next = 0;
    while (i < occurrences.size() && occurrences[i].term == hash) {
      const std::uint32_t document = occurrences[i].document;
      float weighted = 0;
      for (; i < occurrences.size() && occurrences[i].term == hash &&
             occurrences[i].document == document;
           ++i) {
        const auto& one = occurrences[i];
        weighted += fields[one.field].weight * static_cast<float>(one.count) /
                    length_norms[one.field][document];
      }
      const float impact = weighted / (kSaturation + weighted);
      AppendVarint(postings_, document - next);
      postings_.push_back(
          static_cast<std::uint8_t>(std::lround(std::max(1.0F, impact * kMaxImpact))));
      next = document + 1;
      ++term.documents;
    }
    terms_.emplace(hash, term);
  }
  postings_.shrink_to_fit();
}

float LexicalIndex::Idf(std::uint32_t documents) const {
  const auto n = static_cast<double>(n_documents_);
  const double with = documents;
  return static_cast<float>(std::log(1 + (n - with + 0.5) / (with + 0.5)));
}

std::vector<linalg::IndexedScore> LexicalIndex::Search(
    std::string_view query,
    std::size_t k,
    const std::function<bool(std::uint32_t)>& allowed) const {
  std::vector<std::uint64_t> hashes;
  ForEachTerm(query, TermUse::kQuery, [&hashes](std::string_view term) {
    const auto hash = Hash64(term);
    if (hashes.size() < kMaxQueryTerms && std::ranges::find(hashes, hash) == hashes.end())
      hashes.push_back(hash);
  });
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  std::vector<float> scores;
  for (const auto hash : hashes) {
    const auto found = terms_.find(hash);
    if (found == terms_.end()) continue;
    if (scores.empty()) scores.assign(n_documents_, kNone);
    const float unit = Idf(found->second.documents) * (kSaturation + 1) / kMaxImpact;
    const std::uint8_t* at = postings_.data() + found->second.begin;
    std::uint32_t document = 0;
    for (std::uint32_t left = found->second.documents; left > 0; --left, ++document) {
      document += ReadVarint(at);
      const float part = unit * static_cast<float>(*at++);
      scores[document] = scores[document] == kNone ? part : scores[document] + part;
    }
  }
  return scores.empty() ? std::vector<linalg::IndexedScore>() : linalg::TopK(scores, k, allowed);
}

}  // namespace medley::text
