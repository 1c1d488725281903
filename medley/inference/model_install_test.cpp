#include "medley/inference/model_install.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace medley::inference {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class InstallModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "install_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    models_ = folder_ / "models";
    Write("net.tflite", "a network");
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  fs::path folder_;
  fs::path models_;
};

TEST_F(InstallModelTest, MakesAModelThatThePackFinds) {
  const auto model = InstallModel({"my-net", "image", folder_ / "net.tflite"}, models_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->role, "image");
  EXPECT_THAT(model->notice, HasSubstr("answers for"));
  EXPECT_EQ(model->File("network")->filename(), "net.tflite");
  EXPECT_TRUE(ModelPack::Open(models_)->Find("my-net"));
}

TEST_F(InstallModelTest, TakesTheSameAgainAndKeepsAnotherOut) {
  const NewModel model{"my-net", "image", folder_ / "net.tflite"};
  const auto first = InstallModel(model, models_);
  EXPECT_EQ(InstallModel(model, models_)->fingerprint, first->fingerprint);
  Write("net.tflite", "another network");
  EXPECT_EQ(InstallModel(model, models_).error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(ModelPack::Open(models_)->Find("my-net")->fingerprint, first->fingerprint);
  EXPECT_EQ(std::distance(fs::directory_iterator(models_), fs::directory_iterator()), 1);
}

TEST_F(InstallModelTest, BringsTheWeightsOfAnIrAlong) {
  const auto xml = Write("net.xml", "<net/>");
  EXPECT_EQ(InstallModel({"ir", "image", xml}, models_).error().code, ErrorCode::kNotFound);
  Write("net.bin", "weights");
  const auto model = InstallModel({"ir", "image", xml}, models_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(fs::exists(model->folder / "net.bin"));
}

TEST_F(InstallModelTest, BringsExternalDataAlongAndRefusesItFromElsewhere) {
  const auto model_with = [](const std::string& location) {
    const std::string entry =
        "\x0a\x08location\x12" + std::string(1, static_cast<char>(location.size())) + location;
    const std::string tensor = "\x6a" + std::string(1, static_cast<char>(entry.size())) + entry;
    const std::string graph = "\x2a" + std::string(1, static_cast<char>(tensor.size())) + tensor;
    return "\x3a" + std::string(1, static_cast<char>(graph.size())) + graph;
  };
  Write("big.bin", "weights");
  const auto model =
      InstallModel({"net", "image", Write("net.onnx", model_with("big.bin"))}, models_);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(fs::exists(model->folder / "big.bin"));
  const auto escaping =
      InstallModel({"bad", "image", Write("bad.onnx", model_with("/etc/hostname"))}, models_);
  ASSERT_FALSE(escaping);
  EXPECT_EQ(escaping.error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(fs::exists(models_ / "bad"));
}

TEST_F(InstallModelTest, RefusesBadNamesAndUnknownFormats) {
  for (const char* name : {"", "../x", "A", ".hidden", "a/b", "sp ace"}) {
    EXPECT_EQ(InstallModel({name, "image", folder_ / "net.tflite"}, models_).error().code,
              ErrorCode::kInvalidInput)
        << name;
  }
  EXPECT_EQ(InstallModel({"x", "image", Write("net.txt", "?")}, models_).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(InstallModel({"x", "image", folder_ / "none.onnx"}, models_).error().code,
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace medley::inference
