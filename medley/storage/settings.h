#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/parameters.h"
#include "medley/core/result.h"

namespace medley::storage {

/// One [section] of medley.toml. The one list of settings: the file that `medley init` writes, the
/// check of the one that is read, and the reference are made from it.
struct SettingSection {
  std::string name;  ///< "serve"
  std::string help;
  std::vector<ParameterSpec> settings;
  /// The settings of an extension point (a model of the operator's own): any name is taken here and
  /// checked by what uses it.
  bool open = false;
  std::vector<std::string> examples;  ///< lines to copy, for open sections
  /// There may be several, each [[name]]; what they say is checked by what uses them.
  bool list = false;
};
const std::vector<SettingSection>& SettingSections();

/// medley.toml with every default, commented out and explained.
std::string DefaultSettingsFile();

/// "section.key" -> text, of what `toml` sets; defaults are not added. Sections [recommenders.NAME]
/// are open. Errors: kInvalidInput with the line, or naming the unknown key and the nearest known
/// one.
Result<std::map<std::string, std::string>> ReadSettings(std::string_view toml);

/// What each [[list]] of `toml` sets, key -> text, in their order. Errors: as ReadSettings.
Result<std::vector<std::map<std::string, std::string>>> ReadSettingsList(std::string_view toml,
                                                                         std::string_view list);

/// The default of "section.key"; nullptr where the table has none.
const ParameterSpec* FindSetting(std::string_view name);
/// "8080", "true", "0.5", "cosine".
std::string SettingText(const ParameterValue& value);

}  // namespace medley::storage
