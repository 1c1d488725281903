#include "medley/answers/document_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/answers/passages.h"
#include "medley/answers/question_words.h"
#include "medley/answers/service_words.h"
#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/data/document.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/top_k.h"
#include "medley/storage/document_store.h"
#include "medley/storage/embeddings.h"
#include "medley/text/lexical_index.h"

namespace medley::answers {
namespace {

constexpr std::size_t kDepth = 20;  ///< candidates of each way of finding
constexpr std::size_t kLongestQuote = 360;
/// A title and a heading tell what a passage is of.
constexpr float kHeadingWeight = 2;

/// Logistic, fitted on examples/customer_service with acceptance/policy_questions_dev.json: which
/// passage it is tells mostly the meaning, whether any answers mostly the words.
struct Calibration {
  double bias, words, sentence, meaning, agreed, kind;

  double operator()(const PassageEvidence& evidence) const {
    return bias + words * evidence.words + sentence * evidence.sentence +
           meaning * evidence.meaning + agreed * (evidence.agreed ? 1 : 0) + kind * evidence.kind;
  }
};
constexpr Calibration kWhich = {0, 2.2, 2.2, 56, 2.67, 0.19};
constexpr Calibration kWhichByWords = {0, 2.07, 2.07, 0, 0, 0.13};
constexpr Calibration kWhether = {-6.12, 5.88, 0, 39.1, 0.44, 1.27};
constexpr Calibration kWhetherByWords = {-3.6, 6.23, 0, 0, 0, 0.13};

double Confidence(const PassageEvidence& evidence) {
  const double x = (evidence.vectors ? kWhether : kWhetherByWords)(evidence);
  return 1 / (1 + std::exp(-x));
}

double Rank(const PassageEvidence& evidence) {
  // Of passages alike, the one in the question's language.
  constexpr double kSameLanguage = 0.2;
  return (evidence.vectors ? kWhich : kWhichByWords)(evidence) +
         (evidence.same_language ? kSameLanguage : 0);
}

std::vector<std::uint64_t> Hashes(const ServiceTerms& terms) {
  std::vector<std::uint64_t> hashes;
  for (const auto& term : terms.terms) hashes.push_back(Hash64(term));
  for (const auto& id : terms.identifiers) hashes.push_back(Hash64(id));
  std::ranges::sort(hashes);
  hashes.erase(std::ranges::unique(hashes).begin(), hashes.end());
  return hashes;
}

bool Has(std::span<const std::uint64_t> sorted, std::uint64_t hash) {
  return std::ranges::binary_search(sorted, hash);
}

/// What the lexical index reads: the terms as words that its own cutting leaves whole.
std::string Indexable(const ServiceTerms& terms) {
  std::string text;
  for (const auto& term : terms.terms) {
    text += term.starts_with('#') ? " concept" + term.substr(1) : " " + term;
  }
  return text;
}

std::string Headings(const data::Document& document, const Passage& passage) {
  return document.title + "\n" + passage.heading;
}

double KindOf(const ServiceTerms& question, const ServiceTerms& said) {
  double kind = 0;
  if (question.asks_span) kind += said.has_span ? 1 : -1;
  if (question.asks_money) kind += said.has_money ? 1 : -1;
  return std::clamp(kind, -1.0, 1.0);
}

}  // namespace

Result<std::shared_ptr<const DocumentIndex>> DocumentIndex::Load(
    const storage::DocumentStore& store) {
  MEDLEY_ASSIGN_OR_RETURN(auto sources, store.Read());
  auto index = std::make_shared<DocumentIndex>(std::move(sources));
  const auto info = storage::InspectEmbeddingSpace(store.VectorFile());
  if (info && info->rows > 0 && index->n_passages() > 0) {
    MEDLEY_ASSIGN_OR_RETURN(
        const auto space,
        storage::EmbeddingSpace::Open(store.VectorFile(), info->dimension, info->fingerprint));
    const auto keys = space.Keys();
    linalg::Matrix vectors(keys.size(), space.dimension());
    for (std::size_t i = 0; i < keys.size(); ++i) space.Read(keys[i], vectors.Row(i));
    index->TakeVectors(keys, std::move(vectors));
  }
  return std::shared_ptr<const DocumentIndex>(std::move(index));
}

DocumentIndex::DocumentIndex(std::vector<storage::DocumentSource> sources)
    : sources_(std::move(sources)) {
  for (std::uint32_t s = 0; s < sources_.size(); ++s) {
    for (std::uint32_t d = 0; d < sources_[s].documents.size(); ++d) {
      const auto& document = sources_[s].documents[d];
      ++n_documents_;
      if (!document.user.empty()) {
        own_[document.user].push_back({&document, sources_[s].name});
        continue;
      }
      for (Passage& passage : CutPassages(document)) {
        Entry entry{s, d, std::move(passage), {}, {}, false};
        const auto headings = Headings(document, entry.passage);
        entry.headings = Hashes(TermsOf(headings));
        entry.terms = Hashes(TermsOf(headings + "\n" + entry.passage.text));
        entry.chinese = IsChinese(QuestionWords(entry.passage.text));
        for (const auto term : entry.terms) ++frequency_[term];
        passages_.push_back(std::move(entry));
      }
    }
  }
  words_ = text::LexicalIndex(
      passages_.size(), {{kHeadingWeight}, {1.0F}}, [this](std::size_t i, std::size_t field) {
        const Entry& entry = passages_[i];
        return Indexable(
            TermsOf(field == 0 ? Headings(DocumentOf(entry), entry.passage) : entry.passage.text));
      });
}

void DocumentIndex::TakeVectors(std::span<const std::int64_t> keys, linalg::Matrix vectors) {
  std::unordered_map<std::int64_t, std::size_t> rows;
  for (std::size_t i = 0; i < keys.size(); ++i) rows.emplace(keys[i], i);
  vectors_ = linalg::Matrix(passages_.size(), vectors.cols());
  has_vector_.assign(passages_.size(), 0);
  for (std::size_t i = 0; i < passages_.size(); ++i) {
    const auto key = PassageKey(PassageText(DocumentOf(passages_[i]), passages_[i].passage));
    const auto row = rows.find(key);
    if (row == rows.end()) continue;
    std::ranges::copy(vectors.Row(row->second), vectors_.Row(i).begin());
    has_vector_[i] = 1;
  }
}

std::vector<DocumentIndex::Own> DocumentIndex::Of(std::string_view user) const {
  const auto found = own_.find(user);
  return user.empty() || found == own_.end() ? std::vector<Own>() : found->second;
}

double DocumentIndex::Weight(std::string_view term) const {
  const auto found = frequency_.find(Hash64(term));
  const double with = found == frequency_.end() ? 0 : found->second;
  // In few documents every word is rare: as if there were some more, which say other things.
  constexpr double kOthers = 20;
  const double all = static_cast<double>(passages_.size()) + kOthers;
  // Beyond that a word is not rarer, it is only not there: what a cup is called tells little.
  constexpr double kMost = 2.0;
  return std::min(kMost, std::log(1 + (all - with + 0.5) / (with + 0.5)));
}

double DocumentIndex::Coverage(const ServiceTerms& question,
                               std::span<const std::uint64_t> terms) const {
  double all = 0;
  double covered = 0;
  for (const auto& term : question.terms) {
    const double weight = Weight(term);
    all += weight;
    if (Has(terms, Hash64(term))) covered += weight;
  }
  return all > 0 ? covered / all : 0;
}

std::vector<DocumentIndex::Candidate> DocumentIndex::Candidates(
    const ServiceTerms& question, std::span<const float> vector) const {
  std::vector<std::uint32_t> found;
  for (const auto& hit : words_.Search(Indexable(question), kDepth)) found.push_back(hit.index);
  std::vector<double> meaning(passages_.size());
  const bool vectors = vector.size() == vectors_.cols() && vectors_.rows() > 0;
  if (vectors) {
    double sum = 0;
    std::size_t n = 0;
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      if (has_vector_[i] == 0) continue;
      meaning[i] = std::inner_product(vector.begin(), vector.end(), vectors_.Row(i).begin(), 0.0);
      sum += meaning[i];
      ++n;
    }
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      if (has_vector_[i] != 0) meaning[i] -= sum / static_cast<double>(n);
    }
    std::vector<std::uint32_t> order(passages_.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(kDepth, order.size()));
    std::ranges::partial_sort(order, end, [&](auto a, auto b) { return meaning[a] > meaning[b]; });
    found.insert(found.end(), order.begin(), end);
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
  }
  std::vector<Candidate> candidates;
  for (const auto i : found)
    candidates.push_back({i, Coverage(question, passages_[i].terms), meaning[i]});
  return candidates;
}

