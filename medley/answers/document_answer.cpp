#include "medley/answers/document_answer.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/checked_speech.h"
#include "medley/answers/document_index.h"
#include "medley/answers/passages.h"
#include "medley/answers/service_words.h"
#include "medley/data/document.h"
#include "medley/data/text_check.h"
#include "medley/text/display.h"

namespace medley::answers {
namespace {

/// From here on an answer is given.
constexpr double kSure = 0.5;
/// From here on a heading is worth offering.
constexpr double kNear = 0.05;
constexpr std::size_t kMostShown = 1200;  ///< characters of an answer
constexpr std::size_t kMostOwnBytes = 900;

std::string Shown(std::string_view text) { return text::DisplayText(text, kMostShown); }

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether `asked` is the identifier `known`: the whole of it, or its whole number where letters
/// stand before ("1042" is "ord-1042", never "11042").
bool SameIdentifier(std::string_view asked, std::string_view known) {
  if (asked == known) return true;
  if (!IsDigits(asked) || !known.ends_with(asked)) return false;
  const auto prefix = known.substr(0, known.size() - asked.size());
  return prefix.find_first_of("0123456789") == std::string_view::npos;
}

bool NamesOne(std::string_view text, std::string_view asked) {
  for (const auto& known : TermsOf(text).terms) {
    if (!known.starts_with('#') && SameIdentifier(asked, known)) return true;
  }
  return false;
}

/// Whether a column names things: "order_id", "tracking number", "单号".
bool IsNumberColumn(std::string_view column) {
  const std::string plain = data::PlainName(column);
  for (const std::string_view ending :
       {"id", "no", "nr", "number", "order", "invoice", "tracking", "号", "编号", "订单"}) {
    if (plain.ends_with(ending)) return true;
  }
  return false;
}

/// Whether the document is of the thing called `asked`. What merely occurs in it (an amount, a
/// date) does not count.
bool IsOf(const data::Document& document, std::string_view asked) {
  if (NamesOne(document.id, asked) || NamesOne(document.title, asked)) return true;
  for (const auto line : SentencesOf(document.text)) {
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos && IsNumberColumn(line.substr(0, colon)) &&
        NamesOne(line.substr(colon + 2), asked))
      return true;
  }
  return false;
}

/// The last date that the text names ("2026-11-02"); "": none.
std::string_view LastDate(std::string_view text) {
  constexpr std::size_t kLength = 10;
  std::string_view last;
  for (std::size_t i = 0; i + kLength <= text.size(); ++i) {
    const auto date = text.substr(i, kLength);
    const bool good = IsDigits(date.substr(0, 4)) && date[4] == '-' && date[7] == '-' &&
                      IsDigits(date.substr(5, 2)) && IsDigits(date.substr(8, 2));
    if (good && date > last) last = date;
  }
  return last;
}

class Answering {
 public:
  Answering(std::string_view question,
            std::string_view before,
            bool chinese,
            const DocumentSources& sources)
      : question_(question),
        before_(before),
        zh_(chinese),
        sources_(sources),
        index_(*sources.index),
        terms_(TermsOf(question)) {}

  DocumentAnswer Answer() {
    const bool own = AsksForOwn(terms_);
    if (own && !terms_.identifiers.empty()) return FromOwnByName();
    if (own && !sources_.user.empty()) {
      if (DocumentAnswer mine = FromOwn(true); mine.answered()) return mine;
    }
    DocumentAnswer common = FromCommon();
    if (common.answered() || !terms_.own) return common;
    if (own && sources_.user.empty()) return SignIn();
    DocumentAnswer mine = FromOwn(false);
    return mine.answered() ? mine : common;
  }

 private:
  using Outcome = DocumentAnswer::Outcome;

  DocumentAnswer SignIn() const {
    DocumentAnswer answer;
    answer.outcome = Outcome::kSignIn;
    answer.text = zh_ ? "请先登录：订单信息只告诉本人。"
                      : "Please sign in: I tell of orders only to whom they belong.";
    return answer;
  }

  DocumentAnswer FromOwnByName() const {
    if (sources_.user.empty()) return SignIn();
    for (const auto& own : index_.Of(sources_.user)) {
      const bool all = std::ranges::all_of(
          terms_.identifiers, [&](const auto& asked) { return IsOf(*own.document, asked); });
      if (all) return Told(own);
    }
    DocumentAnswer answer;
    answer.outcome = Outcome::kNoSuch;
    const std::string name = text::DisplayText(terms_.identifiers.front(), 40);
    answer.text = zh_ ? "我不知道：您名下没有编号为" + name + "的记录。"
                      : "I don't know: nothing of yours has the number " + name + ".";
    return answer;
  }

