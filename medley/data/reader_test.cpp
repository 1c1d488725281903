#include "medley/data/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/random.h"
#include "medley/data/catalogue.h"
#include "medley/data/delimited.h"
#include "medley/data/event.h"
#include "medley/data/keeping_sink.h"
#include "medley/data/text_stream.h"

namespace medley::data {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ReaderFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "medley_read_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  KeepingSink Read(const char* format,
                   const fs::path& path,
                   const ReadOptions& options = {}) const {
    KeepingSink sink;
    const auto reader = MakeReader(format);
    EXPECT_TRUE(reader.has_value());
    const auto status = (*reader)->Read(path, options, sink);
    EXPECT_TRUE(status.has_value()) << status.error().message;
    return sink;
  }
  fs::path folder_;
};

using CsvReaderTest = ReaderFiles;
using JsonlReaderTest = ReaderFiles;
using MovieLensReaderTest = ReaderFiles;
using RecBoleReaderTest = ReaderFiles;
using S3RecReaderTest = ReaderFiles;
using NpyReaderTest = ReaderFiles;
using DelimitedRowsTest = ReaderFiles;
using TextStreamTest = ReaderFiles;

TEST_F(CsvReaderTest, TellsEventsByTheirColumns) {
  const auto sink =
      Read("csv",
           Write("e.csv",
                 "timestamp;visitor_id;sku;event\n1700000000;u1;a;view\n1700000001;u2;b;buy\n"));
  ASSERT_EQ(sink.events.size(), 2U);
  EXPECT_EQ(sink.events[0].user, "u1");
  EXPECT_EQ(sink.events[0].type, EventType::kBrowse);
  EXPECT_EQ(sink.events[1].type, EventType::kPurchase);
  EXPECT_EQ(sink.events[1].time, 1'700'000'001'000);
}

TEST_F(CsvReaderTest, TellsItemsByTheirColumns) {
  const auto sink = Read("csv",
                         Write("i.csv",
                               "asin,product title,category,price,poster,title_zh,code\nx,\"A, "
                               "b\",toys|games,19.9,x.jpg,甲,007\n"));
  ASSERT_EQ(sink.items.size(), 1U);
  const Item& item = sink.items[0];
  EXPECT_EQ(item.title, "A, b");
  EXPECT_EQ(item.categories, (std::vector<std::string>{"toys", "games"}));
  EXPECT_EQ(item.attributes, Json({{"price", 19.9}, {"code", "007"}}));
  EXPECT_EQ(item.texts.at("title:zh"), "甲");
  ASSERT_EQ(sink.media.size(), 1U);
  EXPECT_EQ(sink.media[0].path, "x.jpg");
  EXPECT_EQ(sink.media[0].modality, Modality::kImage);
}

TEST_F(CsvReaderTest, ReadsAllEventTypes) {
  std::string csv = "user,item,type,value,time\n";
  for (int type = 0; type < kEventTypeCount; ++type) {
    csv += "u,i," + std::string(EventTypeName(static_cast<EventType>(type))) + ",3,1700000000\n";
  }
  const auto sink = Read("csv", Write("e.csv", csv));
  ASSERT_EQ(sink.events.size(), static_cast<std::size_t>(kEventTypeCount));
  for (int type = 0; type < kEventTypeCount; ++type)
    EXPECT_EQ(sink.events[static_cast<std::size_t>(type)].type, static_cast<EventType>(type));
}

TEST_F(CsvReaderTest, ABadRowIsNamedAndTheRestIsRead) {
  ReadOptions options;
  options.encoding = "utf-8";
  const auto sink =
      Read("csv",
           Write("e.csv",
                 "user,item,rating,time\nu,i,4,1700000000\n,i,4,1700000000\nu,i,four,1700000000\nu,"
                 "i,4,yesterday\n"
                 "u,i\nu,\xff\xfe,4,1700000000\nu,j,5,1700000000\nu,\"open,4,1700000000\n"),
           options);
  EXPECT_EQ(sink.events.size(), 2U);
  ASSERT_EQ(sink.rejections.size(), 6U);
  EXPECT_EQ(sink.rejections[0].line, 3U);
  EXPECT_EQ(sink.rejections[0].field, "user");
  EXPECT_EQ(sink.rejections[1].field, "rating");
  EXPECT_THAT(sink.rejections[1].reason, HasSubstr("'four'"));
  EXPECT_EQ(sink.rejections[2].field, "time");
  EXPECT_THAT(sink.rejections[3].reason, HasSubstr("2 columns instead of 4"));
  EXPECT_THAT(sink.rejections[4].reason, HasSubstr("UTF-8"));
  EXPECT_THAT(sink.rejections[5].reason, HasSubstr("never closed"));
}

