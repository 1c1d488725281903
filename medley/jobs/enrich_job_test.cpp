#include "medley/jobs/enrich_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/progress.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/triple.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/jobs/profile_job.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class EnrichJob : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!encoders::OpenPackAnalyser()) GTEST_SKIP() << "no words in the model pack";
    folder_ =
        std::filesystem::path(::testing::TempDir()) /
        ("enrich_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(storage::Workspace::Init(folder_));
    Put("1", "A nun hides in Vienna.");
    Put("2", "In the 1930s, a thief is murdered.");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& id, const std::string& text) const {
    data::Item item;
    item.id = id;
    item.kind = "film";
    item.title = "Film " + id;
    item.description = text;
    ASSERT_TRUE(storage::Workspace::Open(folder_)->store().PutItems(std::vector{item}));
  }
  EnrichReport Run(const EnrichOptions& options = {}) const {
    SilentProgress progress;
    const CancelToken cancel;
    const auto workspace = storage::Workspace::Open(folder_);
    auto report = EnrichCatalogue(*workspace, options, progress, cancel);
    EXPECT_TRUE(report) << report.error().message;
    return report.value_or(EnrichReport());
  }
  std::set<std::string> Triples() const {
    std::set<std::string> out;
    EXPECT_TRUE(storage::Workspace::Open(folder_)->store().ForEachTriple([&](const auto& triple) {
      EXPECT_EQ(triple.span.item, triple.head.text);
      EXPECT_EQ(triple.span.field, "description");
      out.insert(triple.head.text + " " + triple.relation + " " + triple.tail.text);
      return true;
    }));
    return out;
  }

  std::filesystem::path folder_;
};

TEST_F(EnrichJob, ReadsOnceAndAgainWhatChanged) {
  const auto first = Run();
  EXPECT_EQ(first.sources.at(0).read, 2U);
  EXPECT_EQ(first.digests, 2U);
  EXPECT_THAT(Triples(),
              UnorderedElementsAre("1 character_occupation nun",
                                   "1 set_in Vienna",
                                   "2 character_occupation thief",
                                   "2 period 1930s",
                                   "2 theme murder"));
  const auto second = Run();
  EXPECT_EQ(second.sources.at(0).read, 0U);
  EXPECT_EQ(second.sources.at(0).unchanged, 2U);
  EXPECT_EQ(second.digests, 0U);
  Put("1", "A nun hides in Prague.");
  Run();
  EXPECT_THAT(Triples(), Contains("1 set_in Prague"));
  EXPECT_THAT(Triples(), Not(Contains("1 set_in Vienna")));
  EXPECT_THAT(Triples(), Contains("2 period 1930s"));
}

TEST_F(EnrichJob, OfSomeItemsKeepsTheOthers) {
  Run();
  Put("1", "A nun hides in Prague.");
  Run({.items = {"1"}});
  EXPECT_THAT(Triples(), Contains("2 period 1930s"));
  EXPECT_THAT(Triples(), Contains("1 set_in Prague"));
  Run();
  EXPECT_THAT(Triples(), Not(Contains("1 set_in Vienna")));
  EXPECT_EQ(Triples().size(), 5U);
}

TEST_F(EnrichJob, FinishesAForgettingThatWasCutShort) {
  Run();
  const auto workspace = storage::Workspace::Open(folder_);
  ASSERT_TRUE(workspace->store().PutValue("enrich/text:rules/state",
                                          R"({"generation": 1, "forgetting": true})"));
  Run();
  EXPECT_EQ(Triples().size(), 5U);
  EXPECT_EQ(Run().sources.at(0).read, 0U);
}

TEST_F(EnrichJob, RulesGoOnWithoutTheModel) {
  ASSERT_TRUE(WriteFileAtomically(
      folder_ / "medley.toml",
      "[llm]\nbackend = \"endpoint\"\nurl = \"http://127.0.0.1:1/v1\"\nretries = 0\n"));
  const auto report = Run({.readers = {Reader::kRules, Reader::kModel}});
  ASSERT_EQ(report.sources.size(), 2U);
  EXPECT_EQ(report.sources[0].read, 2U);
  EXPECT_EQ(report.sources[1].failed, 2U);
  EXPECT_EQ(Triples().size(), 5U);
}

TEST_F(EnrichJob, SaysWhatIsMissing) {
  SilentProgress progress;
  const CancelToken cancel;
  const auto workspace = storage::Workspace::Open(folder_);
  EXPECT_EQ(EnrichCatalogue(*workspace, {.items = {"9"}}, progress, cancel).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(UserProfile(*workspace, "nobody", "en", 0).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace medley::jobs
