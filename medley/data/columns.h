#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/reader.h"

namespace medley::data {

/// What a column of a foreign table, or a key of a foreign object, becomes.
enum class Field : std::uint8_t {
  kIgnored,
  kId,  ///< of the record itself
  kUser,
  kItem,
  kType,
  kRating,
  kValue,
  kTime,
  kText,
  kModality,
  kSession,
  kContext,
  kRequest,
  kTitle,
  kDescription,
  kTranslation,  ///< one of Item::texts, by Column::name
  kTexts,        ///< all of Item::texts, as JSON
  kKind,
  kLanguage,
  kCategories,
  kTags,
  kAttribute,   ///< one of Item::attributes or User::labels, by Column::name
  kAttributes,  ///< all of them, as JSON
  kCreated,
  kHidden,
  kLocale,
  kConsent,
  kMedia,      ///< a file name, or the JSON list that export writes
  kMediaFile,  ///< a file name of the modality that Column::name says
};

struct Column {
  Field field = Field::kIgnored;
  std::string name;
  char separator = 0;  ///< between the entries of a list; 0: told by the cell
};

struct ColumnPlan {
  RecordKind kind = RecordKind::kEvents;
  std::vector<Column> columns;
};

/// Decides what each column is, by `options.map`, then by its name (English and Chinese synonyms),
/// and from that whether the rows are items, users or events. Errors: kInvalidInput where a mapped
/// column does not exist, or no column can be the id; the message lists the columns.
Result<ColumnPlan> PlanColumns(const std::vector<std::string>& names, const ReadOptions& options);

/// Whether the cells look like names of columns rather than like a record.
bool LooksLikeHeader(const std::vector<std::string>& cells);

/// "user", "attributes.price"; empty for kIgnored.
std::string FieldName(const Column& column, RecordKind kind);

}  // namespace medley::data
