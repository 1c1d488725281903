#include "medley/answers/service_words.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/service_concepts.h"
#include "medley/core/ids.h"
#include "medley/text/normalize.h"
#include "medley/text/stem.h"
#include "medley/text/utf8.h"

namespace medley::answers {
namespace {

constexpr std::size_t kMostWords = 400;
constexpr std::size_t kLongestPhrase = 4;   ///< words
constexpr std::size_t kLongestChinese = 6;  ///< characters

/// A word of spaced scripts, or one ideograph.
struct Piece {
  std::string text;
  std::string stem;
  bool ideograph = false;
  bool joined = false;  ///< nothing but a blank, or nothing at all, stands before it
};

bool IsIdeograph(char32_t c) {
  return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x20000 && c <= 0x3ffff && c != text::kNoCharacter);
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }
/// Characters of one token: "sf-20031", "u.s", "don't", "4.50".
bool InsideWord(char c) { return c == '-' || c == '_' || c == '.' || c == '\'' || c == '/'; }

/// `text` is normalised.
std::vector<Piece> PiecesOf(std::string_view text) {
  std::vector<Piece> pieces;
  bool joined = false;
  for (std::size_t at = 0; at < text.size() && pieces.size() < kMostWords;) {
    const char c = text[at];
    if (IsDigit(c) || IsLetter(c)) {
      std::size_t end = at + 1;
      while (end < text.size() && (IsDigit(text[end]) || IsLetter(text[end]) ||
                                   (InsideWord(text[end]) && end + 1 < text.size() &&
                                    (IsDigit(text[end + 1]) || IsLetter(text[end + 1])))))
        ++end;
      std::string word(text.substr(at, end - at));
      pieces.push_back({word, text::Stem(word), false, joined});
      joined = true;
      at = end;
      continue;
    }
    std::size_t end = at;
    const char32_t code = text::NextCharacter(text, end);
    const auto character = text.substr(at, end - at);
    if (IsIdeograph(code)) {
      pieces.push_back({std::string(character), std::string(character), true, joined});
      joined = true;
    } else if (c == '$' || character == "€" || character == "£" || character == "¥" || c == '%' ||
               c == '#') {
      pieces.push_back({std::string(character), std::string(character), false, joined});
      joined = true;
    } else if (c != ' ') {
      joined = false;
    }
    at = end;
  }
  return pieces;
}

using Concepts = StringMap<std::vector<std::string>>;

struct PhraseTable {
  Concepts exact;  ///< by the words, with one blank between
  Concepts stems;  ///< by their stems
};

std::string KeyOf(std::span<const Piece> pieces, bool stems) {
  std::string key;
  for (const Piece& piece : pieces) {
    if (!key.empty() && !piece.ideograph) key += ' ';
    key += stems ? piece.stem : piece.text;
  }
  return key;
}

const PhraseTable& Phrases() {
  static const auto phrases = [] {
    PhraseTable table;
    const auto add = [](std::vector<std::string>& names, std::string_view name) {
      if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
    };
    for (const auto& row : ServiceConcepts()) {
      for (std::string_view rest = row.phrases; !rest.empty();) {
        const auto end = std::min(rest.find(';'), rest.size());
        const auto pieces = PiecesOf(text::Normalize(rest.substr(0, end)));
        add(table.exact[KeyOf(pieces, false)], row.name);
        add(table.stems[KeyOf(pieces, true)], row.name);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return table;
  }();
  return phrases;
}

const std::vector<std::string>* ConceptsOf(std::span<const Piece> pieces) {
  const auto& exact = Phrases().exact;
  if (const auto found = exact.find(KeyOf(pieces, false)); found != exact.end())
    return &found->second;
  const auto& stems = Phrases().stems;
  const auto found = stems.find(KeyOf(pieces, true));
  return found == stems.end() ? nullptr : &found->second;
}

bool AmongWords(std::string_view word, std::string_view list) {
  return list.find(" " + std::string(word) + " ") != std::string_view::npos;
}

bool IsNumber(std::string_view word) {
  return !word.empty() && IsDigit(word[0]) &&
         word.find_first_not_of("0123456789.") == std::string_view::npos;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : pieces_(PiecesOf(text::Normalize(text))) {}

  ServiceTerms Scan() {
    for (std::size_t i = 0; i < pieces_.size();) {
      const std::size_t taken = TakePhrase(i);
      if (taken > 0) {
        FlushChinese(i);
        i += taken;
        chinese_from_ = i;
        continue;
      }
      if (!pieces_[i].ideograph) {
        FlushChinese(i);
        TakeWord(i);
        chinese_from_ = i + 1;
      }
      ++i;
    }
    FlushChinese(pieces_.size());
    return std::move(terms_);
  }

 private:
  void Add(const std::string& term) {
    if (std::ranges::find(terms_.terms, term) == terms_.terms.end()) terms_.terms.push_back(term);
  }

  /// The longest phrase of the table that begins here; the pieces it takes.
  std::size_t TakePhrase(std::size_t first) {
    const bool chinese = pieces_[first].ideograph;
    const std::size_t most = chinese ? kLongestChinese : kLongestPhrase;
    std::size_t longest = 0;
    const std::vector<std::string>* found = nullptr;
    for (std::size_t n = 1; n <= most && first + n <= pieces_.size(); ++n) {
      const Piece& last = pieces_[first + n - 1];
      if (last.ideograph != chinese || (n > 1 && !last.joined)) break;
      const auto* concepts = ConceptsOf(std::span(pieces_).subspan(first, n));
      if (concepts == nullptr) continue;
      longest = n;
      found = concepts;
    }
    if (found == nullptr) return 0;
    for (const auto& name : *found) TakeConcept(name, first);
    return longest;
  }

  void TakeConcept(const std::string& name, std::size_t at) {
    if (name == "-") return;  // says nothing of the matter
    if (name == "?span") {
      terms_.asks_span = true;
    } else if (name == "?how") {
      terms_.asks_how = true;
    } else if (name == "?money") {
      terms_.asks_money = true;
    } else if (name == "=span") {
      terms_.has_span = terms_.has_span || (at > 0 && IsQuantity(at - 1));
    } else if (name == "=money") {
      terms_.has_money = true;
    } else if (name == "=own") {
      terms_.own = true;
    } else {
      terms_.concept_named = true;
      Add(name);
    }
  }

  bool IsQuantity(std::size_t at) const {
    constexpr std::string_view kNumbers =
        " one two three four five six seven eight nine ten twelve fourteen fifteen twenty thirty "
        "sixty "
        "ninety a few working business calendar full 一 二 两 三 四 五 六 七 八 九 十 百 半 个 工 "
        "作 自 然 ";
    const auto& word = pieces_[at].text;
    return IsDigit(word[0]) || AmongWords(word, kNumbers);
  }

  void TakeWord(std::size_t i) {
    const Piece& piece = pieces_[i];
    const bool digits = std::ranges::any_of(piece.text, IsDigit);
    if (IsDigit(piece.text[0]) && i > 0 && AmongWords(pieces_[i - 1].text, " $ € £ ¥ "))
      terms_.has_money = true;
    if (digits && IsIdentifier(i)) terms_.identifiers.push_back(piece.text);
    if (piece.text.size() < 2 && !digits) return;
    Add(digits ? piece.text : piece.stem);
  }

  /// What names one thing among many: letters with digits ("sf-20031", "x200"), a long number, or
  /// one behind "order", "no.", "单号". Not a number of days, a price, a date or "24/7".
  bool IsIdentifier(std::size_t i) const {
    constexpr std::ptrdiff_t kFewDigits = 3;
    constexpr std::ptrdiff_t kLongNumber = 6;
    const auto& word = pieces_[i].text;
    const auto digits = std::ranges::count_if(word, IsDigit);
    if (digits < kFewDigits || word.find('/') != std::string::npos ||
        (word.find('.') != std::string::npos && IsNumber(word)))
      return false;
    if (i > 0 && AmongWords(pieces_[i - 1].text, " $ € £ ¥ rmb usd eur ")) return false;
    if (i + 1 < pieces_.size() && AmongWords(pieces_[i + 1].stem, kUnits)) return false;
    if (std::ranges::any_of(word, IsLetter) || digits >= kLongNumber) return true;
    if (i + 1 < pieces_.size() && pieces_[i + 1].text == "号") return true;
    constexpr std::size_t kBefore = 3;
    for (std::size_t j = i; j > i - std::min(i, kBefore); --j) {
      if (AmongWords(pieces_[j - 1].stem, kAmounts)) return false;
      if (AmongWords(pieces_[j - 1].stem, kThings)) return true;
    }
    return false;
  }

  /// The characters that no phrase took, up to `end`, in pairs.
  void FlushChinese(std::size_t end) {
    for (std::size_t i = chinese_from_; i < end; ++i) {
      if (!pieces_[i].ideograph) continue;
      const bool before = i > chinese_from_ && pieces_[i - 1].ideograph && pieces_[i].joined;
      const bool after = i + 1 < end && pieces_[i + 1].ideograph && pieces_[i + 1].joined;
      if (after) Add(pieces_[i].text + pieces_[i + 1].text);
      if (!before && !after) Add(pieces_[i].text);
    }
    chinese_from_ = end;
  }

  static constexpr std::string_view kAmounts = " over abov than under least below 满 超 过 于 ";
  static constexpr std::string_view kThings =
      " order number no nr parcel packag invoic refer ref track shipment # 单 号 票 裹 件 ";
  static constexpr std::string_view kUnits =
      " dai week month hour minut year percent dollar euro pound cm mm kg gram g ml % 天 日 周 月 "
      "年 "
      "小 元 块 分 个 ";

  std::vector<Piece> pieces_;
  std::size_t chinese_from_ = 0;
  ServiceTerms terms_;
};

}  // namespace

ServiceTerms TermsOf(std::string_view text) { return Scanner(text).Scan(); }

bool Names(const ServiceTerms& terms, std::string_view concept_name) {
  return std::ranges::find(terms.terms, concept_name) != terms.terms.end();
}

bool AsksForOwn(const ServiceTerms& question) {
  const bool thing = Names(question, "#order") || Names(question, "#parcel") ||
                     Names(question, "#invoice") || Names(question, "#track");
  return (thing && !question.identifiers.empty()) ||
         (question.own && !question.asks_how && thing && Names(question, "#track"));
}

bool IsInstruction(std::string_view sentence) {
  const std::string text = text::Normalize(sentence);
  const auto has = [&](std::string_view list) {
    for (std::string_view rest = list; !rest.empty();) {
      const auto end = std::min(rest.find(';'), rest.size());
      if (text.find(rest.substr(0, end)) != std::string::npos) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
  };
  if (has("system prompt;system message;you are now;as an ai;language "
          "model;assistant:;<|;系统提示;语言模型;"
          "从现在起你是"))
    return true;
  const bool turns =
      has("ignore;disregard;forget your;forget all;forget every;forget previous;override;do not "
          "follow;don't follow;忽略;无视;忘记你;忘掉;不要遵守");
  const bool orders =
      has("instruction;prompt;your rules;your guidelines;previous;above;everything you;other users;"
          "other customers;指令;提示;规则;之前;上面;以上;其他用户;其他客户");
  const bool reveals =
      has("reveal;print;list all;tell everyone;show me all;泄露;透露;告诉所有") &&
      has("other users;other customers;all orders;every order;其他用户;其他客户;所有订单");
  return (turns && orders) || reveals;
}

}  // namespace medley::answers
