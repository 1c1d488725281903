// Pushes damaged CSV and JSONL rows through the readers, that of documents too: rows_fuzz [LINES]
// [SEED]. Every line must come out as a record or as a rejection; nothing may crash. Prints counts;
// exit status 1 where none became a record or none a rejection.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/file.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/data/document_reader.h"
#include "medley/data/reader.h"
#include "tests/fuzz/sample_media.h"

namespace medley {
namespace {

/// Counts, and reads every byte that it is given, so that the sanitizers see it.
class CountingSink : public data::RecordSink {
 public:
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;
  std::uint64_t checksum = 0;

  Status OnMapping(const data::Mapping&) override { return {}; }
  Status OnItem(data::Item,
                std::span<const data::MediaReference>,
                const data::Origin& origin) override {
    return Count(records, origin);
  }
  Status OnUser(data::User, const data::Origin& origin) override { return Count(records, origin); }
  Status OnEvent(const data::EventView&, const data::Origin& origin) override {
    return Count(records, origin);
  }
  Status OnVector(std::string_view, std::span<const float>, const data::Origin& origin) override {
    return Count(records, origin);
  }
  Status OnTriple(data::Triple triple, const data::Origin& origin) override {
    Touch(triple.relation);
    return Count(records, origin);
  }
  Status OnReject(std::string_view field,
                  std::string_view reason,
                  const data::Origin& origin) override {
    Touch(field);
    Touch(reason);
    return Count(rejected, origin);
  }
  void OnNote(std::string_view note) override { Touch(note); }
  Status OnProgress(std::uint64_t) override { return {}; }

 private:
  void Touch(std::string_view text) {
    for (const char c : text) checksum = checksum * 31 + static_cast<unsigned char>(c);
  }
  Status Count(std::uint64_t& counter, const data::Origin& origin) {
    ++counter;
    Touch(origin.row);
    return {};
  }
};

std::string GoodRow(bool jsonl, Random& random) {
  const std::string user = "u" + std::to_string(random.Below(50));
  const std::string item = "i" + std::to_string(random.Below(80));
  const std::string value = std::to_string(random.Below(50) / 10.0);
  const std::string time = std::to_string(1'700'000'000 + random.Below(10'000'000));
  if (!jsonl) return user + "," + item + ",click," + value + ",\"a \"\"note\"\"\"," + time;
  return R"({"user":")" + user + R"(","item":")" + item + R"(","type":"click","value":)" + value +
         R"(,"context":{"page":[1,2]},"timestamp":)" + time + "}";
}

std::string DamagedFile(bool jsonl, int lines, Random& random) {
  std::string text = jsonl ? "" : "user,item,type,value,text,timestamp\n";
  if (!jsonl && random.Bernoulli(0.1)) text = samples::Mutate(text, text, random);
  for (int i = 0; i < lines; ++i) {
    text += samples::Mutate(GoodRow(jsonl, random), GoodRow(!jsonl, random), random) + "\n";
  }
  return text;
}

int Run(std::uint64_t lines, std::uint64_t seed) {
  constexpr int kLines = 100;
  Random random(seed);
  std::string name = (std::filesystem::temp_directory_path() / "medley-rows-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 1;
  const std::filesystem::path folder = name;
  CountingSink sink;
  int refused = 0;
  std::size_t documents = 0;
  std::size_t rejected_documents = 0;
  bool written = true;
  for (std::uint64_t i = 0; i < lines && written; i += kLines) {
    const bool jsonl = i / kLines % 2 == 1;
    const auto path = folder / (jsonl ? "rows.jsonl" : "rows.csv");
    written = WriteFileAtomically(path, DamagedFile(jsonl, kLines, random)).has_value();
    auto reader = data::MakeReader(jsonl ? "jsonl" : "csv");
    if (!reader || !(*reader)->Read(path, {}, sink)) ++refused;
    if (const auto read = data::ReadDocuments(path, {}); read) {
      documents += read->documents.size();
      rejected_documents += read->rejected.size();
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::printf("as documents: %zu, rejected %zu\n", documents, rejected_documents);
  std::printf("%llu lines: records %llu, rejected %llu; whole files refused: %d\n",
              static_cast<unsigned long long>(lines),
              static_cast<unsigned long long>(sink.records),
              static_cast<unsigned long long>(sink.rejected),
              refused);
  return written && sink.records > 0 && sink.rejected > 0 && documents > 0 && rejected_documents > 0
             ? 0
             : 1;
}

}  // namespace
}  // namespace medley

int main(int argc, char** argv) {
  const std::uint64_t lines = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return medley::Run(lines, seed);
}
