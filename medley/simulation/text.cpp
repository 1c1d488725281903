#include "medley/simulation/text.h"

#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <span>

#include "medley/simulation/words.h"

namespace medley::simulation {
namespace {

const Word& Pick(std::span<const Word> words, Random& random) {
  return words[random.Below(words.size())];
}

/// The words one item's texts are made of; the same in both languages.
using Slots = std::map<std::string, Word, std::less<>>;

Slots DrawSlots(const ItemLatents& item, Random& random) {
  const CategoryWords& words = WordsOf(item.category);
  Slots slots;
  slots["noun"] = Pick(words.nouns, random);
  slots["detail"] = Pick(words.details, random);
  slots["name"] = Pick(Names(), random);
  slots["name2"] = Pick(Names(), random);
  slots["place"] = Pick(Places(), random);
  slots["material"] = Pick(Materials(item.category), random);
  slots["occasion"] = Pick(Occasions(), random);
  slots["theme"] = Pick(Themes(), random);
  slots["thing"] = Pick(TitleNouns(), random);
  slots["thing2"] = Pick(TitleNouns(), random);
  slots["quality"] = Pick(TitleAdjectives(), random);
  return slots;
}

/// The adjective is where style, colour and mood are told, or are not.
Word DrawAdjective(const ItemLatents& item, Random& random) {
  const double u = random.Uniform();
  if (item.kind == Kind::kGoods) {
    if (u < 0.35) return ColourWord(item.colour);
    if (u < 0.85) return Pick(StyleAdjectives(item.style), random);
    return Pick(PlainAdjectives(), random);
  }
  const double told = item.kind == Kind::kNews ? 0.3 : 0.5;
  if (u < told) return Pick(MoodAdjectives(item.mood), random);
  constexpr std::array<Word, 6> kNeutral = {Word{"remarkable", "难得"},
                                            {"memorable", "难忘"},
                                            {"fresh", "新鲜"},
                                            {"honest", "真诚"},
                                            {"curious", "奇妙"},
                                            {"familiar", "熟悉"}};
  return Pick(kNeutral, random);
}

std::string Capitalised(std::string_view word) {
  std::string result(word);
  if (!result.empty())
    result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
  return result;
}

/// "a elegant" -> "an elegant".
void MendArticles(std::string& text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const bool starts = i == 0 || text[i - 1] == ' ';
    if (!starts || (text[i] != 'a' && text[i] != 'A') || text[i + 1] != ' ') continue;
    if (std::string_view("aeiou").find(text[i + 2]) != std::string_view::npos)
      text.insert(i + 1, "n");
  }
}

std::string Fill(std::string_view pattern, const Slots& slots, int number, bool chinese) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      text += pattern[i];
      continue;
    }
    const std::size_t end = pattern.find('}', i);
    std::string name(pattern.substr(i + 1, end - i - 1));
    const bool capital = std::isupper(static_cast<unsigned char>(name[0])) != 0;
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    if (name == "number") {
      text += std::to_string(number);
    } else if (const auto found = slots.find(name); found != slots.end()) {
      const std::string_view word = chinese ? found->second.zh : found->second.en;
      text += capital ? Capitalised(word) : std::string(word);
    }
    i = end;
  }
  if (!chinese) MendArticles(text);
  return text;
}

constexpr std::array<Word, 10> kLoved = {
    Word{"Absolutely love this {noun}, would recommend it to anyone!",
         "太喜欢这个{noun}了，强烈推荐！"},
    {"Beautiful. Exactly what I hoped for.", "太美了，正是我想要的。"},
    {"One of the best I have come across this year.", "今年遇到最好的之一。"},
    {"Wonderful, made my day.", "太棒了，开心一整天。"},
    {"Great {noun}, the {mood} feeling suits it perfectly.", "很棒的{noun}，{mood}的感觉刚刚好。"},
    {"Five stars, I keep coming back to it.", "五星好评，一再回味。"},
    {"So good that I told all my friends.", "好到我告诉了所有朋友。"},
    {"Delightful from start to finish.", "从头到尾都令人愉快。"},
    {"I am impressed, really lovely work.", "印象深刻，做得真好。"},
    {"Perfect for me, thank you!", "非常适合我，谢谢！"}};
constexpr std::array<Word, 6> kSoSo = {
    Word{"It is all right, nothing special.", "还行，没什么特别的。"},
    {"Not bad, not great either.", "不算差，也不算好。"},
    {"Decent {noun}, but I have seen better.", "{noun}还可以，但见过更好的。"},
    {"Average. I might give it another try.", "一般般，也许再试一次。"},
    {"Fine for once.", "偶尔一次还行。"},
    {"Okay overall, a bit long for my taste.", "总体还好，对我来说有点长。"}};
constexpr std::array<Word, 10> kHated = {
    Word{"Very disappointing {noun}, I expected much more.",
         "这个{noun}太令人失望了，本来期待更多。"},
    {"Boring and far too loud for me.", "无聊，而且对我来说太吵。"},
    {"I did not like it at all.", "一点也不喜欢。"},
    {"Waste of time, sorry.", "浪费时间，抱歉。"},
    {"Poor quality, looks cheap.", "质量差，看着廉价。"},
    {"The {mood} mood just annoyed me.", "{mood}的气氛让我很烦。"},
    {"Awful. Would not recommend.", "糟糕，不推荐。"},
    {"Not for me, I stopped halfway.", "不适合我，中途放弃了。"},
    {"Terrible, nothing works here.", "太差了，没有一处好的。"},
    {"I regret clicking on this.", "后悔点开它。"}};