TEST_F(CsvReaderTest, MapsColumnsByHand) {
  ReadOptions options;
  options.map = {{"user", "1"}, {"item", "2"}, {"time", "3"}};
  const auto sink = Read("csv", Write("e.csv", "7,8,1700000000\n9,10,1700000001\n"), options);
  ASSERT_EQ(sink.events.size(), 2U);
  EXPECT_EQ(sink.events[0].user, "7");

  options.map = {{"item", "nope"}};
  KeepingSink none;
  const auto status = (*MakeReader("csv"))->Read(Write("f.csv", "user,sku\na,b\n"), options, none);
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("'sku'"));
}

TEST_F(CsvReaderTest, ReadsGbkAndUtf16AndMarks) {
  // 用户,商品 / 张三,苹果 in GBK.
  const std::string gbk = "\xd3\xc3\xbb\xa7,\xc9\xcc\xc6\xb7\n\xd5\xc5\xc8\xfd,\xc6\xbb\xb9\xfb\n";
  const auto from_gbk = Read("csv", Write("gbk.csv", gbk));
  ASSERT_EQ(from_gbk.events.size(), 1U);
  EXPECT_EQ(from_gbk.events[0].user, "张三");
  EXPECT_EQ(from_gbk.events[0].item, "苹果");
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string("user,item\na,b\n")) utf16 += {c, '\0'};
  EXPECT_EQ(Read("csv", Write("utf16.csv", utf16)).events.size(), 1U);
  EXPECT_EQ(Read("csv", Write("bom.csv", "\xEF\xBB\xBFuser,item\r\na,b\r\n")).events.at(0).item,
            "b");
}

