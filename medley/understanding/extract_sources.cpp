#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/text/normalize.h"
#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/sentence_view.h"

namespace medley::understanding {
namespace {

constexpr std::string_view kRelation = "based_on";

bool IsWork(const SentenceView& s, std::size_t i) {
  return s.Is(
      i, {"novel",   "play",      "book",        "novella",    "memoir", "memoirs", "autobiography",
          "musical", "fairytale", "best-seller", "bestseller", "legend", "opera",   "comic",
          "story",   "novels",    "plays",       "stories",    "myth",   "diaries", "poem"});
}

/// "true story" for "a true story", "real events".
std::size_t TrueStoryEnd(const SentenceView& s, std::size_t i) {
  if (!s.Is(i, {"true", "real-life", "real", "actual"})) return 0;
  if (s.Is(i, {"real"}) && s.Is(i + 1, {"-"}) && s.Is(i + 2, {"life"})) i += 2;
  if (s.Is(i + 1, {"life"})) ++i;
  return s.Is(i + 1, {"story", "events", "incident", "incidents", "event", "stories"}) ? i + 2 : 0;
}

/// "Victor Hugo's classic novel": the writer [first, last), who is followed by a work.
bool WriterBefore(const SentenceView& s, std::size_t i, std::size_t& first, std::size_t& last) {
  last = i;
  while (last > 0 && i - last < 5 && !s.Is(last, {"'s", "’s"})) --last;
  if (!s.Is(last, {"'s", "’s"})) return false;
  first = last;
  while (first > 0 && s.Capital(first - 1) && last - first < 4) --first;
  return first < last;
}

void FindTrueStories(const SentenceView& s, std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::size_t end = TrueStoryEnd(s, i);
    if (end == 0) continue;
    const bool said =
        s.AnyBefore(i, 6, {"based", "inspired", "fact-based", "from", "tells", "recounts"}) ||
        i <= 1 || s.Is(end, {"of", "about"});
    if (said) Append(s, i, end, kRelation, "true story", 0.95F, "source/true-story", out);
  }
}

void FindWorks(const SentenceView& s, std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!IsWork(s, i) || s.Is(i - 1, {"true", "life"})) continue;
    const bool said = s.AnyBefore(i,
                                  9,
                                  {"based",
                                   "adaptation",
                                   "adapted",
                                   "version",
                                   "variation",
                                   "updated",
                                   "updating",
                                   "adapts",
                                   "retelling",
                                   "modernization",
                                   "adaption",
                                   "film-adaptation",
                                   "reimagining",
                                   "remake"});
    if (!said) continue;
    std::size_t first = 0;
    std::size_t last = 0;
    if (WriterBefore(s, i, first, last)) {
      Append(s, first, last, "based_on_writer", s.Piece(first, last), 0.9F, "source/writer", out);
    } else if (s.Is(i + 1, {"by"}) && s.Capital(i + 2)) {
      first = last = i + 2;
      while (s.Capital(last) && last - first < 4) ++last;
      Append(s, first, last, "based_on_writer", s.Piece(first, last), 0.9F, "source/writer", out);
    }
    if (!s.Is(i, {"story", "stories"}))
      Append(s, i, i + 1, kRelation, s.Term(i), 0.9F, "source/work", out);
  }
}

}  // namespace

void FindEnglishSources(const SentenceView& s, const KnownNames& names, std::vector<Found>& out) {
  FindTrueStories(s, out);
  const std::size_t before = out.size();
  FindWorks(s, out);
  for (std::size_t i = before; i < out.size(); ++i) {
    if (out[i].relation != "based_on_writer") continue;
    if (const auto known = names.Person(text::Normalize(out[i].tail)); !known.empty())
      out[i].tail = known;
  }
}

}  // namespace medley::understanding
