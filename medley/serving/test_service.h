#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/application.h"
#include "medley/serving/options.h"
#include "medley/serving/service.h"
#include "medley/storage/workspace.h"

namespace medley::serving {

/// For the tests of this folder: a workspace of a few items and users in a temporary folder, and
/// all that serves it, without sockets.
class TestService {
 public:
  explicit TestService(const ServeOptions& options = {}) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path(testing::TempDir()) /
            (std::string("serving_") + test->test_suite_name() + "_" + test->name());
    std::filesystem::remove_all(root_);
    EXPECT_TRUE(storage::Workspace::Init(root_));
    workspace_.emplace(storage::Workspace::Open(root_).value());
    Fill();
    engine_ = pipeline::Engine::Open(*workspace_).value();
    service_.emplace(*engine_, options);
    application_.emplace(*service_);
  }
  TestService(const TestService&) = delete;
  TestService& operator=(const TestService&) = delete;
  ~TestService() {
    application_.reset();
    service_.reset();
    engine_.reset();
    workspace_.reset();
    std::filesystem::remove_all(root_);
  }

  Application& application() { return *application_; }
  Service& service() { return *service_; }
  pipeline::Engine& engine() { return *engine_; }
  const storage::Workspace& workspace() const { return *workspace_; }
  /// Of a picture in the media store, which item "film/1" has.
  const std::string& media_hash() const { return media_hash_; }

 private:
  void Fill() {
    media_hash_ = workspace_->media().AddBytes("\x89PNG\r\n\x1a\n and some more bytes").value();
    std::vector<data::Item> items(3);
    items[0].id = "film/1";
    items[0].kind = "film";
    items[0].title = "Alien";
    items[0].categories = {"Horror"};
    items[0].media = {{data::Modality::kImage, media_hash_, "image/png", "alien.png", 10, 20, 0}};
    items[1].id = "song 2";
    items[1].kind = "song";
    items[1].title = "Blue in Green";
    items[2].id = "物";
    items[2].kind = "film";
    items[2].title = "红楼梦";
    items[2].attributes["price"] = 12.5;
    std::vector<data::User> users(2);
    users[0].id = "ann";
    users[1].id = "bob";
    EXPECT_TRUE(workspace_->store().PutItems(items));
    EXPECT_TRUE(workspace_->store().PutUsers(users));
  }

  std::filesystem::path root_;
  std::optional<storage::Workspace> workspace_;
  std::string media_hash_;
  std::unique_ptr<pipeline::Engine> engine_;
  std::optional<Service> service_;
  std::optional<Application> application_;
};

}  // namespace medley::serving
