#include "medley/answers/passages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/service_words.h"
#include "medley/core/hash.h"
#include "medley/data/document.h"
#include "medley/data/text_check.h"

namespace medley::answers {
namespace {

constexpr std::size_t kShortest = 80;
constexpr std::size_t kLongest = 600;
constexpr std::size_t kLongestHeading = 200;
constexpr std::size_t kDeepest = 6;

bool Asks(std::string_view line) { return line.ends_with('?') || line.ends_with("？"); }

/// "## Heading": its depth; 0: no heading.
std::size_t Depth(std::string_view line) {
  const auto marks = std::min(line.find_first_not_of('#'), line.size());
  return marks > 0 && marks <= kDeepest && marks < line.size() && line[marks] == ' ' ? marks : 0;
}

std::string WithoutEmphasis(std::string_view line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i).starts_with("**") || line.substr(i).starts_with("__")) {
      ++i;
      continue;
    }
    plain += line[i];
  }
  return plain;
}

class Cutter {
 public:
  explicit Cutter(const data::Document& document) : document_(document) {}

  std::vector<Passage> Cut() {
    for (std::string_view rest = document_.text; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      TakeLine(data::TrimText(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    EndParagraph();
    EndSection();
    return std::move(passages_);
  }

 private:
  void TakeLine(std::string_view line) {
    if (line.empty()) return EndParagraph();
    if (const auto depth = Depth(line); depth > 0) {
      EndParagraph();
      EndSection();
      headings_.resize(depth);
      headings_.back() = WithoutEmphasis(data::TrimText(line.substr(depth)));
      question_.clear();
      return;
    }
    std::string plain = WithoutEmphasis(line);
    // Of questions and answers: each question heads what follows it.
    if (paragraph_.empty() && plain.size() <= kLongestHeading && Asks(plain)) {
      EndSection();
      question_ = std::move(plain);
      return;
    }
    if (!paragraph_.empty()) paragraph_ += '\n';
    paragraph_ += plain;
  }

  void EndParagraph() {
    if (paragraph_.empty()) return;
    std::string kept;
    for (const auto sentence : SentencesOf(paragraph_)) {
      if (!IsInstruction(sentence)) continue;
      // Take the paragraph apart only where it must be.
      for (const auto one : SentencesOf(paragraph_)) {
        if (!IsInstruction(one)) kept += (kept.empty() ? "" : "\n") + std::string(one);
      }
      paragraph_ = std::move(kept);
      break;
    }
    if (paragraph_.empty()) return;
    if (section_.size() + paragraph_.size() > kLongest) EndSection();
    if (!section_.empty()) section_ += '\n';
    section_ += paragraph_;
    paragraph_.clear();
    if (section_.size() >= kShortest) EndSection();
  }

  void EndSection() {
    std::string passage;
    std::string_view rest = section_;
    if (rest.size() > kLongest) {
      for (const auto sentence : SentencesOf(section_)) {
        if (!passage.empty() && passage.size() + sentence.size() > kLongest) {
          Add(std::exchange(passage, {}));
        }
        if (!passage.empty()) passage += '\n';
        passage += data::CutText(sentence, kLongest);
      }
    } else {
      passage = rest;
    }
    Add(std::move(passage));
    section_.clear();
  }

  void Add(std::string passage) {
    if (!data::TrimText(passage).empty()) passages_.push_back({Heading(), std::move(passage)});
  }

  std::string Heading() const {
    std::string path;
    const auto add = [&](std::string_view heading) {
      if (heading.empty() || heading == document_.title) return;
      path += (path.empty() ? "" : " > ") + std::string(heading);
    };
    for (const auto& heading : headings_) add(heading);
    add(question_);
    return path;
  }

  const data::Document& document_;
  std::vector<std::string> headings_;
  std::string question_;
  std::string paragraph_;
  std::string section_;
  std::vector<Passage> passages_;
};

/// The bytes of the mark that ends a sentence at `at`; 0: none does.
std::size_t EndOfSentence(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 4> kWide = {"。", "！", "？", "；"};
  if (text[at] == '\n') return 1;
  for (const auto mark : kWide) {
    if (text.substr(at).starts_with(mark)) return mark.size();
  }
  if (text[at] != '.' && text[at] != '!' && text[at] != '?') return 0;
  const bool blank = at + 1 < text.size() && text[at + 1] == ' ';
  if (at + 1 < text.size() && !blank) return 0;
  // "e.g. ", "No. 5": not before a small letter, nor behind a single letter or "No".
  if (blank && at + 2 < text.size() && text[at + 2] >= 'a' && text[at + 2] <= 'z') return 0;
  if (text[at] == '.' && at >= 2 && (text[at - 2] == ' ' || text[at - 2] == '.')) return 0;
  // "No. 5"
  const auto before = text.substr(0, at);
  const bool number = before.ends_with(" No") || before.ends_with(" no") || before.ends_with(" Nr");
  if (number && at + 2 < text.size() && text[at + 2] >= '0' && text[at + 2] <= '9') return 0;
  return 1;
}

std::string_view WithoutMarks(std::string_view sentence) {
  sentence = data::TrimText(sentence);
  for (const std::string_view mark : {"- ", "* ", "• ", "+ "}) {
    if (sentence.starts_with(mark)) return data::TrimText(sentence.substr(mark.size()));
  }
  return sentence;
}

}  // namespace

std::vector<Passage> CutPassages(const data::Document& document) { return Cutter(document).Cut(); }

std::vector<std::string_view> SentencesOf(std::string_view text) {
  std::vector<std::string_view> sentences;
  std::size_t begin = 0;
  const auto add = [&](std::size_t end) {
    const auto sentence = WithoutMarks(text.substr(begin, end - begin));
    if (!sentence.empty()) sentences.push_back(sentence);
    begin = end;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto mark = EndOfSentence(text, at); mark > 0) {
      add(at + mark);
      at += mark - 1;
    }
  }
  add(text.size());
  return sentences;
}

std::string PassageText(const data::Document& document, const Passage& passage) {
  return document.title + (passage.heading.empty() ? "" : " > " + passage.heading) + "\n" +
         passage.text;
}

std::int64_t PassageKey(std::string_view passage_text) {
  return static_cast<std::int64_t>(Hash64(passage_text) >> 1U) | 1;
}

}  // namespace medley::answers
