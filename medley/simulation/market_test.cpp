#include "medley/simulation/market.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "medley/core/file.h"
#include "medley/data/catalogue.h"
#include "medley/data/event.h"
#include "medley/simulation/truth.h"

namespace medley::simulation {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "medley-market-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::map<std::string, std::string> AllFiles(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), folder).string()] = *ReadFile(entry.path());
  }
  return files;
}

std::vector<Json> Lines(const std::string& text) {
  std::vector<Json> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(*ParseJson(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

/// In a process of its own, because a process settles its number of threads once.
std::map<std::string, std::string> Draw(const MarketOptions& options, const char* threads) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    setenv("MEDLEY_THREADS", threads, 1);
    SilentProgress progress;
    _exit(DrawMarket(options, folder.path(), progress).has_value() ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return AllFiles(folder.path());
}

TEST(DrawMarket, GivesTheSameBytesWhateverTheThreads) {
  const MarketOptions options{.items = 24, .users = 12, .seed = 5};
  const auto one = Draw(options, "1");
  const auto three = Draw(options, "3");
  ASSERT_EQ(one.size(), three.size());
  for (const auto& [name, bytes] : one) EXPECT_TRUE(three.at(name) == bytes) << name;
  const auto other = Draw({.items = 24, .users = 12, .seed = 6}, "2");
  EXPECT_NE(other.at("items.jsonl"), one.at("items.jsonl"));
  EXPECT_NE(other.at("media/goods-00000.jpg"), one.at("media/goods-00000.jpg"));
  EXPECT_NE(other.at("media/goods-00000.flac"), one.at("media/goods-00000.flac"));
}

TEST(DrawMarket, KeepsAnItemWhenTheMarketGrows) {
  const auto small = Draw({.items = 4, .users = 2, .seed = 5}, "2");
  const auto large = Draw({.items = 8, .users = 2, .seed = 5}, "2");
  for (const auto& [name, bytes] : small) {
    if (name.starts_with("media/")) {
      EXPECT_TRUE(large.at(name) == bytes) << name;
    }
  }
}

TEST(DrawMarket, RefusesAMarketWithoutItems) {
  const TemporaryFolder folder;
  SilentProgress progress;
  const Status drawn = DrawMarket({.items = 0}, folder.path(), progress);
  ASSERT_FALSE(drawn.has_value());
  EXPECT_EQ(drawn.error().code, ErrorCode::kInvalidInput);
}

TEST(DrawMarket, SaysThatAFolderCannotBeWritten) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "taken", "a file"));
  SilentProgress progress;
  const Status drawn = DrawMarket({.items = 2, .users = 1}, folder.path() / "taken", progress);
  ASSERT_FALSE(drawn.has_value());
  EXPECT_THAT(drawn.error().message, testing::HasSubstr("taken"));
}

/// A stored item's media have hashes; these are only named.
Json WithoutMedia(Json item) {
  item.erase("media");
  return item;
}

/// One market that several tests look at.
class WholeMarket : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder();
    SilentProgress progress;
    const Status drawn =
        DrawMarket({.items = 120, .users = 60, .seed = 3}, folder_->path(), progress);
    ASSERT_TRUE(drawn.has_value()) << drawn.error().message;
    files_ = new std::map<std::string, std::string>(AllFiles(folder_->path()));
  }
  static void TearDownTestSuite() {
    delete files_;
    delete folder_;
  }
  static std::vector<Json> LinesOf(const char* name) { return Lines(files_->at(name)); }
  static fs::path TruthFile() { return folder_->path() / "truth.json"; }

  static TemporaryFolder* folder_;
  static std::map<std::string, std::string>* files_;
};
TemporaryFolder* WholeMarket::folder_ = nullptr;
std::map<std::string, std::string>* WholeMarket::files_ = nullptr;

TEST_F(WholeMarket, HasItemsThatTheImportReads) {
  const auto lines = LinesOf("items.jsonl");
  ASSERT_EQ(lines.size(), 120U);
  std::set<std::string> kinds;
  std::map<std::string, int> languages;
  std::set<std::string> titles;
  for (const auto& line : lines) {
    const auto item = data::ItemFromJson(WithoutMedia(line));
    ASSERT_TRUE(item.has_value()) << item.error().message;
    kinds.insert(item->kind);
    ++languages[item->language];
    titles.insert(item->title + item->description);
    EXPECT_EQ(item->attributes.at("simulated"), true);
    EXPECT_FALSE(item->title.empty());
    EXPECT_EQ(item->categories.size(), 1U);
    EXPECT_EQ(line.at("media").size(), item->kind == "film" ? 3U : 2U);
  }
  EXPECT_THAT(kinds, testing::UnorderedElementsAre("goods", "song", "film", "news", "post"));
  EXPECT_GT(languages["en"], 50);
  EXPECT_GT(languages["zh"], 20);
  EXPECT_GT(titles.size(), 117U);
}

