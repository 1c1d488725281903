#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "medley/understanding/extraction_rules.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/phrase_table.h"
#include "medley/understanding/sentence_view.h"

namespace medley::understanding {
namespace {

constexpr std::size_t kTwoCharacters = 6;  // bytes

bool Denied(const SentenceView& s, std::size_t i) {
  return s.AnyBefore(i, 2, {"不", "没", "没有", "不是", "并非", "无", "未", "别", "绝非"});
}

/// Whether a name begins with a surname: the tagger takes many a word for a name.
bool HasSurname(std::string_view name) {
  constexpr std::string_view kSurnames =
      "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋"
      "蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万"
      "段雷钱汤尹黎易常武乔贺赖龚文霍聂颜柳关岳殷欧尤柯";
  constexpr std::size_t kCharacter = 3;
  for (std::size_t i = 0; i < kSurnames.size(); i += kCharacter) {
    if (name.starts_with(kSurnames.substr(i, kCharacter))) return true;
  }
  return false;
}

bool IsDigits(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

/// "19世纪", "十九世纪", "1930年代", "三十年代", "1937年": where the time at word i ends; i: none.
std::size_t TimeEnd(const SentenceView& s, std::size_t i) {
  std::size_t last = i;
  const bool number = IsDigits(s.Text(i)) || s.TagIs(i, {"m", "CD"});
  if (number && s.Is(i + 1, {"世纪", "年代", "年"})) {
    last = i + 2;
    if (s.Is(i + 1, {"年"}) && !(IsDigits(s.Text(i)) && s.Text(i).size() == 4)) return i;
    if (s.Is(i + 1, {"世纪"}) && (IsDigits(s.Text(last)) || s.TagIs(last, {"m", "CD"})) &&
        s.Is(last + 1, {"年代"}))
      last += 2;
  } else if (s.Tag(i) == "t" && (s.Text(i).ends_with("世纪") || s.Text(i).ends_with("年代"))) {
    last = i + 1;
  }
  return last;
}

}  // namespace

void FindChinesePlaces(const SentenceView& s,
                       const KnownNames& names,
                       std::string_view relation,
                       std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!s.Chinese(i)) continue;
    const auto match = names.places().Longest(s, i);
    const bool place =
        !match.name.empty() || (s.Tag(i) == "ns" && s.Text(i).size() >= kTwoCharacters);
    if (!place) continue;
    const std::size_t last = i + std::max<std::size_t>(match.n_words, 1);
    const bool happens = s.Is(i - 1,
                              {"在",
                               "于",
                               "到",
                               "来到",
                               "前往",
                               "去",
                               "抵达",
                               "返回",
                               "回到",
                               "身处",
                               "位于",
                               "逃往",
                               "飞往",
                               "到达",
                               "进入",
                               "赴",
                               "移居"}) ||
                         s.Is(last, {"街头", "郊外", "小镇", "乡下", "城里", "城"}) ||
                         (i == 0 && s.Is(last, {"，", ","})) || TimeEnd(s, i - 2) == i ||
                         (s.Is(i - 1, {"的"}) && TimeEnd(s, i - 3) == i - 1);
    const bool other = s.Is(last, {"人", "籍", "队", "式", "菜", "语"});
    if (happens && !other && !Denied(s, i))
      Append(s,
             i,
             last,
             relation,
             match.name.empty() ? s.Text(i) : match.name,
             0.85F,
             "place/chinese",
             out);
    i = last - 1;
  }
}

void FindChinesePeriods(const SentenceView& s,
                        const PhraseTable& periods,
                        std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::size_t last = TimeEnd(s, i);
    if (last > i) {
      if (!s.Is(last, {"后", "以后", "之后", "前", "以前"}) && !s.Is(i - 1, {"自", "从"}))
        Append(s, i, last, "period", s.Piece(i, last), 0.9F, "period/chinese", out);
      i = last - 1;
      continue;
    }
    if (!s.Chinese(i)) continue;
    const auto match = periods.Longest(s, i);
    if (match.name.empty()) continue;
    const std::size_t end = i + match.n_words;
    const bool future = match.name == "未来";
    const bool during =
        s.Is(i - 1, {"在"}) || s.Is(end, {"时期", "期间", "年间", "末年", "初年", "，"}) || i == 0;
    if (!s.Is(end, {"后", "以后", "之后", "前", "以前"}) && (!future || during))
      Append(s, i, end, "period", match.name, 0.85F, "period/chinese", out);
    i = end - 1;
  }
}

void FindChineseCharacters(const SentenceView& s, std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s.Tag(i) != "nr" || s.Text(i).size() < kTwoCharacters || !HasSurname(s.Text(i))) continue;
    if (s.Is(i - 1, {"（", "(", "导演", "编剧", "作者", "作家", "主演", "饰"})) continue;
    if (s.AnyBefore(i, 3, {"导演", "编剧", "主演", "改编"})) continue;
    std::size_t last = i + 1;
    while (s.Is(last, {"·", "・"}) && s.Chinese(last + 1)) last += 2;
    Append(s, i, last, "character", s.Piece(i, last), 0.8F, "character/chinese", out);
    i = last - 1;
  }
}

void FindChineseListed(const SentenceView& s,
                       const PhraseTable& listed,
                       std::string_view relation,
                       std::vector<Found>& out) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!s.Chinese(i)) continue;
    const auto match = listed.Longest(s, i);
    if (match.name.empty()) continue;
    const std::size_t last = i + match.n_words;
    const bool seems = s.AnyBefore(
        i,
        3,
        {"假扮", "冒充", "伪装", "扮成", "想", "梦想", "前", "成", "伪装成", "假扮成", "退休"});
    // Who made it stands before a name: "导演张艺谋".
    const bool maker = s.Is(i, {"导演", "编剧", "作家"}) && s.Tag(last) == "nr";
    if (!Denied(s, i) && !seems && !maker)
      Append(s, i, last, relation, match.name, 0.82F, "listed/chinese", out);
    i = last - 1;
  }
}

}  // namespace medley::understanding
