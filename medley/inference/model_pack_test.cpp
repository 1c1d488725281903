#include "medley/inference/model_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "medley/core/file.h"
#include "medley/core/hash.h"

namespace medley::inference {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ModelPackTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "model_pack_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const fs::path& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }

  void WriteModel(const std::string& name,
                  const std::string& file,
                  const std::string& content) const {
    Write(fs::path(name) / "network.xml", content);
    Write(
        fs::path(name) / "manifest.json",
        R"({"name": ")" + name +
            R"(", "role": "image", "fingerprint": "f1", "source": {"package": "p", "version": "2"},)" +
            R"("files": {"network": {"path": ")" + file + R"(", "bytes": )" +
            std::to_string(content.size()) + R"(, "sha256": ")" + Sha256(content) + R"("}}})");
  }

  fs::path folder_;
};

TEST_F(ModelPackTest, FindsAModelAndItsFiles) {
  WriteModel("one", "network.xml", "weights");
  const auto pack = ModelPack::Open(folder_);
  ASSERT_TRUE(pack) << pack.error().message;
  ASSERT_EQ(pack->models().size(), 1U);
  const auto model = pack->Find("one");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->source, "p 2");
  EXPECT_EQ(model->File("network").value(), folder_ / "one/network.xml");
  EXPECT_EQ(model->File("tokenizer").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(pack->Find("two").error().message, HasSubstr("models add two"));
}

TEST_F(ModelPackTest, NoticesAChangedFileBeforeAndAfterItWasChecked) {
  WriteModel("one", "network.xml", "weights");
  const auto pack = ModelPack::Open(folder_);
  ASSERT_TRUE(pack->Find("one"));
  Write("one/network.xml", "Weights!");
  EXPECT_EQ(pack->Find("one").error().code, ErrorCode::kCorrupt);
  fs::remove(folder_ / "one/network.xml");
  EXPECT_EQ(pack->Find("one").error().code, ErrorCode::kCorrupt);
}

TEST_F(ModelPackTest, ReadsAFileOnlyOnceWhileItStaysTheSame) {
  WriteModel("one", "network.xml", "weights");
  const auto pack = ModelPack::Open(folder_);
  ASSERT_TRUE(pack->Find("one"));
  // The same size and time: only reading it again would tell, which Verify does and Find does not.
  const auto time = fs::last_write_time(folder_ / "one/network.xml");
  Write("one/network.xml", "WEIGHTS");
  fs::last_write_time(folder_ / "one/network.xml", time);
  const auto model = pack->Find("one");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(pack->Verify(*model).error().code, ErrorCode::kCorrupt);
}

TEST_F(ModelPackTest, LeavesOutWhatIsNoModel) {
  WriteModel("good", "network.xml", "weights");
  WriteModel("escapes", "../good/network.xml", "weights");
  Write("broken/manifest.json", "{");
  Write("stray.txt", "");
  const auto pack = ModelPack::Open(folder_);
  ASSERT_TRUE(pack);
  ASSERT_EQ(pack->models().size(), 1U);
  EXPECT_EQ(pack->models()[0].name, "good");
}

TEST_F(ModelPackTest, SaysWhatToDoWithoutAFolder) {
  EXPECT_THAT(ModelPack::Open(folder_ / "none").error().message, HasSubstr("make setup"));
}

}  // namespace
}  // namespace medley::inference
