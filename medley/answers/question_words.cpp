#include "medley/answers/question_words.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/text/normalize.h"
#include "medley/text/stem.h"
#include "medley/text/utf8.h"

namespace medley::answers {
namespace {

constexpr std::size_t kMostWords = 200;

bool IsIdeograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x2FA1F) || (c >= 0x3040 && c <= 0x30FF);
}

bool IsLetterOrDigit(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  // Letters of other scripts; general and CJK punctuation, arrows and symbols are none.
  return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
         !(c >= 0x3000 && c <= 0x303F) && !(c >= 0xFF00 && c <= 0xFF0F) &&
         !(c >= 0xFF1A && c <= 0xFF20) && !(c >= 0xFF3B && c <= 0xFF40) &&
         !(c >= 0xFF5B && c <= 0xFF65);
}

/// Joins two letters to one word: "Dr.No", "it's", "Sci-Fi" stays two words as in titles.
bool IsInnerMark(char32_t c) { return c == '\'' || c == U'’' || c == '.' || c == '&'; }

bool OpensQuote(char32_t c) {
  return c == '"' || c == U'“' || c == U'《' || c == U'「' || c == U'『' || c == U'〈';
}
bool ClosesQuote(char32_t c) {
  return c == '"' || c == U'”' || c == U'》' || c == U'」' || c == U'』' || c == U'〉';
}
bool Breaks(char32_t c) {
  return c == '?' || c == U'？' || c == U'。' || c == ';' || c == U'；' || c == U'，';
}

/// The stem, and one for the forms of an irregular verb.
std::string StemOf(const std::string& word) {
  constexpr std::string_view kForms[][2] = {
      {" came comes come ", "come"},
      {" made makes make making maker ", "make"},
      {" wrote written writes write writing writer writers authored author penned ", "write"},
      {" directed directs direct directing director directors direction filmmaker helmed ",
       "direct"},
      {" script scripts scripted screenplay screenplays screenwriter scriptwriter scenarist ",
       "script"},
      {" shot shoots shoot ", "shoot"},
      {" did does do done ", "do"},
      {" is are was were be been being ", "be"},
      {" has have had having ", "have"},
      {" speaks speak spoke spoken ", "speak"},
      {" says say said ", "say"},
      {" seen sees see saw ", "see"},
      {" took takes take taken ", "take"},
      {" wins win won ", "win"},
      {" theaters theatres cinemas theater theatre cinema ", "cinema"},
      {" actresses actress actors actor acted acts act acting performer performers ", "act"},
  };
  const std::string asked = " " + word + " ";
  for (const auto& [forms, stem] : kForms) {
    if (forms.find(asked) != std::string_view::npos) return std::string(stem);
  }
  return text::Stem(word);
}

class WordReader {
 public:
  explicit WordReader(std::string_view question) : question_(question) {}

  std::vector<QuestionWord> Read() {
    for (std::size_t at = 0; at < question_.size() && words_.size() < kMostWords;) {
      const std::size_t begin = at;
      const char32_t c = text::NextCharacter(question_, at);
      if (IsIdeograph(c)) {
        Add(begin, at, true);
      } else if (c != text::kNoCharacter && IsLetterOrDigit(c)) {
        at = WordEnd(at);
        Add(begin, at, false);
      } else {
        Mark(c);
      }
    }
    return std::move(words_);
  }

 private:
  std::size_t WordEnd(std::size_t at) const {
    while (at < question_.size()) {
      std::size_t next = at;
      const char32_t c = text::NextCharacter(question_, next);
      if (IsIdeograph(c) || c == text::kNoCharacter) return at;
      if (!IsLetterOrDigit(c)) {
        if (!IsInnerMark(c) || next >= question_.size()) return at;
        std::size_t behind = next;
        const char32_t follower = text::NextCharacter(question_, behind);
        if (follower == text::kNoCharacter || IsIdeograph(follower) || !IsLetterOrDigit(follower))
          return at;
      }
      at = next;
    }
    return at;
  }

  void Mark(char32_t c) {
    const bool straight = c == '"';
    if (straight ? !quoted_ : OpensQuote(c)) {
      quoted_ = true;
      broken_ = true;
    } else if (ClosesQuote(c)) {
      quoted_ = false;
      broken_ = true;
    }
    if (Breaks(c)) broken_ = true;
  }

  void Add(std::size_t begin, std::size_t end, bool ideograph) {
    const std::string_view raw = question_.substr(begin, end - begin);
    // "Heat's" is the title and a mark of possession.
    for (const std::string_view mark : {"'s", "’s"}) {
      if (raw.size() <= mark.size() || !raw.ends_with(mark)) continue;
      Push(begin, end - mark.size(), ideograph);
      Push(end - mark.size(), end, ideograph);
      words_.back().text = words_.back().stem = "'s";
      // "Who's" is "who is".
      constexpr std::string_view kAsking = " who what where when which how ";
      if (kAsking.find(" " + words_[words_.size() - 2].text + " ") != std::string_view::npos)
        words_.back().text = words_.back().stem = "be";
      return;
    }
    Push(begin, end, ideograph);
  }

  void Push(std::size_t begin, std::size_t end, bool ideograph) {
    QuestionWord word;
    word.begin = begin;
    word.end = end;
    const std::string_view raw = question_.substr(begin, end - begin);
    word.text = text::Normalize(raw);
    word.stem = ideograph ? word.text : StemOf(word.text);
    word.ideograph = ideograph;
    word.capital = raw.front() >= 'A' && raw.front() <= 'Z';
    word.quoted = quoted_;
    word.after_break = std::exchange(broken_, false);
    words_.push_back(std::move(word));
  }

  std::string_view question_;
  std::vector<QuestionWord> words_;
  bool quoted_ = false;
  bool broken_ = true;
};

}  // namespace

std::vector<QuestionWord> QuestionWords(std::string_view question) {
  return WordReader(question).Read();
}

bool IsChinese(const std::vector<QuestionWord>& words) {
  return std::ranges::any_of(words, &QuestionWord::ideograph);
}

bool IsFiller(std::string_view word) {
  constexpr std::string_view kFillers =
      " a an the please tell me i want to know would like d you can could give show list name just "
      "so "
      "hi hello hey and also then do does did is are was were be been has have had it its this "
      "that "
      "there of in on for to at us my we they some any idea about all let find get looking look "
      "need "
      "thanks ok m s 's ve ll re really actually exactly maybe curious wonder wondering remember "
      "forgot think right true mean called "
      "请 问 我 想 知 道 告 诉 一 下 的 了 吗 呢 呀 啊 吧 是 有 都 这 那 个 它 给 列 出 找 看 帮 "
      "查 说 麻 烦 ";
  return kFillers.find(" " + std::string(word) + " ") != std::string_view::npos;
}

}  // namespace medley::answers
