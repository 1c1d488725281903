#include "medley/storage/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/storage/media_store.h"
#include "medley/storage/model_store.h"
#include "medley/storage/settings.h"

namespace medley::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "medley_ws_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};
using WorkspaceFolder = Folder;
using MediaStoreFolder = Folder;
using ModelStoreFolder = Folder;

TEST_F(WorkspaceFolder, InitOpensWithEveryDefault) {
  ASSERT_TRUE(Workspace::Init(folder_ / "shop"));
  EXPECT_EQ(Workspace::Init(folder_ / "shop").error().code, ErrorCode::kAlreadyExists);
  const auto workspace = Workspace::Open(folder_ / "shop");
  ASSERT_TRUE(workspace.has_value()) << workspace.error().message;
  EXPECT_EQ(workspace->Setting("serve.port", "1"), "8080");
  EXPECT_EQ(workspace->Setting("no.such", "x"), "x");
  EXPECT_EQ(workspace->Section("events").at("purchase"), "1.5");
  EXPECT_TRUE(workspace->Section("encoders.image").empty());
}

TEST_F(WorkspaceFolder, WithoutSettingsSaysInit) {
  const auto workspace = Workspace::Open(folder_);
  ASSERT_FALSE(workspace.has_value());
  EXPECT_THAT(workspace.error().message, HasSubstr("medley init"));
}

/// Every "# name = value" line of the default file, made active, must be taken and change nothing.
TEST(Settings, EveryDefaultIsInTheFileAndValid) {
  const std::string file = DefaultSettingsFile();
  std::string active;
  std::size_t begin = 0;
  while (begin < file.size()) {
    const std::size_t end = file.find('\n', begin);
    std::string line = file.substr(begin, end - begin);
    const auto equals = line.find(" = ");
    const bool setting =
        line.starts_with("# ") && equals != std::string::npos && line.find(' ', 2) == equals;
    active += (setting ? line.substr(2) : line) + "\n";
    begin = end + 1;
  }
  const auto settings = ReadSettings(active);
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  for (const auto& section : SettingSections()) {
    for (const auto& spec : section.settings) {
      EXPECT_EQ(settings->at(section.name + "." + spec.name), SettingText(spec.default_value))
          << spec.name;
    }
  }
}

TEST(Settings, AnUnknownKeyNamesTheNearest) {
  const auto settings = ReadSettings("[serve]\nprot = 1\n");
  ASSERT_FALSE(settings.has_value());
  EXPECT_THAT(settings.error().message, HasSubstr("'serve.prot'"));
  EXPECT_THAT(settings.error().message, HasSubstr("'serve.port'"));
}

TEST(Settings, WrongTypesAndRangesAreRefused) {
  EXPECT_THAT(ReadSettings("[serve]\nport = 70000\n").error().message, HasSubstr("65535"));
  EXPECT_THAT(ReadSettings("[serve]\nport = \"x\"\n").error().message, HasSubstr("port"));
  EXPECT_THAT(ReadSettings("[serve\n").error().message, HasSubstr("line 1"));
  EXPECT_THAT(ReadSettings("[search]\nvectors = \"int4\"\n").error().message,
              HasSubstr("float32, int8, binary"));
  EXPECT_TRUE(ReadSettings("[search]\nvectors = \"int8\"\n"));
}

TEST(Settings, OpenSectionsTakeAnyKey) {
  const auto settings = ReadSettings(
      "[encoders.image]\nkind = \"openvino\"\nscale = 0.5\n[recommenders.ease]\nlambda = 200\n");
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  EXPECT_EQ(settings->at("encoders.image.scale"), "0.5");
  EXPECT_EQ(settings->at("recommenders.ease.lambda"), "200");
}

TEST(Settings, ListsKeepTheirOrder) {
  std::string toml = "[serve]\nport = 1\n";
  for (int i = 0; i < 12; ++i) toml += "[[rules]]\nname = \"" + std::to_string(i) + "\"\n";
  const auto rules = ReadSettingsList(toml, "rules");
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  ASSERT_EQ(rules->size(), 12U);
  for (std::size_t i = 0; i < rules->size(); ++i)
    EXPECT_EQ((*rules)[i].at("name"), std::to_string(i));
  EXPECT_TRUE(ReadSettingsList("[serve]\nport = 1\n", "rules")->empty());
  EXPECT_THAT(ReadSettings("[rules]\nnever = \"a = b\"\n").error().message, HasSubstr("[[rules]]"));
  EXPECT_THAT(ReadSettings("[[serve]]\nport = 1\n").error().message, HasSubstr("serve"));
}