  /// What belongs to the asker: by the words of the question, else, where its state is asked for,
  /// the newest.
  DocumentAnswer FromOwn(bool state) const {
    constexpr double kMostWords = 0.6;
    const DocumentIndex::Own* best = nullptr;
    double best_share = 0;
    std::string_view best_date;
    const auto all = index_.Of(sources_.user);
    for (const auto& own : all) {
      const double share = Share(own.document->title + "\n" + own.document->text);
      const auto date = LastDate(own.document->text);
      const bool better =
          best == nullptr || share > best_share || (share == best_share && date >= best_date);
      if (!better) continue;
      best = &own;
      best_share = share;
      best_date = date;
    }
    if (best == nullptr || (!state && best_share < kMostWords)) return {};
    return Told(*best);
  }

  double Share(std::string_view text) const {
    const auto said = TermsOf(text);
    double all = 0;
    double covered = 0;
    for (const auto& term : terms_.terms) {
      const double weight = index_.Weight(term);
      all += weight;
      if (Names(said, term)) covered += weight;
    }
    return all > 0 ? covered / all : 0;
  }

  DocumentAnswer Told(const DocumentIndex::Own& own) const {
    std::string quote;
    for (const auto line : SentencesOf(own.document->text)) {
      if (IsInstruction(line)) continue;
      if (!quote.empty() && quote.size() + line.size() > kMostOwnBytes) break;
      if (!quote.empty()) quote += zh_ ? "；" : "; ";
      quote += data::CutText(line, kMostOwnBytes);
    }
    DocumentAnswer answer;
    answer.outcome = Outcome::kAnswered;
    answer.confidence = 1;
    answer.text = Shown(own.document->title) + (zh_ ? "：" : ": ") + Shown(quote);
    answer.cited.push_back(
        {own.document->id, own.document->title, "", std::string(own.source), std::move(quote)});
    return answer;
  }

  DocumentAnswer FromCommon() const {
    std::string asked(question_);
    auto hits = HasSubject() ? Find(terms_, asked) : std::vector<PassageHit>();
    if (!before_.empty() && (hits.empty() || hits.front().confidence < kSure)) {
      // What the question before was about still holds; what it asked for does not.
      asked = std::string(before_) + "\n" + asked;
      ServiceTerms joined = TermsOf(asked);
      joined.asks_span = terms_.asks_span;
      joined.asks_money = terms_.asks_money;
      auto following = Find(joined, asked);
      if (!following.empty() &&
          (hits.empty() || following.front().confidence > hits.front().confidence))
        hits = std::move(following);
    }
    DocumentAnswer answer;
    if (hits.empty()) return answer;
    const PassageHit& best = hits.front();
    answer.confidence = best.confidence;
    answer.evidence = best.evidence;
    if (best.confidence < kSure) {
      if (best.confidence >= kNear)
        answer.nearest = best.document->title +
                         (best.passage->heading.empty() ? "" : " > " + best.passage->heading);
      return answer;
    }
    answer.outcome = Outcome::kAnswered;
    answer.text = Shown(best.quote);
    answer.cited.push_back({best.document->id,
                            best.document->title,
                            best.passage->heading,
                            std::string(best.source),
                            best.quote});
    return answer;
  }

  /// "How much does that cost?" asks of nothing yet.
  bool HasSubject() const {
    return std::ranges::any_of(terms_.terms,
                               [](const auto& term) { return term != "#cost" && term != "#free"; });
  }

  std::vector<PassageHit> Find(const ServiceTerms& terms, const std::string& asked) const {
    constexpr std::size_t kHits = 3;
    if (terms.terms.empty()) return {};
    const auto vector =
        index_.has_vectors() && sources_.encode ? sources_.encode(asked) : std::vector<float>();
    return index_.Find(terms, zh_, vector, kHits);
  }

  std::string_view question_;
  std::string_view before_;
  bool zh_;
  const DocumentSources& sources_;
  const DocumentIndex& index_;
  ServiceTerms terms_;
};

}  // namespace

bool AsksDocumentsFirst(std::string_view question, const DocumentSources& sources) {
  return sources.index != nullptr && !sources.index->empty() && AsksForOwn(TermsOf(question));
}

DocumentAnswer AnswerFromDocuments(std::string_view question,
                                   std::string_view before,
                                   bool chinese,
                                   const DocumentSources& sources,
                                   const Say& say) {
  if (sources.index == nullptr || sources.index->empty()) return {};
  DocumentAnswer answer = Answering(question, before, chinese, sources).Answer();
  if (answer.outcome != DocumentAnswer::Outcome::kAnswered || !sources.word) return answer;
  auto worded = sources.word(question, answer, say);
  answer.why = worded.why;
  if (worded.text.empty()) return answer;
  answer.written = true;
  if (worded.why != WhyQuoted::kNone) worded.text += Unsaid(answer.text, worded.text);
  answer.text = std::move(worded.text);
  return answer;
}

}  // namespace medley::answers
