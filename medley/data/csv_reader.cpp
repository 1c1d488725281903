#include <filesystem>
#include <memory>

#include "medley/core/result.h"
#include "medley/data/reader.h"
#include "medley/data/table_reader.h"

namespace medley::data {
namespace {

class CsvReader : public Reader {
 public:
  Status Read(const std::filesystem::path& path,
              const ReadOptions& options,
              RecordSink& sink) override {
    return ReadTable(path, {}, options, sink);
  }
};

}  // namespace

std::unique_ptr<Reader> MakeCsvReader() { return std::make_unique<CsvReader>(); }

}  // namespace medley::data