TEST_F(WholeMarket, HasTheMediaThatItsItemsName) {
  std::set<std::string> named;
  const std::map<std::string, std::string> beginnings = {
      {"image", "\xff\xd8\xff"}, {"audio", "fLaC"}, {"video", "\x1a\x45\xdf\xa3"}};
  for (const auto& line : LinesOf("items.jsonl")) {
    for (const auto& media : line.at("media")) {
      const auto source = media.at("source").get<std::string>();
      named.insert(source);
      EXPECT_TRUE(
          files_->at(source).starts_with(beginnings.at(media.at("modality").get<std::string>())))
          << source;
    }
  }
  for (const auto& [name, bytes] : *files_) {
    if (name.starts_with("media/")) {
      EXPECT_TRUE(named.contains(name)) << name;
    }
  }
}

TEST_F(WholeMarket, HasEveryEventTypeOfKnownUsersAndItems) {
  const auto truth = Truth::Load(TruthFile());
  ASSERT_TRUE(truth.has_value()) << truth.error().message;
  std::set<data::EventType> types;
  std::set<std::string> positive;
  TimeMs last = 0;
  const auto lines = LinesOf("events.jsonl");
  for (const auto& line : lines) {
    const auto event = data::EventFromJson(line, 0);
    ASSERT_TRUE(event.has_value()) << event.error().message;
    types.insert(event->type);
    EXPECT_NE(truth->user_ids().Find(event->user), kNoIndex);
    if (event->type == data::EventType::kSearch || event->type == data::EventType::kComment) {
      EXPECT_FALSE(event->text.empty());
    }
    EXPECT_GE(event->time, last);
    last = event->time;
    EXPECT_GT(event->time, truth->market_end() - kMarketSpanMs);
    EXPECT_LE(event->time, truth->market_end());
    if (event->type != data::EventType::kSkip) positive.insert(event->user);
    if (event->item.empty()) continue;
    const auto item = truth->item_ids().Find(event->item);
    ASSERT_NE(item, kNoIndex);
    EXPECT_FALSE(truth->items()[item].cold()) << event->item;
    EXPECT_LE(truth->items()[item].created, event->time) << event->item;
  }
  EXPECT_EQ(types.size(), static_cast<std::size_t>(data::kEventTypeCount));
  EXPECT_THAT(lines.size() / 60.0, testing::AllOf(testing::Gt(15), testing::Lt(120)));
  for (const auto& user : truth->users())
    EXPECT_EQ(positive.contains(user.id), user.role == Role::kPerson) << user.id;
}

TEST_F(WholeMarket, HasLittleThatCleaningShouldFind) {
  const auto lines = LinesOf("events.jsonl");
  int wrong = 0;
  std::map<std::string, TimeMs> seen;
  for (const auto& line : lines) {
    const auto event = data::EventFromJson(line, 0);
    const bool rating = event->type == data::EventType::kRating;
    if (event->value < 0 || event->value > 1e6 || (rating && event->value > 5)) ++wrong;
    auto [at, fresh] = seen.emplace(
        event->user + event->item + std::string(data::EventTypeName(event->type)) + event->text,
        event->time);
    if (!fresh && event->time - at->second < 1000) ++wrong;
    at->second = event->time;
  }
  EXPECT_GT(wrong, 0);
  EXPECT_LT(wrong, static_cast<double>(lines.size()) * 0.01);
}

TEST_F(WholeMarket, KnowsBetterThanPopularity) {
  const auto truth = Truth::Load(TruthFile());
  ASSERT_TRUE(truth.has_value());
  EXPECT_GT(truth->best().users, 50U);
  EXPECT_GT(truth->best().behaviour.recall_20, 0.3);
  EXPECT_GT(truth->best().behaviour.ndcg_10, 2 * truth->best().popularity.ndcg_10);
  EXPECT_GT(truth->best().preference.recall_10, 2 * truth->best().popularity.recall_10);
  EXPECT_GT(truth->best().interest.answers, 200U);
  EXPECT_GT(truth->best().interest.base_rate, 0.2);
  EXPECT_LT(truth->best().interest.base_rate, 0.6);
  EXPECT_GT(truth->best().interest.accuracy, 0.8);
  EXPECT_LT(truth->best().interest.accuracy, 0.99);
}

TEST_F(WholeMarket, KeepsItsTruthThroughAFile) {
  const auto truth = Truth::Load(TruthFile());
  ASSERT_TRUE(truth.has_value());
  const TemporaryFolder folder;
  ASSERT_TRUE(truth->Save(folder.path() / "again.json"));
  EXPECT_EQ(*ReadFile(folder.path() / "again.json"), *ReadFile(TruthFile()));
  ASSERT_TRUE(WriteFileAtomically(folder.path() / "bad.json",
                                  R"({"format":"medley simulated truth 1","users":3})"));
  const auto bad = Truth::Load(folder.path() / "bad.json");
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(Truth::Load(folder.path() / "none.json").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace medley::simulation
