#include "medley/data/columns.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/modality.h"
#include "medley/data/reader.h"
#include "medley/data/text_check.h"

namespace medley::data {
namespace {

struct FieldNames {
  Field field;
  std::string_view name;  ///< what --map and previews call it
  /// Plain names (PlainName) that mean it, with blanks between and around.
  std::string_view synonyms;
};

constexpr FieldNames kUserNames{
    Field::kUser,
    "user",
    " user userid uid users customer customerid reviewerid visitor visitorid member memberid "
    "account accountid profileid useridtoken 用户 用户id 用户编号 会员 "};
constexpr FieldNames kItemNames{
    Field::kItem,
    "item",
    " item itemid iid items sku asin parentasin product productid goods goodsid movie movieid song "
    "songid track trackid video videoid news newsid "
    "article articleid book bookid isbn poi business businessid artistid contentid 商品 商品id "
    "商品编号 物品 电影 电影id 歌曲 视频 "};

constexpr FieldNames kEventFields[] = {
    kUserNames,
    kItemNames,
    {Field::kId, "id", " id eventid logid "},
    {Field::kType,
     "type",
     " type event eventtype action actiontype behavior behaviortype behaviour interaction 行为 "
     "类型 行为类型 "},
    {Field::kRating, "rating", " rating ratings stars score overall grade 评分 打分 "},
    {Field::kValue,
     "value",
     " value dwell dwelltime seconds duration watchtime playtime playtimetruncate playduration "
     "quantity qty amount count weight plays listencount 时长 数量 "},
    {Field::kTime,
     "time",
     " time timestamp ts date datetime created createdat createdtime eventtime unixreviewtime "
     "reviewtime ratingtimestamp timems timestampms 时间 日期 "},
    {Field::kText,
     "text",
     " text comment review reviewtext reviewbody query searchquery content keyword tag 评论 内容 "
     "查询 "},
    {Field::kModality, "modality", " modality "},
    {Field::kSession, "session", " session sessionid 会话 "},
    {Field::kContext, "context", " context "},
    {Field::kRequest, "request", " request requestid impressionid "},
};

constexpr FieldNames kItemFields[] = {
    {Field::kId,
     "id",
     " id itemid item iid sku asin parentasin productid product goodsid movieid songid trackid "
     "videoid newsid articleid bookid isbn "
     "businessid contentid 商品id 商品编号 编号 电影id "},
    {Field::kTitle,
     "title",
     " title name movietitle itemname productname producttitle producttitles headline songname "
     "songtitle trackname subject 标题 名称 片名 歌名 商品名称 "},
    {Field::kDescription,
     "description",
     " description desc plot overview summary abstract text content body synopsis details 描述 "
     "简介 剧情 内容 详情 "},
    {Field::kTexts, "texts", " texts "},
    {Field::kKind, "kind", " kind itemkind itemtype mediatype 种类 "},
    {Field::kLanguage, "language", " language lang locale 语言 "},
    {Field::kCategories,
     "categories",
     " categories category genre genres class cat maincat topic topics subcategory categorypath "
     "类别 分类 类型 "},
    {Field::kTags, "tags", " tags tag keywords keyword labels 标签 关键词 "},
    {Field::kAttributes, "attributes", " attributes "},
    {Field::kCreated,
     "created",
     " created createdat releasedate published publishedat publishdate pubdate date datetime time "
     "timestamp 上架时间 发布时间 时间 日期 "},
    {Field::kHidden, "hidden", " hidden "},
    {Field::kMedia, "media", " media mediafile file filename path 媒体 "},
};

constexpr FieldNames kUserFields[] = {
    {Field::kId,
     "id",
     " id userid user uid customerid customer reviewerid visitorid memberid 用户 用户id 用户编号 "},
    {Field::kLocale, "locale", " locale language lang 语言 "},
    {Field::kTime,
     "created",
     " created createdat registered registeredat signup signupdate joined 注册时间 "},
    {Field::kConsent, "consent", " consent "},
    {Field::kAttributes, "labels", " labels "},
};

struct MediaNames {
  Modality modality;
  std::string_view synonyms;
};
constexpr MediaNames kMediaFields[] = {
    {Modality::kImage,
     " image imagefile imagepath img picture photo poster cover thumbnail 图片 海报 封面 "},
    {Modality::kAudio, " audio audiofile audiopath sound soundfile mp3 音频 "},
    {Modality::kVideo, " video videofile videopath film clip trailer 视频 "},
};

bool Knows(std::string_view synonyms, const std::string& plain) {
  return !plain.empty() && synonyms.find(" " + plain + " ") != std::string_view::npos;
}

std::string_view NamesOf(std::span<const FieldNames> fields, Field field) {
  const auto found = std::ranges::find(fields, field, &FieldNames::field);
  return found == fields.end() ? std::string_view() : found->synonyms;
}

std::span<const FieldNames> FieldsOf(RecordKind kind) {
  switch (kind) {
    case RecordKind::kItems:
      return kItemFields;
    case RecordKind::kUsers:
      return kUserFields;
    case RecordKind::kEvents:
    case RecordKind::kTriples:
      break;
  }
  return kEventFields;
}

/// "title_zh", "description:en": a translation.
std::optional<std::string> TranslationName(std::string_view name) {
  for (const std::string_view text : {"title", "description"}) {
    if (name.size() > text.size() + 2 && name.size() <= text.size() + 6 && name.starts_with(text) &&
        (name[text.size()] == ':' || name[text.size()] == '_')) {
      return std::string(text) + ":" + std::string(name.substr(text.size() + 1));
    }
  }
  return std::nullopt;
}

Column ByName(const std::string& name, RecordKind kind) {
  const std::string plain = PlainName(name);
  for (const FieldNames& field : FieldsOf(kind)) {
    if (Knows(field.synonyms, plain)) return {field.field, {}, 0};
  }
  if (kind == RecordKind::kEvents) return {};
  if (kind == RecordKind::kItems) {
    if (auto translation = TranslationName(name)) return {Field::kTranslation, *translation, 0};
    for (const MediaNames& media : kMediaFields) {
      if (Knows(media.synonyms, plain))
        return {Field::kMediaFile, std::string(ModalityName(media.modality)), 0};
    }
    if (plain == "releaseyear") return {Field::kAttribute, "year", 0};
  }
  return {Field::kAttribute, name, 0};
}

/// The field that --map names.
Column ByFieldName(const std::string& field, RecordKind kind) {
  for (const FieldNames& known : FieldsOf(kind)) {
    if (known.name == field) return {known.field, {}, 0};
  }
  // "item=sku" says which column holds the item's id, also in a table of items.
  if ((kind == RecordKind::kItems && field == "item") ||
      (kind == RecordKind::kUsers && field == "user"))
    return {Field::kId, {}, 0};
  if (kind == RecordKind::kItems) {
    if (auto translation = TranslationName(field)) return {Field::kTranslation, *translation, 0};
    if (const auto modality = ParseModality(field); modality && *modality != Modality::kText)
      return {Field::kMediaFile, field, 0};
  }
  return kind == RecordKind::kEvents ? Column{} : Column{Field::kAttribute, field, 0};
}

RecordKind KindOf(const std::vector<std::string>& names, const ReadOptions& options) {
  if (options.as) return *options.as;
  bool user = false;
  bool item = false;
  bool query = false;
  bool described = false;
  bool happened = false;
  for (const std::string& name : names) {
    const std::string plain = PlainName(name);
    user = user || Knows(kUserNames.synonyms, plain);
    item = item || Knows(kItemNames.synonyms, plain);
    query = query || plain == "query" || plain == "searchquery";
    described = described || Knows(NamesOf(kItemFields, Field::kTitle), plain) ||
                Knows(NamesOf(kItemFields, Field::kDescription), plain);
    happened = happened || Knows(NamesOf(kEventFields, Field::kTime), plain) ||
               Knows(NamesOf(kEventFields, Field::kRating), plain) ||
               Knows(NamesOf(kEventFields, Field::kType), plain);
  }
  user = user || options.map.contains("user");
  item = item || options.map.contains("item");
  // A catalogue may say who uploaded an item; what is described and did not happen is no event.
  if (item && described && !happened) return RecordKind::kItems;
  if (user && (item || query)) return RecordKind::kEvents;
  return user ? RecordKind::kUsers : RecordKind::kItems;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "'" : ", '") + std::string(CutText(name, 60)) + "'";
  return out;
}

/// The first column of a name keeps the field; later ones with another name for it become
/// attributes or are left out.
void KeepFirst(ColumnPlan& plan, const std::vector<std::string>& names) {
  std::vector<Field> seen;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    Column& column = plan.columns[i];
    if (column.field == Field::kIgnored || column.field == Field::kAttribute ||
        column.field == Field::kTranslation || column.field == Field::kMediaFile) {
      continue;
    }
    if (std::ranges::find(seen, column.field) == seen.end()) {
      seen.push_back(column.field);
    } else {
      column = plan.kind == RecordKind::kEvents ? Column{} : Column{Field::kAttribute, names[i], 0};
    }
  }
}

