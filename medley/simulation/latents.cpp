#include "medley/simulation/latents.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace medley::simulation {
namespace {

constexpr std::array<Word, kKinds> kKindWords = {
    Word{"goods", "商品"}, {"song", "歌曲"}, {"film", "电影"}, {"news", "新闻"}, {"post", "动态"}};

constexpr std::array<Word, kCategories> kCategoryWords = {// goods
                                                          Word{"shoes", "鞋履"},
                                                          {"lamps", "灯具"},
                                                          {"bags", "箱包"},
                                                          {"chairs", "座椅"},
                                                          {"mugs", "杯具"},
                                                          {"dresses", "连衣裙"},
                                                          {"watches", "腕表"},
                                                          {"headphones", "耳机"},
                                                          // songs
                                                          {"jazz", "爵士"},
                                                          {"rock", "摇滚"},
                                                          {"electronic", "电子"},
                                                          {"classical", "古典"},
                                                          {"folk", "民谣"},
                                                          {"hip-hop", "嘻哈"},
                                                          {"ambient", "氛围"},
                                                          {"latin", "拉丁"},
                                                          // films
                                                          {"science fiction", "科幻"},
                                                          {"romance", "爱情"},
                                                          {"horror", "恐怖"},
                                                          {"comedy", "喜剧"},
                                                          {"action", "动作"},
                                                          {"adventure", "冒险"},
                                                          {"crime", "犯罪"},
                                                          {"nature", "自然"},
                                                          // news
                                                          {"technology", "科技"},
                                                          {"sport", "体育"},
                                                          {"economy", "财经"},
                                                          {"weather", "天气"},
                                                          {"space", "航天"},
                                                          {"culture", "文化"},
                                                          {"health", "健康"},
                                                          {"transport", "交通"},
                                                          // posts
                                                          {"food", "美食"},
                                                          {"pets", "萌宠"},
                                                          {"travel", "旅行"},
                                                          {"running", "跑步"},
                                                          {"gardening", "园艺"},
                                                          {"coffee", "咖啡"},
                                                          {"books", "读书"},
                                                          {"city nights", "城市夜景"}};

constexpr std::array<Word, kColours> kColourWords = {Word{"red", "红色"},
                                                     {"orange", "橙色"},
                                                     {"yellow", "黄色"},
                                                     {"green", "绿色"},
                                                     {"teal", "青色"},
                                                     {"blue", "蓝色"},
                                                     {"purple", "紫色"},
                                                     {"pink", "粉色"}};
constexpr std::array<double, kColours> kHues = {27, 58, 92, 145, 192, 256, 304, 354};

constexpr std::array<Word, kStyles> kStyleWords = {Word{"minimal", "极简"},
                                                   {"vintage", "复古"},
                                                   {"playful", "俏皮"},
                                                   {"elegant", "优雅"},
                                                   {"bold", "大胆"},
                                                   {"natural", "自然风"}};
constexpr std::array<Word, kMoods> kMoodWords = {Word{"calm", "宁静"},
                                                 {"happy", "欢快"},
                                                 {"melancholy", "忧伤"},
                                                 {"energetic", "活力"},
                                                 {"tense", "紧张"},
                                                 {"dreamy", "梦幻"}};

/// Beats per minute around which a mood's items lie.
constexpr std::array<double, kMoods> kMoodTempo = {76, 116, 84, 144, 124, 92};
/// How bright a mood's sounds are.
constexpr std::array<double, kMoods> kMoodBrightness = {0.35, 0.65, 0.3, 0.75, 0.5, 0.55};

constexpr std::array<Kind, 20> kKindMix = {
    Kind::kGoods, Kind::kSong,  Kind::kNews,  Kind::kFilm, Kind::kGoods, Kind::kPost,  Kind::kSong,
    Kind::kNews,  Kind::kGoods, Kind::kPost,  Kind::kSong, Kind::kNews,  Kind::kGoods, Kind::kPost,
    Kind::kSong,  Kind::kFilm,  Kind::kGoods, Kind::kPost, Kind::kNews,  Kind::kGoods};

TimeMs DrawCreated(Kind kind, TimeMs market_end, Random& random) {
  const bool passing = kind == Kind::kNews || kind == Kind::kPost;
  const double days = passing ? random.Uniform(4, 160) : random.Uniform(95, 900);
  return market_end - static_cast<TimeMs>(days * static_cast<double>(kDayMs));
}

}  // namespace

std::string_view KindName(Kind kind) { return KindWord(kind).en; }
const Word& KindWord(Kind kind) { return kKindWords[static_cast<std::size_t>(kind)]; }
const Word& CategoryWord(int category) {
  return kCategoryWords[static_cast<std::size_t>(category)];
}
const Word& ColourWord(int colour) { return kColourWords[static_cast<std::size_t>(colour)]; }
const Word& StyleWord(int style) { return kStyleWords[static_cast<std::size_t>(style)]; }
const Word& MoodWord(int mood) { return kMoodWords[static_cast<std::size_t>(mood)]; }
double ColourHue(int colour) { return kHues[static_cast<std::size_t>(colour)]; }

TimeMs MarketEnd(std::uint64_t seed) {
  constexpr TimeMs kFirstOfSeptember2025 = 1'756'684'800'000;
  return kFirstOfSeptember2025 + static_cast<TimeMs>(seed % 61) * kDayMs;
}

Kind KindOfItem(std::size_t index) { return kKindMix[index % kKindMix.size()]; }

std::string ItemId(Kind kind, std::size_t index) {
  char id[48];
  std::snprintf(id, sizeof id, "%s-%05zu", KindName(kind).data(), index);
  return id;
}

ItemLatents DrawItemLatents(std::size_t index, TimeMs market_end, Random& random) {
  ItemLatents item;
  item.kind = KindOfItem(index);
  item.category = static_cast<int>(item.kind) * kCategoriesPerKind +
                  static_cast<int>(random.Below(kCategoriesPerKind));
  item.colour = static_cast<int>(random.Below(kColours));
  item.style = static_cast<int>(random.Below(kStyles));
  item.mood = static_cast<int>(random.Below(kMoods));
  const auto mood = static_cast<std::size_t>(item.mood);
  item.tempo = std::clamp(kMoodTempo[mood] + 16 * random.Normal(), 60.0, 170.0);
  item.brightness = std::clamp(kMoodBrightness[mood] + 0.18 * random.Normal(), 0.0, 1.0);
  item.quality = random.Normal();
  item.created = DrawCreated(item.kind, market_end, random);
  // Pareto with exponent 0.8 over its rank, cut so that no item takes more than a few per cent of
  // all exposures.
  item.popularity = std::min(40.0, std::pow(1 - random.Uniform(), -0.8));
  item.chinese = random.Bernoulli(0.35);
  item.translated = random.Bernoulli(0.45);
  if (random.Bernoulli(0.05)) {
    item.popularity = 0;
    item.created =
        market_end - static_cast<TimeMs>(random.Uniform(0.1, 3.0) * static_cast<double>(kDayMs));
  }
  return item;
}

}  // namespace medley::simulation
