#include "medley/jobs/import_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/progress.h"
#include "medley/jobs/export_job.h"
#include "medley/storage/embeddings.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ImportJob : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "medley_import_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path Write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  storage::Workspace Open(const std::string& name) const {
    const fs::path root = folder_ / name;
    if (!fs::exists(root)) {
      EXPECT_TRUE(storage::Workspace::Init(root));
    }
    auto workspace = storage::Workspace::Open(root);
    EXPECT_TRUE(workspace.has_value()) << workspace.error().message;
    return *std::move(workspace);
  }
  static ImportSummary Import(const storage::Workspace& workspace,
                              const char* format,
                              std::vector<fs::path> paths,
                              const fs::path& media = {}) {
    ImportRequest request;
    request.format = format;
    request.paths = std::move(paths);
    request.media = media;
    SilentProgress progress;
    auto summary = RunImport(workspace, request, progress);
    EXPECT_TRUE(summary.has_value()) << summary.error().message;
    return summary ? *summary : ImportSummary{};
  }
  std::string Export(const storage::Workspace& workspace,
                     ExportKind kind,
                     ExportFormat format = ExportFormat::kJsonl) const {
    const fs::path path = folder_ / "export";
    std::FILE* file = std::fopen(path.c_str(), "we");
    EXPECT_TRUE(RunExport(workspace.store(), kind, format, file).has_value());
    std::fclose(file);
    return *ReadFile(path);
  }
  fs::path folder_;
};

const std::string kItems =
    "id,title,description,category,price,created\na,\"One, \"\"first\"\"\",\"two\nlines\",x|y,1.5,"
    "2024-01-01\nb,红,,z,2,\n";
const std::string kEvents =
    "user,item,type,value,time,comment\nu,a,rating,4,1700000000,\nv,b,comment,,1700000001,"
    "\"nice, really\"\nv,c,watch,12.25,1700000002,\n";

TEST_F(ImportJob, ASecondImportChangesNothing) {
  const auto workspace = Open("shop");
  const std::vector<fs::path> files = {Write("items.csv", kItems), Write("events.csv", kEvents)};
  const auto first = Import(workspace, "csv", files);
  EXPECT_EQ(first.exit_status(), 0);
  EXPECT_EQ(first.items.added, 2U);
  EXPECT_EQ(first.events.added, 3U);
  const std::string items = Export(workspace, ExportKind::kItems);
  const std::string events = Export(workspace, ExportKind::kEvents);
  const auto second = Import(workspace, "csv", files);
  EXPECT_EQ(second.exit_status(), 0);
  EXPECT_EQ(second.items.unchanged, 2U);
  EXPECT_EQ(second.events.unchanged, 3U);
  EXPECT_EQ(Export(workspace, ExportKind::kItems), items);
  EXPECT_EQ(Export(workspace, ExportKind::kEvents), events);
}

TEST_F(ImportJob, WhatIsExportedComesBackAlike) {
  const auto workspace = Open("shop");
  Import(workspace,
         "csv",
         {Write("items.csv", kItems),
          Write("events.csv", kEvents),
          Write("users.csv", "user_id,age,gender\nu,24,M\nv,31,\n")});
  for (const auto& [format, name, extension] :
       {std::tuple{ExportFormat::kJsonl, "jsonl", ".jsonl"}, {ExportFormat::kCsv, "csv", ".csv"}}) {
    std::vector<fs::path> files;
    for (const auto& [kind, what] : {std::pair{ExportKind::kItems, "items"},
                                     {ExportKind::kUsers, "users"},
                                     {ExportKind::kEvents, "events"}}) {
      files.push_back(
          Write(std::string("again_") + what + extension, Export(workspace, kind, format)));
    }
    const auto copy = Open(std::string("copy_") + name);
    EXPECT_EQ(Import(copy, name, files).exit_status(), 0);
    for (const auto kind : {ExportKind::kItems, ExportKind::kUsers, ExportKind::kEvents}) {
      EXPECT_EQ(Export(copy, kind), Export(workspace, kind)) << name;
    }
  }
}

TEST_F(ImportJob, BadRowsAreWrittenDownAndCounted) {
  const auto workspace = Open("shop");
  const auto summary = Import(workspace,
                              "csv",
                              {Write("e.csv",
                                     "user,item,rating,time\nu,a,4,1700000000\nu,a,x,1700000000\nu,"
                                     "a,400,1700000000\nu,a,4,1\n")});
  EXPECT_EQ(summary.exit_status(), 1);
  EXPECT_EQ(summary.rejected, 2U);
  const std::string rejects = *ReadFile(summary.rejects);
  EXPECT_THAT(rejects, HasSubstr("\"line\":3"));
  EXPECT_THAT(rejects, HasSubstr("\"field\":\"rating\""));
  EXPECT_THAT(rejects, HasSubstr("u,a,400"));
  EXPECT_EQ(summary.rejected_by_reason.at("impossible_value"), 1U);

  const auto nothing = Import(workspace, "csv", {Write("f.csv", "user,item,rating\nu,a,x\n")});
  EXPECT_EQ(nothing.exit_status(), 2);
}

TEST_F(ImportJob, MediaIsFoundByNameAndByColumnAndNeverOutside) {
  const auto workspace = Open("shop");
  Write("secret.jpg", "secret");
  Write("photos/a.jpg", "picture a");
  Write("photos/deep/b.wav", "sound b");
  Write("photos/cover.png", "cover");
  fs::create_symlink(folder_ / "secret.jpg", folder_ / "photos" / "b.jpg");
  const auto summary = Import(
      workspace,
      "csv",
      {Write("items.csv", "id,title,image\na,A,cover.png\nb,B,../secret.jpg\nc,C,b.jpg\nd,D,\n")},
      folder_ / "photos");
  EXPECT_EQ(summary.exit_status(), 1);
  EXPECT_EQ(summary.rejected_by_reason.at("media"), 2U);
  const auto a = workspace.store().GetItem("a");
  ASSERT_TRUE(a.has_value());
  ASSERT_EQ(a->item.media.size(), 2U);
  EXPECT_EQ(*ReadFile(*workspace.media().PathOf(a->item.media[0].hash)), "cover");
  const auto b = workspace.store().GetItem("b");
  ASSERT_EQ(b->item.media.size(), 1U);
  EXPECT_EQ(b->item.media[0].modality, data::Modality::kAudio);
  EXPECT_TRUE(workspace.store().GetItem("c")->item.media.empty());
}

TEST_F(ImportJob, AMissingFileImportsNothing) {
  const auto workspace = Open("shop");
  ImportRequest request;
  request.format = "csv";
  request.paths = {Write("items.csv", kItems), folder_ / "none.csv"};
  SilentProgress progress;
  EXPECT_EQ(RunImport(workspace, request, progress).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(workspace.store().Counts()->items, 0U);
}

TEST_F(ImportJob, StopsOnRequest) {
  const auto workspace = Open("shop");
  ImportRequest request;
  request.format = "csv";
  request.paths = {Write("events.csv", kEvents)};
  SilentProgress progress;
  CancelToken cancel;
  cancel.Cancel();
  EXPECT_EQ(RunImport(workspace, request, progress, &cancel).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(workspace.store().Counts()->events, 0U);
}

}  // namespace
}  // namespace medley::jobs
