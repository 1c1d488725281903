#include "medley/inference/onnx_external_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace medley::inference {
namespace {

namespace fs = std::filesystem;

std::string Varint(std::size_t value) {
  std::string bytes;
  for (; value >= 128; value >>= 7) bytes += static_cast<char>(value | 128);
  return bytes + static_cast<char>(value);
}

std::string Field(int number, const std::string& bytes) {
  return Varint(static_cast<std::size_t>(number) << 3 | 2) + Varint(bytes.size()) + bytes;
}

/// A tensor whose values lie in another file.
std::string ExternalTensor(const std::string& location) {
  return Field(13, Field(1, "location") + Field(2, location));
}

class OnnxExternalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "onnx_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    fs::create_directories(folder_ / "model");
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<std::vector<std::string>> Check(const std::string& bytes) const {
    const fs::path path = folder_ / "model/net.onnx";
    std::ofstream(path, std::ios::binary) << bytes;
    return OnnxExternalFiles(path);
  }
  /// A model whose graph has the one initializer.
  Result<std::vector<std::string>> CheckLocation(const std::string& location) const {
    return Check(Field(7, Field(5, ExternalTensor(location))));
  }

  fs::path folder_;
};

TEST_F(OnnxExternalDataTest, TakesFilesBesideTheModel) {
  EXPECT_TRUE(Check(""));
  EXPECT_EQ(CheckLocation("weights.bin").value(), std::vector<std::string>{"weights.bin"});
  EXPECT_TRUE(CheckLocation("parts/weights.bin"));
}

TEST_F(OnnxExternalDataTest, RefusesEveryWayOut) {
  for (const char* location : {"/etc/passwd", "../weights.bin", "parts/../../weights.bin", ".."}) {
    const auto status = CheckLocation(location);
    ASSERT_FALSE(status) << location;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(status.error().message.find(location), std::string::npos);
  }
  EXPECT_FALSE(CheckLocation(""));
  EXPECT_FALSE(CheckLocation(std::string("a\0b", 3)));
}

TEST_F(OnnxExternalDataTest, RefusesALinkOutOfTheFolder) {
  std::ofstream(folder_ / "secret") << "x";
  fs::create_symlink(folder_ / "secret", folder_ / "model/weights.bin");
  EXPECT_FALSE(CheckLocation("weights.bin"));
}

TEST_F(OnnxExternalDataTest, LooksWhereverATensorCanLie) {
  const std::string tensor = ExternalTensor("/x");
  const std::string attribute = Field(5, tensor);
  const std::string subgraph = Field(6, Field(5, tensor));
  const std::vector<std::string> models = {
      Field(7, Field(1, Field(5, attribute))),          // node attribute
      Field(7, Field(1, Field(5, subgraph))),           // graph in an attribute
      Field(7, Field(1, Field(5, Field(10, tensor)))),  // list of tensors
      Field(7, Field(15, Field(1, tensor))),            // sparse initializer
      Field(25, Field(7, Field(5, attribute))),         // function
      Field(20, Field(1, Field(5, tensor))),            // training graph
  };
  for (const std::string& model : models) EXPECT_FALSE(Check(model));
}

TEST_F(OnnxExternalDataTest, RefusesDamageAndBottomlessNesting) {
  EXPECT_EQ(Check(Field(7, "\x0a\x7f")).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(Check("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").error().code,
            ErrorCode::kCorrupt);
  std::string graph;
  for (int i = 0; i < 200; ++i) graph = Field(1, Field(5, Field(6, graph)));
  EXPECT_EQ(Check(Field(7, graph)).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace medley::inference
