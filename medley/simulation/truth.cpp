#include "medley/simulation/truth.h"

#include <algorithm>
#include <cmath>

#include "medley/core/file.h"
#include "medley/core/json.h"

namespace medley::simulation {
namespace {

constexpr const char* kFormat = "medley simulated truth 1";

double Between(double a, double b, double part) { return a + (b - a) * part; }

template <std::size_t n>
void Blend(std::array<double, n>& into, const std::array<double, n>& late, double part) {
  for (std::size_t i = 0; i < n; ++i) into[i] = Between(into[i], late[i], part);
}

double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

template <std::size_t n>
Json Numbers(const std::array<double, n>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(Rounded(value));
  return list;
}

Json TasteJson(const Taste& taste) {
  return {{"category", Numbers(taste.category)},
          {"colour", Numbers(taste.colour)},
          {"style", Numbers(taste.style)},
          {"mood", Numbers(taste.mood)},
          {"tempo", Rounded(taste.tempo)},
          {"tempo_weight", Rounded(taste.tempo_weight)},
          {"brightness", Rounded(taste.brightness)},
          {"foreign_language", Rounded(taste.foreign_language)}};
}

Taste TasteFrom(const Json& json) {
  Taste taste;
  json.at("category").get_to(taste.category);
  json.at("colour").get_to(taste.colour);
  json.at("style").get_to(taste.style);
  json.at("mood").get_to(taste.mood);
  json.at("tempo").get_to(taste.tempo);
  json.at("tempo_weight").get_to(taste.tempo_weight);
  json.at("brightness").get_to(taste.brightness);
  json.at("foreign_language").get_to(taste.foreign_language);
  return taste;
}

constexpr std::array<const char*, 3> kRoles = {"person", "cold", "bot"};

Json UserJson(const UserTruth& user) {
  return {{"id", user.id},
          {"role", kRoles[static_cast<std::size_t>(user.role)]},
          {"chinese", user.chinese},
          {"early", TasteJson(user.early)},
          {"late", TasteJson(user.late)}};
}

UserTruth UserFrom(const Json& json) {
  UserTruth user;
  user.id = json.at("id").get<std::string>();
  const auto role = json.at("role").get<std::string>();
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (role == kRoles[i]) user.role = static_cast<Role>(i);
  }
  user.chinese = json.at("chinese").get<bool>();
  user.early = TasteFrom(json.at("early"));
  user.late = TasteFrom(json.at("late"));
  return user;
}

Json ItemJson(const std::string& id, const ItemLatents& item) {
  return {{"id", id},
          {"kind", KindName(item.kind)},
          {"category", item.category},
          {"colour", item.colour},
          {"style", item.style},
          {"mood", item.mood},
          {"tempo", Rounded(item.tempo)},
          {"brightness", Rounded(item.brightness)},
          {"quality", Rounded(item.quality)},
          {"popularity", Rounded(item.popularity)},
          {"chinese", item.chinese},
          {"translated", item.translated},
          {"created", item.created}};
}

int IndexFrom(const Json& json, const char* field, int count) {
  const int index = json.at(field).get<int>();
  if (index < 0 || index >= count)
    throw Json::out_of_range::create(401, "an attribute is out of range", &json);
  return index;
}

ItemLatents ItemFrom(const Json& json) {
  ItemLatents item;
  item.category = IndexFrom(json, "category", kCategories);
  item.kind = static_cast<Kind>(item.category / kCategoriesPerKind);
  item.colour = IndexFrom(json, "colour", kColours);
  item.style = IndexFrom(json, "style", kStyles);
  item.mood = IndexFrom(json, "mood", kMoods);
  json.at("tempo").get_to(item.tempo);
  json.at("brightness").get_to(item.brightness);
  json.at("quality").get_to(item.quality);
  json.at("popularity").get_to(item.popularity);
  json.at("chinese").get_to(item.chinese);
  json.at("translated").get_to(item.translated);
  json.at("created").get_to(item.created);
  return item;
}

Json ScoreJson(const RankingScore& score) {
  return {{"recall@10", Rounded(score.recall_10)},
          {"recall@20", Rounded(score.recall_20)},
          {"ndcg@10", Rounded(score.ndcg_10)}};
}

Json InterestJson(const InterestScores& scores) {
  return {{"base_rate", Rounded(scores.base_rate)},
          {"accuracy", Rounded(scores.accuracy)},
          {"precision", Rounded(scores.precision)},
          {"recall", Rounded(scores.recall)},
          {"f1", Rounded(scores.f1)},
          {"answers", scores.answers}};
}

/// Zeros for a market that was drawn before people were asked.
InterestScores InterestFrom(const Json& best) {
  if (!best.contains("interest")) return {};
  const Json& json = best.at("interest");
  return {.base_rate = json.at("base_rate").get<double>(),
          .accuracy = json.at("accuracy").get<double>(),
          .precision = json.at("precision").get<double>(),
          .recall = json.at("recall").get<double>(),
          .f1 = json.at("f1").get<double>(),
          .answers = json.at("answers").get<std::size_t>()};
}

RankingScore ScoreFrom(const Json& json) {
  return {json.at("recall@10").get<double>(),
          json.at("recall@20").get<double>(),
          json.at("ndcg@10").get<double>()};
}

template <typename Name>
Json NamesOf(int count, Name name) {
  Json names = Json::array();
  for (int i = 0; i < count; ++i) names.push_back(name(i).en);
  return names;
}

}  // namespace