/// The sentence that has most of what is asked, and what follows it while there is room; what a
/// short passage says is quoted whole.
void DocumentIndex::Quote(const ServiceTerms& question, const Entry& entry, PassageHit& hit) const {
  const auto sentences = SentencesOf(entry.passage.text);
  double best = -2;
  std::size_t first = 0;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto said = TermsOf(sentences[i]);
    auto terms = Hashes(said);
    constexpr double kForKind = 0.25;
    const double score = Coverage(question, terms) + kForKind * KindOf(question, said);
    if (score <= best) continue;
    best = score;
    first = i;
  }
  if (entry.passage.text.size() <= kLongestQuote) first = 0;
  std::string quote;
  for (std::size_t i = first; i < sentences.size(); ++i) {
    if (!quote.empty() && quote.size() + sentences[i].size() > kLongestQuote) break;
    if (!quote.empty() && !quote.ends_with("。") && !quote.ends_with("；")) quote += ' ';
    quote += sentences[i];
  }
  const auto said = TermsOf(quote);
  auto terms = Hashes(said);
  terms.insert(terms.end(), entry.headings.begin(), entry.headings.end());
  std::ranges::sort(terms);
  hit.quote = std::move(quote);
  hit.evidence.sentence = Coverage(question, terms);
  hit.evidence.kind = KindOf(question, said);
}