TEST_F(CsvReaderTest, ReadsTimesAsTheyAreWritten) {
  const auto time_of = [&](const std::string& cell, int zone = 0) {
    ReadOptions options;
    options.zone_offset_minutes = zone;
    const auto sink = Read("csv", Write("t.csv", "user|item|time\na|b|" + cell + "\n"), options);
    return sink.events.empty() ? TimeMs{-1} : sink.events[0].time;
  };
  const TimeMs day = 1'705'276'800'000;  // 2024-01-15
  EXPECT_EQ(time_of("1705276800"), day);
  EXPECT_EQ(time_of("1705276800000"), day);
  EXPECT_EQ(time_of("2024-01-15"), day);
  EXPECT_EQ(time_of("2024-01-15 00:00:01Z"), day + 1000);
  EXPECT_EQ(time_of("2024-01-15", 480), day - 480 * 60'000);
  EXPECT_EQ(time_of("20240115"), day);
  EXPECT_EQ(time_of("20240115000001"), day + 1000);
  EXPECT_EQ(time_of("15.01.2024"), day);
  EXPECT_EQ(time_of("01/15/2024 0:01"), day + 60'000);
  EXPECT_EQ(time_of("15/1/2024"), day);
  EXPECT_EQ(time_of("15-Jan-2024"), day);
  EXPECT_EQ(time_of("2024年1月15日"), day);
  EXPECT_EQ(time_of("2024-02-30"), -1);
}

/// Any cells, written as RFC 4180 says, come back as they were.
TEST_F(DelimitedRowsTest, AnyCellsComeBack) {
  Random random(5);
  const std::vector<std::string> pieces = {
      "a", "b c", "\"", ",", "\n", "\r\n", "红", "é", ";", "", "'", "\t"};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<std::string>> rows(1 + random.Below(20));
    std::string text;
    const std::size_t columns = 2 + random.Below(4);
    for (auto& row : rows) {
      for (std::size_t c = 0; c < columns; ++c) {
        std::string cell;
        for (auto n = random.Below(6); n > 0; --n) cell += pieces[random.Below(pieces.size())];
        if (c == 0 && cell.empty()) cell = "x";
        row.push_back(cell);
        std::string quoted = "\"";
        for (const char ch : cell) quoted += ch == '"' ? "\"\"" : std::string(1, ch);
        text += (c > 0 ? "," : "") + quoted + "\"";
      }
      text += random.Bernoulli(0.5) ? "\n" : "\r\n";
    }
    DelimitedRows reader(*TextStream::Open(Write("r.csv", text), "utf-8"), ",");
    DelimitedRow row;
    for (const auto& expected : rows) {
      ASSERT_TRUE(*reader.Next(row)) << text;
      ASSERT_EQ(std::vector<std::string>(row.cells.begin(), row.cells.end()), expected) << text;
    }
    EXPECT_FALSE(*reader.Next(row));
  }
}

TEST_F(DelimitedRowsTest, RowsAcrossPiecesAreWhole) {
  // The file is read in pieces of 1 MiB: rows and quotes lie across their borders.
  std::string text;
  for (int i = 0; i < 60'000; ++i)
    text += std::to_string(i) + ",\"some \"\"quoted\"\" text\nof two lines\"," +
            std::string(static_cast<std::size_t>(i % 50), 'x') + "\n";
  DelimitedRows reader(*TextStream::Open(Write("big.csv", text)), ",");
  DelimitedRow row;
  for (int i = 0; i < 60'000; ++i) {
    ASSERT_TRUE(*reader.Next(row));
    ASSERT_EQ(row.cells.size(), 3U) << i;
    ASSERT_EQ(row.cells[0], std::to_string(i));
    ASSERT_EQ(row.cells[1], "some \"quoted\" text\nof two lines");
    ASSERT_EQ(row.line, static_cast<std::uint64_t>(2 * i + 1));
  }
  EXPECT_FALSE(*reader.Next(row));
}

TEST_F(DelimitedRowsTest, AnEndlessRowIsRefusedAndTheRestRead) {
  DelimitedRows reader(
      *TextStream::Open(Write("long.csv", "a,b\n" + std::string(9U << 20, 'x') + "\nc,d\n")), ",");
  DelimitedRow row;
  ASSERT_TRUE(*reader.Next(row));
  std::size_t malformed = 0;
  std::string last;
  while (*reader.Next(row)) {
    malformed += row.malformed.empty() ? 0 : 1;
    last = std::string(row.cells[0]);
  }
  EXPECT_GE(malformed, 1U);
  EXPECT_EQ(last, "c");
}

TEST(DetectDelimiter, SeesThroughCommasInTitles) {
  EXPECT_EQ(DetectDelimiter("id\ttitle\n1\tA, b\n2\tC, d, e\n"), "\t");
  EXPECT_EQ(DetectDelimiter("id;title\n1;A, b\n2;C\n"), ";");
  EXPECT_EQ(DetectDelimiter("a,b\n1,2\n"), ",");
  EXPECT_EQ(DetectDelimiter("a|b\n1|2\n"), "|");
}

TEST(DetectEncoding, TellsGbkFromLatin) {
  EXPECT_EQ(DetectEncoding("plain"), "utf-8");
  EXPECT_EQ(DetectEncoding("caf\xe9 con leche, ni\xf1o"), "windows-1252");
  EXPECT_EQ(DetectEncoding("\xd3\xc3\xbb\xa7"), "gb18030");
  EXPECT_EQ(DetectEncoding("用户"), "utf-8");
}

TEST_F(JsonlReaderTest, ReadsWhatExportWritesExactly) {
  Item item;
  item.id = "a";
  item.title = " kept as is ";
  item.attributes = {{"n", 1.0}, {"code", "12"}, {"list", {"x"}}};
  item.media = {{Modality::kImage, std::string(64, 'b'), "image/png", "x.png", 1, 2, 0}};
  Event event;
  event.user = "u";
  event.item = "a";
  event.type = EventType::kWatch;
  event.value = 0.1;
  event.time = 1'700'000'000'123;
  event.context = {{"k", {1, 2}}};
  User user;
  user.id = "u";
  user.labels = {{"age", 7}};
  user.consent = false;
  const auto sink = Read("jsonl",
                         Write("all.jsonl",
                               DumpJson(ToJson(item)) + "\n" + DumpJson(ToJson(event)) + "\n" +
                                   DumpJson(ToJson(user)) + "\n"));
  ASSERT_TRUE(sink.rejections.empty()) << sink.rejections[0].reason;
  EXPECT_EQ(ToJson(sink.items.at(0)), ToJson(item));
  EXPECT_EQ(ToJson(sink.events.at(0)), ToJson(event));
  EXPECT_EQ(ToJson(sink.users.at(0)), ToJson(user));
}

TEST_F(JsonlReaderTest, ReadsForeignObjectsAndNamesBadLines) {
  const auto sink = Read("jsonl",
                         Write("reviews.json",
                               "{\"reviewerID\":\"A\",\"asin\":\"B\",\"overall\":5.0,"
                               "\"reviewText\":\"good\",\"unixReviewTime\":1252800000}\n"
                               "not json\n[1]\n\n{\"reviewerID\":\"A\"}\n"));
  ASSERT_EQ(sink.events.size(), 1U);
  EXPECT_EQ(sink.events[0].type, EventType::kRating);
  EXPECT_EQ(sink.events[0].value, 5);
  EXPECT_EQ(sink.events[0].text, "good");
  EXPECT_EQ(sink.users.size(), 1U);
  ASSERT_EQ(sink.rejections.size(), 2U);
  EXPECT_EQ(sink.rejections[0].line, 2U);
  EXPECT_EQ(sink.rejections[1].line, 3U);
}

TEST_F(MovieLensReaderTest, ReadsTheOldAndTheNewForm) {
  Write("u.item",
        "1|Am\xe9lie (1995)|01-Jan-1995||http://x|0|1|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n");
  Write("u.user", "1|24|M|technician|85711\n");
  Write("u.data", "1\t1\t4\t881250949\n");
  const auto old_form = Read("movielens", folder_);
  ASSERT_TRUE(old_form.rejections.empty()) << old_form.rejections[0].reason;
  EXPECT_EQ(old_form.items.at(0).title, "Amélie");
  EXPECT_EQ(old_form.items.at(0).attributes.at("year"), 1995);
  EXPECT_EQ(old_form.items.at(0).categories, (std::vector<std::string>{"Action", "Comedy"}));
  EXPECT_EQ(old_form.users.at(0).labels.at("occupation"), "technician");
  EXPECT_EQ(old_form.events.at(0).time, 881'250'949'000);

  fs::create_directory(folder_ / "new");
  Write("new/movies.csv",
        "movieId,title,genres\n1,\"Heat, The (1995)\",Action|Crime\n2,X,(no genres listed)\n");
  Write("new/ratings.csv", "userId,movieId,rating,timestamp\n1,1,3.5,964982703\n");
  Write("new/tags.csv", "userId,movieId,tag,timestamp\n1,1,slow,964982703\n");
  const auto new_form = Read("movielens", folder_ / "new");
  EXPECT_EQ(new_form.items.at(0).categories, (std::vector<std::string>{"Action", "Crime"}));
  EXPECT_TRUE(new_form.items.at(1).categories.empty());
  EXPECT_EQ(new_form.events.at(0).value, 3.5);
  EXPECT_EQ(new_form.events.at(1).type, EventType::kComment);
  EXPECT_EQ(new_form.events.at(1).text, "slow");
}

TEST_F(RecBoleReaderTest, ReadsAtomicFiles) {
  Write("x.item",
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy "
        "Story\t1995\tAnimation Comedy\n");
  Write("x.inter",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t1\t3\t881250949\n");
  const auto sink = Read("recbole", folder_);
  EXPECT_EQ(sink.items.at(0).title, "Toy Story");
  EXPECT_EQ(sink.items.at(0).categories, (std::vector<std::string>{"Animation", "Comedy"}));
  EXPECT_EQ(sink.events.at(0).type, EventType::kRating);
  EXPECT_THAT(sink.notes, ::testing::IsEmpty());
}

TEST_F(RecBoleReaderTest, TakesTriplesAndLinks) {
  Write("x.link", "item_id:token\tentity_id:token\n1\tm.1\n2\t\n");
  Write("x.kg",
        "head_id:token\trelation_id:token\ttail_id:token\nm.1\tfilm.film.actor\tm.9\n"
        "m.1\tfilm.film.genre\n");
  const auto sink = Read("recbole", folder_);
  ASSERT_EQ(sink.triples.size(), 2U);
  EXPECT_EQ(sink.triples[0],
            (Triple{.head = {TripleEnd::Kind::kItem, "1"},
                    .relation = std::string(kSameAs),
                    .tail = {TripleEnd::Kind::kEntity, "m.1"},
                    .source = "x.link"}));
  EXPECT_EQ(sink.triples[1],
            (Triple{.head = {TripleEnd::Kind::kEntity, "m.1"},
                    .relation = "film.film.actor",
                    .tail = {TripleEnd::Kind::kEntity, "m.9"},
                    .source = "x.kg"}));
  ASSERT_EQ(sink.rejections.size(), 2U);
  EXPECT_EQ(sink.rejections[0].field, "entity_id");
  EXPECT_EQ(sink.rejections[0].line, 3U);
  EXPECT_EQ(sink.rejections[1].line, 3U);
}

TEST_F(S3RecReaderTest, KeepsTheOrder) {
  const auto sink = Read("s3rec", Write("b.txt", "1 5 3 4\n2\n\n3 1"));
  ASSERT_EQ(sink.events.size(), 4U);
  EXPECT_EQ(sink.events[1].item, "3");
  EXPECT_LT(sink.events[0].time, sink.events[1].time);
  ASSERT_EQ(sink.rejections.size(), 1U);
  EXPECT_EQ(sink.rejections[0].line, 2U);
}

std::string Npy(const std::string& header, const std::string& values) {
  std::string text = header;
  while ((text.size() + 11) % 16 != 0) text += ' ';
  text += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text +
         values;
}

TEST_F(NpyReaderTest, ReadsRowsAndRefusesWhatIsCutOff) {
  const float values[4] = {1, 2, 3, 4};
  std::string bytes(sizeof(values), '\0');
  std::memcpy(bytes.data(), values, sizeof(values));
  const auto path =
      Write("f.npy", Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", bytes));
  const auto sink = Read("npy", path);
  ASSERT_EQ(sink.vectors.size(), 2U);
  EXPECT_EQ(sink.vectors[1].first, "1");
  EXPECT_EQ(sink.vectors[1].second, (std::vector<float>{3, 4}));
  const auto columns = Read(
      "npy",
      Write("g.npy", Npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", bytes)));
  EXPECT_EQ(columns.vectors[0].second, (std::vector<float>{1, 3}));
  for (const std::string& bad :
       {std::string("short"),
        Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 2), }", bytes),
        Npy("{'descr': 'O', 'shape': (1,1)}", ""),
        Npy("{}", ""),
        std::string("\x93NUMPY\x01\x00\xff\xff", 12)}) {
    KeepingSink none;
    EXPECT_FALSE((*MakeReader("npy"))->Read(Write("bad.npy", bad), {}, none).has_value());
  }
}

/// Whatever bytes come: no crash, and every line is either taken or named.
TEST_F(ReaderFiles, MutatedTablesNeverBreakTheReader) {
  Random random(9);
  const std::string csv =
      "user,item,type,value,time\nu1,\"a "
      "\"\"b\"\"\",click,,1700000000\nu2,红,rating,4,2024-01-01\nu3,c,watch,3.5,1700000001\n";
  const std::string jsonl =
      "{\"user\":\"u\",\"item\":\"i\",\"type\":\"like\",\"time\":1700000000}\n{\"id\":\"a\","
      "\"title\":\"t\",\"attributes\":{\"x\":[\"y\"]}}\n";
  for (int round = 0; round < 500; ++round) {
    for (const auto& [format, original] : {std::pair{"csv", csv}, std::pair{"jsonl", jsonl}}) {
      std::string text = original;
      for (auto n = 1 + random.Below(8); n > 0; --n) {
        const auto at = random.Below(text.size());
        if (random.Bernoulli(0.3)) {
          text.erase(at, 1 + random.Below(4));
        } else {
          text[at] = static_cast<char>(random.Below(256));
        }
        if (text.empty()) text = "x";
      }
      KeepingSink sink;
      static_cast<void>((*MakeReader(format))->Read(Write("m", text), {}, sink));
    }
  }
}

}  // namespace
}  // namespace medley::data