Status CheckComplete(const ColumnPlan& plan, const std::vector<std::string>& names) {
  const auto has = [&](Field field) {
    return std::ranges::find(plan.columns, field, &Column::field) != plan.columns.end();
  };
  const auto fail = [&](const std::string& what) {
    return Fail(ErrorCode::kInvalidInput,
                "no column for the " + what + " among " + Listed(names) + "; name it with --map " +
                    what + "=COLUMN");
  };
  if (plan.kind == RecordKind::kEvents) {
    if (!has(Field::kUser)) return fail("user");
    if (!has(Field::kItem) && !has(Field::kText)) return fail("item");
    return {};
  }
  return has(Field::kId) ? Status{} : fail("id");
}

}  // namespace

Result<ColumnPlan> PlanColumns(const std::vector<std::string>& names, const ReadOptions& options) {
  ColumnPlan plan;
  plan.kind = KindOf(names, options);
  plan.columns.resize(names.size());
  std::vector<bool> mapped(names.size(), false);
  for (const auto& [field, column] : options.map) {
    const auto found = std::ranges::find(names, column);
    if (found == names.end()) {
      return Fail(ErrorCode::kInvalidInput,
                  "--map " + field + "=" + column + ": there is no column '" + column + "' among " +
                      Listed(names));
    }
    const auto index = static_cast<std::size_t>(found - names.begin());
    plan.columns[index] = ByFieldName(field, plan.kind);
    mapped[index] = true;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (mapped[i] || std::ranges::find(options.ignore, names[i]) != options.ignore.end()) continue;
    Column column = ByName(names[i], plan.kind);
    // A column that was named beats one that is guessed.
    const bool taken = column.field != Field::kAttribute && column.field != Field::kIgnored &&
                       column.field != Field::kMediaFile && column.field != Field::kTranslation &&
                       std::ranges::any_of(plan.columns, [&](const Column& other) {
                         return other.field == column.field &&
                                mapped[static_cast<std::size_t>(&other - plan.columns.data())];
                       });
    if (taken)
      column = plan.kind == RecordKind::kEvents ? Column{} : Column{Field::kAttribute, names[i], 0};
    plan.columns[i] = column;
  }
  KeepFirst(plan, names);
  MEDLEY_RETURN_IF_ERROR(CheckComplete(plan, names));
  return plan;
}

bool LooksLikeHeader(const std::vector<std::string>& cells) {
  bool known = false;
  for (const std::string& cell : cells) {
    const auto text = TrimText(cell);
    if (text.empty() && cells.size() == 1) return false;
    const bool number =
        !text.empty() && text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
    if (number || text.size() > 80) return false;
    const std::string plain = PlainName(text);
    for (const RecordKind kind : {RecordKind::kEvents, RecordKind::kItems, RecordKind::kUsers}) {
      known = known || std::ranges::any_of(FieldsOf(kind), [&](const FieldNames& field) {
                return Knows(field.synonyms, plain);
              });
    }
  }
  return known;
}

std::string FieldName(const Column& column, RecordKind kind) {
  switch (column.field) {
    case Field::kIgnored:
      return {};
    case Field::kAttribute:
      return (kind == RecordKind::kUsers ? "labels." : "attributes.") + column.name;
    case Field::kTranslation:
      return "texts." + column.name;
    case Field::kMediaFile:
      return "media (" + column.name + ")";
    default:
      break;
  }
  for (const FieldNames& field : FieldsOf(kind)) {
    if (field.field == column.field) return std::string(field.name);
  }
  return {};
}

}  // namespace medley::data
