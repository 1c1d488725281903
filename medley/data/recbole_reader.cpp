#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/columns.h"
#include "medley/data/reader.h"
#include "medley/data/table_reader.h"
#include "medley/data/text_check.h"
#include "medley/data/triple_reader.h"

namespace medley::data {
namespace {

namespace fs = std::filesystem;

/// "item_id:token" without the type.
std::string NameOf(std::string_view cell) {
  return std::string(TrimText(cell.substr(0, cell.rfind(':'))));
}

/// A token_seq is a list with blanks between; a title or a description of that type is words all
/// the same.
void ApplyTypes(const std::vector<std::string>& header, ColumnPlan& plan) {
  for (std::size_t i = 0; i < plan.columns.size() && i < header.size(); ++i) {
    if (header[i].ends_with(":token_seq")) plan.columns[i].separator = ' ';
  }
}

class RecBoleReader : public Reader {
 public:
  Status Read(const fs::path& path, const ReadOptions& options, RecordSink& sink) override {
    std::error_code error;
    if (!fs::is_directory(path, error)) return ReadOne(path, options, sink);
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path, error)) files.push_back(entry.path());
    std::ranges::sort(files);
    bool any = false;
    // Items and users first, so that events and links find them.
    for (const char* extension : std::array{".item", ".user", ".inter", ".link", ".kg"}) {
      for (const auto& file : files) {
        if (file.extension() != extension) continue;
        MEDLEY_RETURN_IF_ERROR(ReadOne(file, options, sink));
        any = true;
      }
    }
    if (any) return {};
    return Fail(ErrorCode::kNotFound,
                "no .inter, .item, .user, .kg or .link file in '" + path.string() + "'");
  }

 private:
  static Status ReadOne(const fs::path& file, const ReadOptions& given, RecordSink& sink) {
    if (file.extension() == ".kg") return ReadTriples(file, TripleTable::kTriples, given, sink);
    if (file.extension() == ".link") return ReadTriples(file, TripleTable::kLinks, given, sink);
    ReadOptions options = given;
    if (!options.as) {
      options.as = file.extension() == ".item"   ? RecordKind::kItems
                   : file.extension() == ".user" ? RecordKind::kUsers
                                                 : RecordKind::kEvents;
    }
    TableShape shape;
    shape.delimiter = "\t";
    shape.has_header = true;
    shape.rename = &NameOf;
    shape.adjust = &ApplyTypes;
    return ReadTable(file, shape, options, sink);
  }
};

}  // namespace

std::unique_ptr<Reader> MakeRecBoleReader() { return std::make_unique<RecBoleReader>(); }

}  // namespace medley::data
