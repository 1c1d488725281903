#include "medley/data/document_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/data/text_check.h"

namespace medley::data {
namespace {

using testing::HasSubstr;

class DocumentReaderTest : public testing::Test {
 protected:
  DocumentReaderTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~DocumentReaderTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& name, std::string_view bytes) {
    EXPECT_TRUE(WriteFileAtomically(folder_ / name, bytes));
    return folder_ / name;
  }
  Result<DocumentReading> Read(const std::string& name,
                               std::string_view bytes,
                               const DocumentReadOptions& options = {}) {
    return ReadDocuments(Write(name, bytes), options);
  }

  std::filesystem::path folder_;
};

TEST_F(DocumentReaderTest, ATextIsOneDocument) {
  const auto markdown = Read("a.md", "intro\n## How to return\nwithin 30 days\n").value();
  ASSERT_EQ(markdown.documents.size(), 1U);
  EXPECT_EQ(markdown.documents[0].id, "a.md");
  EXPECT_EQ(markdown.documents[0].title, "How to return");
  EXPECT_EQ(Read("plain.txt", "just words").value().documents[0].title, "plain");
  // GBK: 运费
  EXPECT_EQ(
      Read("zh.txt", "\xd4\xcb\xb7\xd1\xa3\xba\xd4\xcb\xb7\xd1\xca\xc7\xb0\xcb\xd4\xaa\xa1\xa3")
          .value()
          .documents[0]
          .text,
      "运费：运费是八元。");
}

TEST_F(DocumentReaderTest, AnOrderIsARow) {
  const auto orders = Read("orders.csv",
                           "Order ID,Customer,Status,Total\n1042,ann,\"on its, way\",59.90\n"
                           "1043,,packed,1\n1044,bob\n")
                          .value();
  ASSERT_EQ(orders.documents.size(), 1U);
  EXPECT_EQ(orders.documents[0].id, "1042");
  EXPECT_EQ(orders.documents[0].title, "Order 1042");
  EXPECT_EQ(orders.documents[0].user, "ann");
  EXPECT_EQ(orders.documents[0].text, "Order ID: 1042\nStatus: on its, way\nTotal: 59.90\n");
  ASSERT_EQ(orders.rejected.size(), 2U);
  EXPECT_EQ(orders.rejected[0].line, 3U);
  EXPECT_THAT(orders.rejected[0].reason, HasSubstr("whose"));
}

TEST_F(DocumentReaderTest, OrdersOfNobodyAreNotEverybodys) {
  const auto orders = Read("orders.csv", "order_id,status,who\n1042,shipped,ann\n");
  ASSERT_FALSE(orders);
  EXPECT_EQ(orders.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(orders.error().message, HasSubstr("--map user=COLUMN"));
  DocumentReadOptions options;
  options.map["user"] = "who";
  EXPECT_EQ(Read("orders.csv", "order_id,status,who\n1042,shipped,ann\n", options)
                .value()
                .documents[0]
                .user,
            "ann");
  const auto json = Read("orders.jsonl",
                         "{\"order_id\": 7, \"status\": \"x\"}\n{\"user\": null, \"text\": \"x\"}\n"
                         "{\"order_id\": 8, \"user_id\": \"bob\", \"paid\": true}\nnot json\n")
                        .value();
  ASSERT_EQ(json.documents.size(), 1U);
  EXPECT_EQ(json.documents[0].user, "bob");
  EXPECT_EQ(json.rejected.size(), 3U);
}

TEST_F(DocumentReaderTest, ATableOfAnswersIsEverybodys) {
  const auto answers =
      Read("faq.csv", "id,title,text,locale\nq1,Returns,30 days,en\nq2,Empty,,en\n").value();
  ASSERT_EQ(answers.documents.size(), 1U);
  EXPECT_EQ(answers.documents[0].title, "Returns");
  EXPECT_EQ(answers.documents[0].user, "");
  EXPECT_EQ(answers.documents[0].locale, "en");
  EXPECT_EQ(answers.documents[0].text, "30 days");
}

TEST_F(DocumentReaderTest, AFolderIsAllOfItsFiles) {
  Write("b.md", "# B\nb");
  Write("a.txt", "a");
  Write("c.png", "no document");
  const auto all = ReadDocuments(folder_, {}).value();
  ASSERT_EQ(all.documents.size(), 2U);
  EXPECT_EQ(all.documents[0].id, "a.txt");
}

TEST_F(DocumentReaderTest, SaysWhatIsWrong) {
  EXPECT_EQ(ReadDocuments(folder_ / "none.md", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Read("a.pdf", "x").error().code, ErrorCode::kUnsupported);
  const auto large = Read("large.md", std::string(kMaxTextBytes + 1, 'x')).value();
  EXPECT_TRUE(large.documents.empty());
  EXPECT_EQ(large.rejected.size(), 1U);
}

}  // namespace
}  // namespace medley::data
