#include "medley/storage/workspace.h"

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "medley/core/file.h"
#include "medley/core/result.h"
#include "medley/storage/settings.h"
#include "medley/storage/sqlite_store.h"
#include "medley/storage/store.h"

namespace medley::storage {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSettingsFile = "medley.toml";
constexpr const char* kDatabaseFile = "medley.db";
constexpr std::size_t kMaxSettingsBytes = std::size_t{1} << 20;

}  // namespace

Workspace::Workspace(fs::path root, std::unique_ptr<Store> store)
    : root_(std::move(root)),
      store_(std::move(store)),
      media_(root_ / "media"),
      models_(root_ / "models") {}

Status Workspace::Init(const fs::path& root) {
  std::error_code error;
  if (fs::exists(root / kSettingsFile, error)) {
    return Fail(ErrorCode::kAlreadyExists, "'" + root.string() + "' is a workspace already");
  }
  for (const char* folder : std::array{"", "media", "embeddings", "models", "runs"}) {
    fs::create_directories(root / folder, error);
    if (error)
      return Fail(ErrorCode::kIo,
                  "cannot create '" + (root / folder).string() + "': " + error.message());
  }
  // The settings come last: a folder with them is a whole workspace.
  MEDLEY_RETURN_IF_ERROR(OpenSqliteStore(root / kDatabaseFile));
  return WriteFileAtomically(root / kSettingsFile, DefaultSettingsFile());
}

Result<Workspace> Workspace::Open(const fs::path& root) {
  std::error_code error;
  if (!fs::exists(root / kSettingsFile, error)) {
    return Fail(ErrorCode::kNotFound,
                "'" + root.string() +
                    "' is no workspace (it has no medley.toml); make one with: medley init " +
                    root.string());
  }
  MEDLEY_ASSIGN_OR_RETURN(const std::string text,
                          ReadFile(root / kSettingsFile, kMaxSettingsBytes));
  MEDLEY_ASSIGN_OR_RETURN(auto settings, ReadSettings(text));
  MEDLEY_ASSIGN_OR_RETURN(auto store, OpenSqliteStore(root / kDatabaseFile));
  Workspace workspace(root, std::move(store));
  workspace.settings_ = std::move(settings);
  return workspace;
}

std::string Workspace::Setting(std::string_view name, std::string_view fallback) const {
  if (const auto found = settings_.find(std::string(name)); found != settings_.end())
    return found->second;
  const auto* spec = FindSetting(name);
  return spec == nullptr ? std::string(fallback) : SettingText(spec->default_value);
}

std::map<std::string, std::string> Workspace::Section(std::string_view section) const {
  std::map<std::string, std::string> out;
  for (const auto& known : SettingSections()) {
    if (known.name != section) continue;
    for (const auto& setting : known.settings)
      out[setting.name] = SettingText(setting.default_value);
  }
  const std::string prefix = std::string(section) + ".";
  for (auto entry = settings_.lower_bound(prefix);
       entry != settings_.end() && entry->first.starts_with(prefix);
       ++entry) {
    const std::string key = entry->first.substr(prefix.size());
    if (key.find('.') == std::string::npos) out[key] = entry->second;
  }
  return out;
}

}  // namespace medley::storage