TEST_F(MediaStoreFolder, KeepsTheSameBytesOnce) {
  const MediaStore store(folder_ / "media");
  const auto hash = store.AddBytes("bytes");
  ASSERT_TRUE(hash.has_value());
  std::ofstream(folder_ / "file") << "bytes";
  EXPECT_EQ(*store.AddFile(folder_ / "file"), *hash);
  EXPECT_EQ(*ReadFile(*store.PathOf(*hash)), "bytes");
  // A later edit of the original leaves the stored copy alone.
  std::ofstream(folder_ / "file") << "other";
  EXPECT_EQ(*ReadFile(*store.PathOf(*hash)), "bytes");
  EXPECT_TRUE(fs::is_empty(folder_ / "media" / "incoming"));
}

TEST_F(MediaStoreFolder, RefusesWhatIsNoHashOrNoFile) {
  const MediaStore store(folder_ / "media");
  EXPECT_EQ(store.PathOf("../../etc/passwd").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(store.PathOf(std::string(64, 'a')).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store.AddFile(folder_).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(store.AddFile(folder_ / "none").error().code, ErrorCode::kNotFound);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(store.AddFile(folder_ / "pipe").error().code, ErrorCode::kInvalidInput);
}

Status WriteModel(const fs::path& folder, const std::string& text) {
  fs::create_directories(folder / "part");
  MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder / "part" / "weights", text));
  return WriteFileAtomically(folder / "params.json", "{}");
}

TEST_F(ModelStoreFolder, PublishesAndKeepsThePreviousOnly) {
  const ModelStore store(folder_);
  EXPECT_EQ(store.Current("ease").error().code, ErrorCode::kNotFound);
  for (const char* text : {"one", "two", "three"}) {
    ASSERT_TRUE(store.Publish(
        "ease", {{"lambda", 1}}, [&](const fs::path& folder) { return WriteModel(folder, text); }));
  }
  const auto model = store.Current("ease");
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->version, "v00000003");
  EXPECT_EQ(model->manifest["description"], Json({{"lambda", 1}}));
  EXPECT_EQ(*ReadFile(model->directory / "part" / "weights"), "three");
  EXPECT_FALSE(fs::exists(folder_ / "ease" / "v00000001"));
  EXPECT_TRUE(fs::exists(folder_ / "ease" / "v00000002"));
  EXPECT_EQ(store.Names(), std::vector<std::string>{"ease"});
}

TEST_F(ModelStoreFolder, FallsBackToThePreviousWholeVersion) {
  const ModelStore store(folder_);
  for (const char* text : {"one", "two"}) {
    ASSERT_TRUE(store.Publish(
        "ease", {}, [&](const fs::path& folder) { return WriteModel(folder, text); }));
  }
  std::ofstream(folder_ / "ease" / "v00000002" / "part" / "weights") << "tvo";
  EXPECT_EQ(store.Current("ease")->version, "v00000001");
  fs::remove(folder_ / "ease" / "v00000001" / "part" / "weights");
  EXPECT_EQ(store.Current("ease").error().code, ErrorCode::kCorrupt);
}

TEST_F(ModelStoreFolder, AFailedWriteLeavesTheCurrentVersion) {
  const ModelStore store(folder_);
  ASSERT_TRUE(
      store.Publish("ease", {}, [&](const fs::path& folder) { return WriteModel(folder, "one"); }));
  EXPECT_FALSE(
      store
          .Publish("ease",
                   {},
                   [](const fs::path&) -> Status { return Fail(ErrorCode::kCancelled, "stop"); })
          .has_value());
  EXPECT_EQ(store.Current("ease")->version, "v00000001");
  EXPECT_EQ(store.Publish("../x", {}, [](const fs::path&) { return Status(); }).error().code,
            ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace medley::storage