std::string MakerField(Kind kind) {
  switch (kind) {
    case Kind::kGoods:
      return "brand";
    case Kind::kSong:
      return "artist";
    case Kind::kFilm:
      return "director";
    default:
      return "author";
  }
}

void SetAttributes(data::Item& item,
                   const ItemLatents& latents,
                   const ItemText& text,
                   Random& random) {
  item.attributes["simulated"] = true;
  item.attributes[MakerField(latents.kind)] = text.maker;
  const double luxury = latents.style == kElegant ? 1.5 : 1;
  const auto cents = [](double value) { return std::round(value * 100) / 100; };
  switch (latents.kind) {
    case Kind::kGoods:
      item.attributes["price"] = cents(luxury * std::exp(random.Uniform(2.5, 5.2)) + 0.95);
      break;
    case Kind::kSong:
      item.attributes["price"] = cents(0.89 + 0.1 * static_cast<double>(random.Below(6)));
      break;
    case Kind::kFilm:
      item.attributes["price"] = cents(2.99 + static_cast<double>(random.Below(8)));
      break;
    default:
      break;
  }
  if (latents.kind == Kind::kSong || latents.kind == Kind::kFilm) {
    const auto oldest = latents.style == kVintage ? 1955 : 1995;
    item.attributes["year"] =
        oldest + static_cast<int>(random.Below(static_cast<std::uint64_t>(2024 - oldest)));
  }
}

}  // namespace

ItemText WriteText(const ItemLatents& item, Random random) {
  Slots slots = DrawSlots(item, random);
  slots["adj"] = DrawAdjective(item, random);
  const int number = 2 + static_cast<int>(random.Below(28));
  const Word title = Pick(TitleTemplates(item.kind), random);
  const Word first = Pick(FirstSentences(item.kind), random);
  const Word second = Pick(SecondSentences(item.kind), random);
  ItemText text;
  text.title_en = Fill(title.en, slots, number, false);
  text.title_zh = Fill(title.zh, slots, number, true);
  text.maker = slots["name"].en;
  // The second sentence speaks of others than the title does.
  slots["place"] = Pick(Places(), random);
  if (item.kind != Kind::kGoods) slots["adj"] = DrawAdjective(item, random);
  text.description_en =
      Fill(first.en, slots, number, false) + " " + Fill(second.en, slots, number, false);
  text.description_zh = Fill(first.zh, slots, number, true) + Fill(second.zh, slots, number, true);
  return text;
}

std::string WriteQuery(int category, int colour, int mood, bool chinese, Random& random) {
  const bool goods = static_cast<Kind>(category / kCategoriesPerKind) == Kind::kGoods;
  const Word& noun =
      random.Bernoulli(0.6) ? Pick(WordsOf(category).nouns, random) : CategoryWord(category);
  std::string_view gap = chinese ? "" : " ";
  std::string query;
  const auto add = [&](const Word& word) {
    if (!query.empty()) query += gap;
    query += chinese ? word.zh : word.en;
  };
  if (goods && random.Bernoulli(0.5)) add(ColourWord(colour));
  if (!goods && random.Bernoulli(0.4)) add(Pick(MoodAdjectives(mood), random));
  add(noun);
  return query;
}

std::string WriteComment(const ItemLatents& item, double liking, bool chinese, Random& random) {
  Slots slots;
  slots["noun"] = Pick(WordsOf(item.category).nouns, random);
  slots["mood"] = MoodWord(item.mood);
  const std::span<const Word> sentences = liking > 0.33    ? std::span<const Word>(kLoved)
                                          : liking < -0.33 ? std::span<const Word>(kHated)
                                                           : std::span<const Word>(kSoSo);
  const Word sentence = Pick(sentences, random);
  std::string text = Fill(chinese ? sentence.zh : sentence.en, slots, 0, chinese);
  if (random.Bernoulli(0.35)) {
    const Word& detail = Pick(WordsOf(item.category).details, random);
    text += chinese ? std::string(detail.zh) + "。" : " " + Capitalised(detail.en) + ".";
  }
  return text;
}

data::Item MakeItem(std::size_t index,
                    const ItemLatents& latents,
                    const ItemText& text,
                    Random random) {
  data::Item item;
  item.id = ItemId(latents.kind, index);
  item.kind = KindName(latents.kind);
  item.language = latents.chinese ? "zh" : "en";
  item.title = latents.chinese ? text.title_zh : text.title_en;
  item.description = latents.chinese ? text.description_zh : text.description_en;
  if (latents.translated) {
    const std::string suffix = latents.chinese ? ":en" : ":zh";
    item.texts["title" + suffix] = latents.chinese ? text.title_en : text.title_zh;
    item.texts["description" + suffix] =
        latents.chinese ? text.description_en : text.description_zh;
  }
  item.categories = {std::string(CategoryWord(latents.category).en)};
  item.created = latents.created;
  SetAttributes(item, latents, text, random);
  return item;
}

}  // namespace medley::simulation
