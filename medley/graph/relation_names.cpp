#include "medley/graph/relation_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "medley/text/normalize.h"

namespace medley::graph {
namespace {

struct Known {
  std::string_view name;
  std::string_view tail_type;
  std::string_view same;     ///< other names, with blanks between and around
  std::string_view swapped;  ///< names from the tail's side
};

constexpr std::array kKnown = {
    Known{"director",
          kPerson,
          " directors directed_by director_name film.film.directed_by 导演 ",
          " film.director.film directed "},
    Known{"actor",
          kPerson,
          " actors cast starring stars performers film.film.actor 演员 主演 ",
          " film.actor.film acted_in "},
    Known{"writer",
          kPerson,
          " writers written_by screenwriter screenwriters film.film.written_by 编剧 ",
          " film.writer.film wrote "},
    Known{"author", kPerson, " authors author_name 作者 ", ""},
    Known{"artist", kPerson, " artists singer singers band performer 歌手 艺术家 ", ""},
    Known{"composer", kPerson, " composers music_by film.film.music 作曲 ", ""},
    Known{"producer",
          kPerson,
          " producers produced_by film.film.produced_by 制片人 ",
          " film.producer.film "},
    Known{"cinematographer",
          kPerson,
          " cinematographers cinematography film.film.cinematography 摄影 ",
          " film.cinematographer.film "},
    Known{"editor", kPerson, " editors edited_by film.film.edited_by 剪辑 ", ""},
    Known{"production_company",
          "company",
          " production_companies studio studios film.film.production_companies 制片公司 ",
          " film.production_company.films "},
    Known{"genre",
          "genre",
          " genres film.film.genre 类型 题材 ",
          " film.film_genre.films_in_this_genre "},
    Known{"language", "language", " languages film.film.language 语言 ", ""},
    Known{"country", "country", " countries film.film.country 国家 制片国家 ", ""},
    Known{"year", kYear, " release_year released year_of_release 年份 ", ""},
    Known{"content_rating",
          "content_rating",
          " film.film.rating mpaa certificate ",
          " film.content_rating.film "},
    Known{"subject", "subject", " subjects film.film.subjects 主题 ", " film.film_subject.films "},
    Known{"sequel", "", " film.film.sequel followed_by 续集 ", " film.film.prequel prequel "},
    Known{"award_nomination", "award", " film.film.award_nomination ", ""},
    Known{"award_won", "award", " film.film.award_won ", ""},
    Known{"category", "category", " categories 类别 ", ""},
    Known{"tag", "tag", " tags 标签 ", ""},
    Known{"brand", "brand", " brands manufacturer 品牌 ", ""},
    Known{"set_in", kPlace, " setting scene 故事地点 ", ""},
    Known{"place", kPlace, " places location 地点 ", ""},
    Known{"character_occupation", "occupation", " 人物职业 ", ""},
    Known{"character", "character", " characters 人物 角色 ", ""},
    Known{"based_on_writer", kPerson, " 原著作者 ", ""},
};

bool Lists(std::string_view names, const std::string& name) {
  return names.find(" " + name + " ") != std::string_view::npos;
}

/// "film" of "film.film.genre": what the source's own heads are.
std::string HeadTypeOf(std::string_view path) {
  const auto last = path.rfind('.');
  if (last == std::string_view::npos || last == 0) return {};
  const auto before = path.rfind('.', last - 1);
  const auto begin = before == std::string_view::npos ? 0 : before + 1;
  return std::string(path.substr(begin, last - begin));
}

}  // namespace

RelationName CanonicalRelation(std::string_view source_name) {
  std::string plain = text::Normalize(source_name);
  std::ranges::replace(plain, ' ', '_');
  std::ranges::replace(plain, '-', '_');
  for (const Known& known : kKnown) {
    const bool swapped = Lists(known.swapped, plain);
    if (!swapped && plain != known.name && !Lists(known.same, plain)) continue;
    RelationName relation{std::string(known.name), swapped, {}, std::string(known.tail_type)};
    if (plain.find('.') != std::string::npos) relation.head_type = plain.substr(0, plain.find('.'));
    if (relation.tail_type.empty()) relation.tail_type = relation.head_type;
    return relation;
  }
  const auto last = plain.rfind('.');
  const bool path = last != std::string::npos && last + 1 < plain.size();
  std::string name = path ? plain.substr(last + 1) : plain;
  return {name, false, path ? HeadTypeOf(plain) : std::string(), name};
}

std::string ReadableRelation(std::string_view name) {
  std::string readable(name);
  std::ranges::replace(readable, '_', ' ');
  return readable;
}

std::string LanguageName(std::string_view code) {
  constexpr std::string_view kNames[][2] = {{"en", "English"},
                                            {"zh", "Chinese"},
                                            {"fr", "French"},
                                            {"de", "German"},
                                            {"es", "Spanish"},
                                            {"it", "Italian"},
                                            {"ja", "Japanese"},
                                            {"ko", "Korean"},
                                            {"ru", "Russian"},
                                            {"pt", "Portuguese"},
                                            {"ar", "Arabic"},
                                            {"hi", "Hindi"},
                                            {"nl", "Dutch"},
                                            {"sv", "Swedish"},
                                            {"pl", "Polish"},
                                            {"tr", "Turkish"}};
  const auto part = code.substr(0, code.find_first_of("-_"));
  for (const auto& [known, name] : kNames) {
    if (part == known) return std::string(name);
  }
  return std::string(code);
}

bool ListedWithCommas(std::string_view tail_type) {
  constexpr std::array<std::string_view, 6> kTypes = {
      kPerson, "language", "country", "genre", "company", "subject"};
  return std::ranges::find(kTypes, tail_type) != std::end(kTypes);
}

}  // namespace medley::graph