std::vector<PassageHit> DocumentIndex::Find(const ServiceTerms& question,
                                            bool chinese,
                                            std::span<const float> vector,
                                            std::size_t n) const {
  std::vector<PassageHit> hits;
  const auto candidates = Candidates(question, vector);
  if (candidates.empty()) return hits;
  const auto by_words = std::ranges::max_element(candidates, {}, &Candidate::words);
  // A question is nearer to whatever is in its own language: each is compared with its like.
  std::array<double, 2> nearest = {-1, -1};
  for (const Candidate& candidate : candidates) {
    auto& best = nearest.at(passages_[candidate.passage].chinese ? 1 : 0);
    best = std::max(best, candidate.meaning);
  }
  for (const Candidate& candidate : candidates) {
    const Entry& entry = passages_[candidate.passage];
    const bool whole = std::ranges::all_of(
        question.identifiers, [&](const auto& id) { return Has(entry.terms, Hash64(id)); });
    if (!whole) continue;
    PassageHit hit;
    hit.document = &DocumentOf(entry);
    hit.source = sources_[entry.source].name;
    hit.passage = &entry.passage;
    hit.evidence.words = candidate.words;
    hit.evidence.meaning = candidate.meaning;
    hit.evidence.vectors = has_vectors() && vector.size() == vectors_.cols();
    constexpr double kAsNear = 0.01;
    hit.evidence.agreed = candidate.meaning >= nearest.at(entry.chinese ? 1 : 0) - kAsNear &&
                          candidate.words >= by_words->words;
    hit.evidence.same_language = entry.chinese == chinese;
    Quote(question, entry, hit);
    hit.confidence = Confidence(hit.evidence);
    hits.push_back(std::move(hit));
  }
  std::ranges::stable_sort(
      hits, [](const auto& a, const auto& b) { return Rank(a.evidence) > Rank(b.evidence); });
  if (hits.size() > n) hits.resize(n);
  return hits;
}

}  // namespace medley::answers
