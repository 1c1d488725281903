#include "medley/core/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "medley/core/hash.h"
#include "medley/core/result.h"

namespace medley {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  std::filesystem::path folder_;
};

TEST_F(FileTest, WritesAtomicallyAndReadsBack) {
  const std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "file", "before"));
  ASSERT_TRUE(WriteFileAtomically(folder_ / "file", bytes));
  EXPECT_EQ(ReadFile(folder_ / "file").value(), bytes);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1)
      << "a temporary file was left";
}

TEST_F(FileTest, SaysWhatIsWrong) {
  EXPECT_EQ(ReadFile(folder_ / "absent").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "file", "12345"));
  EXPECT_EQ(ReadFile(folder_ / "file", 4).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(ReadFile(folder_ / "file", 5).value(), "12345");
  EXPECT_FALSE(WriteFileAtomically(folder_ / "absent" / "file", "x"));
}

TEST_F(FileTest, MapsEmptyAndFullFiles) {
  std::ofstream(folder_ / "empty").close();
  EXPECT_TRUE(MappedFile::Open(folder_ / "empty").value().bytes().empty());
  ASSERT_TRUE(WriteFileAtomically(folder_ / "file", "content"));
  MappedFile file = MappedFile::Open(folder_ / "file").value();
  const MappedFile moved = std::move(file);
  EXPECT_EQ(moved.text(), "content");
}

TEST_F(FileTest, LockIsExclusiveUntilItGoes) {
  {
    const auto lock = FileLock::Acquire(folder_ / "lock");
    ASSERT_TRUE(lock);
    EXPECT_EQ(FileLock::Acquire(folder_ / "lock").error().code, ErrorCode::kUnavailable);
  }
  EXPECT_TRUE(FileLock::Acquire(folder_ / "lock"));
}

TEST_F(FileTest, HashesAgreeWithPublishedValues) {
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  ASSERT_TRUE(WriteFileAtomically(folder_ / "abc", "abc"));
  EXPECT_EQ(Sha256OfFile(folder_ / "abc").value(), Sha256("abc"));
  EXPECT_NE(Hash64("abc"), Hash64("abd"));
  EXPECT_NE(Hash64("abc", 1), Hash64("abc", 2));
}

}  // namespace
}  // namespace medley
