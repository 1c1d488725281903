#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/explain/clauses.h"
#include "medley/explain/phrases.h"

namespace medley::explain {
namespace {

using Kind = recommenders::Evidence::Kind;
using Pair = std::pair<std::string_view, std::string_view>;

std::string_view Find(const auto& table, std::string_view key, std::string_view otherwise) {
  for (const auto& [name, value] : table) {
    if (name == key) return value;
  }
  return otherwise;
}

/// "看过《…》": what the user did with the title, without a subject.
std::string Did(std::string_view action, const std::string& title) {
  static constexpr auto kDid = std::to_array<Pair>({
      {"click", "浏览过"},
      {"browse", "浏览过"},
      {"image_view", "看过"},
      {"favourite", "收藏过"},
      {"comment", "评论过"},
      {"watch", "看过"},
      {"listen", "听过"},
      {"like", "喜欢"},
      {"share", "分享过"},
      {"purchase", "买过"},
  });
  if (action == "rating") return "给" + title + "评过分";
  const auto did = Find(kDid, action, "");
  return did.empty() ? "对" + title + "感兴趣" : std::string(did) + title;
}

/// "你看过的《…》"; the title alone for what was asked about.
std::string KnownTitle(std::string_view action, const std::string& title) {
  if (action == kAskedAbout) return title;
  if (action == "rating") return "你评过分的" + title;
  const std::string did = Did(action, "");
  return did == "对感兴趣" ? "你感兴趣的" + title : "你" + did + "的" + title;
}

Clauses PastItem(const Fact& fact) {
  const std::string did = Did(fact.action, Quoted(fact.item_title, Language::kChinese));
  return {
      .because = {"你" + did},
      .plain = {did + "的人也选了它"},
      .alone = {"和你一样" + did + "的人也选了它", "你" + did + "，有同样兴趣的人也选了它"},
  };
}

/// How two things are alike in a space, to be preceded by "它".
std::vector<std::string> Resemblance(std::string_view space, const std::string& other) {
  if (space == "image")
    return {"看起来很像" + other, "的画面与" + other + "相似", "的外观与" + other + "相近"};
  if (space == "audio") return {"听起来很像" + other, "的声音与" + other + "相似"};
  if (space == "text") return {"的内容与" + other + "相近", "讲的东西与" + other + "相近"};
  if (space == "video") return {"的影像与" + other + "相似", "的影像风格与" + other + "相近"};
  return {"与" + other + "很相似", "在多方面与" + other + "相近"};
}

Clauses Similar(const Fact& fact, bool same_item) {
  const std::string title = Quoted(fact.item_title, Language::kChinese);
  Clauses clauses;
  for (const auto& words : Resemblance(fact.space, same_item ? "之" : title)) {
    // "很像之" is no Chinese.
    if (!same_item || words.find("像之") == std::string::npos)
      clauses.plain.push_back("它" + words);
  }
  if (same_item) return clauses;
  for (const auto& words : Resemblance(fact.space, KnownTitle(fact.action, title))) {
    clauses.because.push_back("它" + words);
    clauses.alone.push_back("它" + words);
  }
  return clauses;
}

/// "1990年代" for "1990s", "1995年" for "1995".
std::string YearName(const std::string& value) {
  if (value.ends_with('s')) return value.substr(0, value.size() - 1) + "年代";
  return value + "年";
}

std::string AttributeName(const std::string& attribute) {
  static constexpr auto kNames = std::to_array<Pair>({
      {"category", "类别"},
      {"categories", "类别"},
      {"genre", "类型"},
      {"tag", "标签"},
      {"tags", "标签"},
      {"keyword", "关键词"},
      {"language", "语言"},
      {"colour", "颜色"},
      {"color", "颜色"},
      {"style", "风格"},
      {"mood", "情绪"},
      {"material", "材质"},
      {"topic", "话题"},
      {"tempo", "节奏"},
      {"kind", "种类"},
  });
  return std::string(Find(kNames, attribute, DisplayName(attribute)));
}

/// "由李安执导": what having the value means, without a subject.
std::string Predicate(const std::string& attribute,
                      const std::string& value,
                      const std::string& quoted) {
  if (attribute == "director") return "由" + value + "执导";
  if (attribute == "writer") return "由" + value + "编剧";
  if (attribute == "author") return "由" + value + "所写";
  if (attribute == "composer") return "由" + value + "作曲";
  if (attribute == "artist" || attribute == "band") return "是" + value + "的作品";
  if (attribute == "singer") return "由" + value + "演唱";
  if (attribute == "actor" || attribute == "actors" || attribute == "cast")
    return "有" + value + "参演";
  if (attribute == "brand" || attribute == "maker") return "来自" + value;
  if (attribute == "country") return "来自" + value;
  if (attribute == "year" || attribute == "decade") return "出自" + YearName(value);
  if (attribute == "category" || attribute == "categories" || attribute == "genre")
    return "属于" + quoted + "类";
  return "的" + AttributeName(attribute) + "是" + quoted;
}

Clauses Attribute(const Fact& fact) {
  const std::string quoted = QuotedValue(fact.value);
  const std::string value = LooksLikeName(fact.value) ? DisplayName(fact.value) : quoted;
  const std::string predicate = Predicate(fact.attribute, value, quoted);
  const std::uint64_t count = WholeCount(fact.count);
  const std::string plain = "它" + predicate;
  if (count == 0) return {.because = {plain}, .plain = {plain}, .alone = {plain}};
  constexpr std::string_view kOf = "的";
  const std::string also =
      predicate.starts_with(kOf) ? "，" + predicate.substr(kOf.size()) : predicate;
  if (const auto title = Quoted(fact.item_title, Language::kChinese); !title.empty()) {
    const std::string path = "和" + KnownTitle(fact.action, title) + "一样";
    return {.because = {"它" + path + also},
            .plain = {"它和" + title + "一样" + also},
            .alone = {"它" + path + also, path + "，" + plain}};
  }
  const std::string others =
      "和你选过的" + (count == 1 ? "另一" : std::to_string(count)) + "个一样";
  return {.because = {"它" + others + also},
          .plain = {plain, "它" + others + also},
          .alone = {"它" + others + also, others + "，" + plain}};
}

Clauses Popularity(const Fact& fact) {
  const std::string people = std::to_string(WholeCount(fact.count)) + "人";
  return {
      .because = {"有" + people + "选了它"},
      .plain = {"已有" + people + "选了它", "有" + people + "选了它"},
      .alone = {"已有" + people + "选了它", people + "选过它"},
  };
}

Clauses Newness() {
  return {.because = {"它是这里较新的一个"},
          .plain = {"它是这里较新的一个"},
          .alone = {"它是这里较新的一个"}};
}

}  // namespace

Clauses ChineseClauses(const Fact& fact, bool same_item) {
  switch (fact.kind) {
    case Kind::kPastItem:
      return PastItem(fact);
    case Kind::kSimilar:
      return Similar(fact, same_item);
    case Kind::kAttribute:
      return Attribute(fact);
    case Kind::kPopularity:
      return Popularity(fact);
    case Kind::kNew:
      return Newness();
  }
  return {};
}

}  // namespace medley::explain
