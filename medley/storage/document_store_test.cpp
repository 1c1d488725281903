#include "medley/storage/document_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/document.h"
#include "medley/storage/workspace.h"

namespace medley::storage {
namespace {

using testing::HasSubstr;

class DocumentStoreTest : public testing::Test {
 protected:
  DocumentStoreTest()
      : root_(std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
    EXPECT_TRUE(Workspace::Init(root_));
    workspace_.emplace(Workspace::Open(root_).value());
    store_.emplace(*workspace_);
  }
  ~DocumentStoreTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
  std::optional<Workspace> workspace_;
  std::optional<DocumentStore> store_;
};

const std::vector<data::Document> kTwo = {{"1", "One", "ann", "en", "line\n\"quoted\" 退货"},
                                          {"2", "Two", "", "", "everybody's"}};

TEST_F(DocumentStoreTest, KeepsReplacesAndRemovesASource) {
  EXPECT_EQ(store_->Version(), 0U);
  EXPECT_TRUE(store_->Read().value().empty());
  ASSERT_TRUE(store_->Replace("b/../c", kTwo));
  ASSERT_TRUE(store_->Replace("a", std::span(kTwo).subspan(1)));
  const auto version = store_->Version();
  auto sources = store_->Read().value();
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0].name, "a");
  EXPECT_EQ(sources[1].name, "b/../c");
  EXPECT_EQ(sources[1].documents[0].text, kTwo[0].text);
  EXPECT_EQ(sources[1].documents[0].user, "ann");
  ASSERT_TRUE(store_->Replace("a", {}));
  EXPECT_NE(store_->Version(), version);
  EXPECT_EQ(store_->Read().value().size(), 1U);
}

TEST_F(DocumentStoreTest, AnErasedUserLeavesNoDocument) {
  data::User user;
  user.id = "ann";
  ASSERT_TRUE(workspace_->store().PutUsers(std::span(&user, 1)));
  ASSERT_TRUE(store_->Replace("a", kTwo));
  ASSERT_TRUE(store_->Replace("b", std::span(kTwo).first(1)));
  ASSERT_TRUE(EraseUser(*workspace_, "ann"));
  const auto sources = store_->Read().value();
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].documents.size(), 1U);
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "documents"))
    EXPECT_THAT(ReadFile(entry.path()).value(), testing::Not(HasSubstr("quoted")));
  EXPECT_FALSE(workspace_->store().GetUser("ann"));
  EXPECT_EQ(EraseUser(*workspace_, "ann").error().code, ErrorCode::kNotFound);
}

TEST_F(DocumentStoreTest, SaysWhichFileIsDamaged) {
  ASSERT_TRUE(store_->Replace("a", kTwo));
  for (const auto& entry : std::filesystem::directory_iterator(root_ / "documents")) {
    if (entry.path().extension() == ".jsonl") {
      ASSERT_TRUE(WriteFileAtomically(entry.path(), "{\"source\": \"a\"}\n{\"id\": "));
    }
  }
  const auto read = store_->Read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(read.error().message, HasSubstr("import its documents again"));
}

}  // namespace
}  // namespace medley::storage
