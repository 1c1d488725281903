#include "medley/data/reader.h"

#include <memory>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::data {

Result<std::unique_ptr<Reader>> MakeReader(std::string_view name) {
  std::string known;
  for (const ReaderKind& kind : kReaders) {
    if (kind.name == name) return kind.make();
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  return Fail(ErrorCode::kNotFound, "no format '" + std::string(name) + "'; there are: " + known);
}

}  // namespace medley::data