double Utility(const Taste& taste, const ItemLatents& item, bool chinese_user) {
  double sum = taste.category[static_cast<std::size_t>(item.category)] +
               taste.colour[static_cast<std::size_t>(item.colour)] +
               taste.style[static_cast<std::size_t>(item.style)] +
               taste.mood[static_cast<std::size_t>(item.mood)];
  sum -= taste.tempo_weight * std::fabs(item.tempo - taste.tempo) / 40;
  sum += taste.brightness * (2 * item.brightness - 1) + 0.35 * item.quality;
  if (item.chinese != chinese_user && !item.translated) sum += taste.foreign_language;
  return sum;
}

Taste TasteAt(const UserTruth& user, TimeMs time, TimeMs market_end) {
  const double part = std::clamp(
      1 - static_cast<double>(market_end - time) / static_cast<double>(kMarketSpanMs), 0.0, 1.0);
  Taste taste = user.early;
  Blend(taste.category, user.late.category, part);
  Blend(taste.colour, user.late.colour, part);
  Blend(taste.style, user.late.style, part);
  Blend(taste.mood, user.late.mood, part);
  taste.tempo = Between(taste.tempo, user.late.tempo, part);
  taste.tempo_weight = Between(taste.tempo_weight, user.late.tempo_weight, part);
  taste.brightness = Between(taste.brightness, user.late.brightness, part);
  taste.foreign_language = Between(taste.foreign_language, user.late.foreign_language, part);
  return taste;
}

Truth::Truth(std::uint64_t seed, std::vector<UserTruth> users, std::vector<ItemLatents> items)
    : seed_(seed), users_(std::move(users)), items_(std::move(items)) {
  for (const auto& user : users_) user_ids_.Intern(user.id);
  for (std::size_t i = 0; i < items_.size(); ++i) item_ids_.Intern(ItemId(items_[i].kind, i));
}

double Truth::Preference(UserIndex user, ItemIndex item, TimeMs time) const {
  const UserTruth& who = users_[user];
  return Utility(TasteAt(who, time, market_end()), items_[item], who.chinese);
}

Status Truth::Save(const std::filesystem::path& file) const {
  Json json = {{"format", kFormat},
               {"simulated", true},
               {"seed", seed_},
               {"names",
                {{"category", NamesOf(kCategories, CategoryWord)},
                 {"colour", NamesOf(kColours, ColourWord)},
                 {"style", NamesOf(kStyles, StyleWord)},
                 {"mood", NamesOf(kMoods, MoodWord)}}},
               {"best",
                {{"preference", ScoreJson(best_.preference)},
                 {"behaviour", ScoreJson(best_.behaviour)},
                 {"popularity", ScoreJson(best_.popularity)},
                 {"interest", InterestJson(best_.interest)},
                 {"users", best_.users}}}};
  Json& users = json["users"] = Json::array();
  for (const auto& user : users_) users.push_back(UserJson(user));
  Json& items = json["items"] = Json::array();
  for (std::size_t i = 0; i < items_.size(); ++i)
    items.push_back(ItemJson(ItemId(items_[i].kind, i), items_[i]));
  return WriteFileAtomically(file, DumpJson(json) + "\n");
}

Result<Truth> Truth::Load(const std::filesystem::path& file) {
  MEDLEY_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  MEDLEY_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  try {
    if (json.at("format") != kFormat)
      return Fail(ErrorCode::kCorrupt, file.string() + " is not the truth of a simulated market");
    std::vector<UserTruth> users;
    for (const auto& user : json.at("users")) users.push_back(UserFrom(user));
    std::vector<ItemLatents> items;
    for (const auto& item : json.at("items")) items.push_back(ItemFrom(item));
    Truth truth(json.at("seed").get<std::uint64_t>(), std::move(users), std::move(items));
    const Json& best = json.at("best");
    truth.best_ = {ScoreFrom(best.at("preference")),
                   ScoreFrom(best.at("behaviour")),
                   ScoreFrom(best.at("popularity")),
                   best.at("users").get<std::size_t>(),
                   InterestFrom(best)};
    return truth;
  } catch (const Json::exception& error) {
    return Fail(ErrorCode::kCorrupt,
                file.string() + " is not the truth of a simulated market: " + error.what());
  }
}

}  // namespace medley::simulation
