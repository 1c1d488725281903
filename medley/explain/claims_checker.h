#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/explain/explanation.h"

namespace medley::explain {

/// For tests: what in `sentence` no fact covers; "" where all of it is covered. It knows nothing of
/// how sentences are made: it reads what is quoted, the numbers, and words that claim something,
/// and looks for each among the facts.
class ClaimsChecker {
 public:
  ClaimsChecker(std::string title, std::vector<Fact> facts)
      : title_(std::move(title)), facts_(std::move(facts)) {}

  std::string Uncovered(std::string sentence) const {
    constexpr std::string_view kEnglish = "“";
    constexpr std::string_view kChinese = "《";
    for (;;) {
      const auto at = std::min(sentence.find(kEnglish), sentence.find(kChinese));
      if (at == std::string::npos) break;
      const bool chinese = sentence.compare(at, kChinese.size(), kChinese) == 0;
      const auto end = sentence.find(chinese ? "》" : "”", at);
      if (end == std::string::npos) return "an open quote: " + sentence.substr(at);
      const std::string quoted = sentence.substr(at + kChinese.size(), end - at - kChinese.size());
      if (!IsKnownName(quoted)) return "a name: " + quoted;
      sentence.replace(at, end + kChinese.size() - at, " ");
    }
    RemoveBareNames(sentence);
    if (const auto number = UnknownNumber(sentence); !number.empty()) return "a number: " + number;
    return UnknownClaim(sentence);
  }

 private:
  using Kind = recommenders::Evidence::Kind;

  /// Letters and digits alone, so that quotes, marks and cuts don't matter.
  static std::string Bare(std::string_view text) {
    std::string bare;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0) bare += c;
    }
    return bare;
  }
  static bool IsCutOf(std::string_view shown, std::string_view whole) {
    return shown.ends_with("…") || Bare(shown).size() <= Bare(whole).size()
               ? Bare(whole).starts_with(Bare(shown))
               : false;
  }
  bool IsKnownName(std::string_view shown) const {
    if (IsCutOf(shown, title_)) return true;
    for (const auto& fact : facts_) {
      if (IsCutOf(shown, fact.item_title) || IsCutOf(shown, fact.value)) return true;
    }
    return false;
  }
  void RemoveBareNames(std::string& sentence) const {
    for (const auto& fact : facts_) {
      if (fact.kind != Kind::kAttribute || fact.value.empty()) continue;
      std::string value = fact.value;
      for (int form = 0; form < 2; ++form) {
        if (const auto at = sentence.find(value); at != std::string::npos)
          sentence.replace(at, value.size(), " ");
        if (value.ends_with('s')) value.pop_back();
      }
    }
  }
  std::string UnknownNumber(std::string_view sentence) const {
    std::string digits;
    for (std::size_t i = 0; i <= sentence.size(); ++i) {
      const char c = i < sentence.size() ? sentence[i] : ' ';
      if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
        digits += c;
      } else if (!digits.empty() &&
                 !(c == ',' && i + 1 < sentence.size() &&
                   std::isdigit(static_cast<unsigned char>(sentence[i + 1])) != 0)) {
        bool known = false;
        for (const auto& fact : facts_)
          known = known || std::to_string(static_cast<long long>(fact.count)) == digits;
        if (!known) return digits;
        digits.clear();
      }
    }
    return {};
  }
  bool Any(Kind kind, std::string_view space = "") const {
    for (const auto& fact : facts_) {
      if (fact.kind == kind && (space.empty() || fact.space == space)) return true;
    }
    return false;
  }
  bool Did(std::string_view actions) const {
    for (const auto& fact : facts_) {
      if (!fact.action.empty() && actions.find("|" + fact.action + "|") != std::string_view::npos)
        return true;
    }
    return false;
  }
  std::string UnknownClaim(std::string_view sentence) const {
    const auto says = [&](auto... words) {
      return ((sentence.find(words) != std::string_view::npos) || ...);
    };
    if (says("look like",
             "looks like",
             "lot like",
             "look close",
             "picture",
             "看起来",
             "画面",
             "外观",
             "影像") &&
        !Any(Kind::kSimilar, "image") && !Any(Kind::kSimilar, "video") &&
        !Any(Kind::kSimilar, "audio"))
      return "looks";
    if (says("looks", "看起来", "画面", "外观") && !Any(Kind::kSimilar, "image") &&
        !Any(Kind::kSimilar, "video"))
      return "looks";
    if (says("sound", "听起来", "声音") && !Any(Kind::kSimilar, "audio")) return "sounds";
    if (says("is about", "reads", "story", "内容", "讲的") && !Any(Kind::kSimilar, "text"))
      return "is about";
    if (says("moves", "影像") && !Any(Kind::kSimilar, "video")) return "moves";
    if (says("resembl", "in common", "相似", "相近", "很像") && !Any(Kind::kSimilar))
      return "resembles";
    if (says("people who", "People who", "others who", "的人也", "的人选") && !Any(Kind::kPastItem))
      return "people who";
    if (says("people chose", "people picked", "by people", "人选了它", "人选过") &&
        !Any(Kind::kPopularity) && !Any(Kind::kPastItem))
      return "people chose";
    if (says("newer", "新的一个") && !Any(Kind::kNew)) return "newer";
    if (says("directed", "执导", "written", "another", "属于", "类", "出自", "参演", "tagged") &&
        !Any(Kind::kAttribute))
      return "an attribute";
    if (says("watched", "看过") && !Did("|watch|image_view|")) return "watched";
    if (says("listened", "听过") && !Did("|listen|")) return "listened";
    if (says("bought", "买过") && !Did("|purchase|")) return "bought";
    if (says("liked", "喜欢") && !Did("|like|")) return "liked";
    if (says("rated", "评过分") && !Did("|rating|")) return "rated";
    if (says("you ", "You ", "你") && facts_.empty()) return "you";
    return {};
  }

  std::string title_;
  std::vector<Fact> facts_;
};

}  // namespace medley::explain
