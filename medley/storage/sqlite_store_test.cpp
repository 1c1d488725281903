#include "medley/storage/sqlite_store.h"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/store_contract.h"

namespace medley::storage {
namespace {

Result<std::unique_ptr<Store>> OpenInFolder(const std::filesystem::path& folder) {
  return OpenSqliteStore(folder / "medley.db");
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(&OpenInFolder));

class SqliteStoreFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "medley_sqlite_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Execute(const char* sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "medley.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  std::filesystem::path folder_;
};

TEST_F(SqliteStoreFile, RefusesANewerSchemaAndLeavesItAlone) {
  ASSERT_TRUE(OpenInFolder(folder_).has_value());
  Execute("PRAGMA user_version=999");
  const auto opened = OpenInFolder(folder_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("newer medley"));
}

TEST_F(SqliteStoreFile, RefusesADatabaseOfAnotherProgram) {
  Execute("CREATE TABLE notes(x)");
  const auto opened = OpenInFolder(folder_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().message, ::testing::HasSubstr("another program"));
}

TEST_F(SqliteStoreFile, RefusesAFileThatIsNoDatabase) {
  std::ofstream(folder_ / "medley.db") << std::string(10000, 'x');
  const auto opened = OpenInFolder(folder_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteStoreFile, ManyThreadsReadAndWriteAtOnce) {
  auto store = *OpenInFolder(folder_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        data::Event event;
        event.user = "u" + std::to_string(t);
        event.item = "i" + std::to_string(i % 5);
        event.time = (i + 1) * 1000;
        EXPECT_TRUE(store->AppendEvents(std::vector{event}).has_value());
        EXPECT_EQ(store->Events(event.user, 100)->size(), static_cast<std::size_t>(i) + 1);
        EXPECT_TRUE(
            store->LogRecommendation({"r", event.user, 1, {}, {}, {}, Json::object()}).has_value());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->Counts()->events, 100U);
  EXPECT_EQ(store->Counts()->recommendations, 100U);
}

}  // namespace
}  // namespace medley::storage
