#include "medley/storage/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/result.h"
#include "medley/data/cleaning.h"
#include "medley/data/event_weights.h"

namespace medley::storage {
namespace {

constexpr std::string_view kRecommenderPrefix = "recommenders.";

ParameterSpec Number(
    std::string name, std::int64_t value, std::string help, double min, double max) {
  return {std::move(name), value, std::move(help), min, max, {}};
}
ParameterSpec Real(std::string name, double value, std::string help, double min, double max) {
  return {std::move(name), value, std::move(help), min, max, {}};
}
ParameterSpec Flag(std::string name, bool value, std::string help) {
  return {std::move(name), value, std::move(help)};
}
ParameterSpec Text(std::string name,
                   std::string value,
                   std::string help,
                   std::vector<std::string> choices = {}) {
  return {.name = std::move(name),
          .default_value = std::move(value),
          .help = std::move(help),
          .choices = std::move(choices)};
}

SettingSection EncoderSection(const std::string& modality, const std::string& example) {
  SettingSection section;
  section.name = "encoders." + modality;
  section.help = "The encoder of " + modality + "; nothing set: the model pack's own.";
  section.open = true;
  section.examples = {
      "kind = \"openvino\"        # a model file of your own: ONNX, OpenVINO IR or TFLite; gguf "
      "for llama.cpp's",
      example};
  return section;
}

std::vector<SettingSection> MakeSections() {
  std::vector<SettingSection> sections;
  sections.push_back({"import",
                      "What an import takes for impossible. A row that fails goes to "
                      "rejects.jsonl, never to the log of events.",
                      data::Cleaning::Specs()});
  sections.back().settings.push_back(
      Number("batch_rows", 500000, "events written in one transaction", 1000, 10'000'000));
  sections.push_back({"events",
                      "How much each event says for (> 0) or against (< 0) its item.",
                      data::EventWeights::Specs()});
  sections.push_back(EncoderSection("text", "model = \"models/my_text.onnx\""));
  sections.back().examples.emplace_back("precision = \"int8\"       # of kind e5, the pack's own");
  sections.push_back(EncoderSection("image", "model = \"models/my_image.tflite\""));
  sections.push_back(EncoderSection("audio", "model = \"models/my_audio.onnx\""));
  sections.push_back(EncoderSection("video", "frames = 8"));
  sections.push_back(
      {"train",
       "Training. The settings of one recommender stand in a section of its own, "
       "[recommenders.ease] for example.",
       {Text("recommenders",
             "served",
             "which to train: served (what recommendations come from), all, or names with commas "
             "between"),
        Number("seed", 1, "the same seed and data give the same models", 0, 9e15)}});
  sections.push_back(
      {"serve",
       "The HTTP API and the console.",
       {Text("host", "127.0.0.1", "address to listen on; 0.0.0.0 opens it to the network"),
        Number("port", 8080, "port to listen on; 0: any free one", 0, 65535),
        Number("threads", 0, "threads that answer; 0: one a core", 0, 256),
        Text("hosts", "", "further names the server answers to (Host header), with commas between"),
        Text("origins", "", "web pages of other origins that may call it, with commas between"),
        Number("max_connections", 1024, "connections open at once", 1, 100'000),
        Number("max_upload_mb", 32, "largest request body", 1, 1024),
        Text("api_key_env",
             "",
             "name of the environment variable that holds the API key; empty: no key is asked "
             "for")}});
  sections.push_back(
      {"recommend",
       "Lists of recommendations.",
       {Real("diversity", 0.1, "0: best scores first; towards 1: the less alike the better", 0, 1),
        Real("exploration",
             0,
             "share of places filled at random, so that what people would do with other items can "
             "be estimated",
             0,
             1),
        Real("newcomers",
             0.1,
             "share of places kept for items that came since the last training, where one fits the "
             "user",
             0,
             1)}});
  sections.push_back(
      {"search",
       "Search by words, pictures and sounds.",
       {Text("vectors",
             "float32",
             "what a query's vector is compared with: float32, every item's whole vector; int8 or "
             "binary, codes of 8 bits or 1 bit a number (4 or 32 times less to read; kept beside "
             "the whole ones), and only the best whole. `medley vectors` says what each finds",
             {"float32", "int8", "binary"})}});
  SettingSection fusion{"fusion",
                        "How the vectors of an item's modalities become one; nothing set: their "
                        "mean, each projected to one dimension.",
                        {}};
  fusion.open = true;
  fusion.examples = {"name = \"mean\"", "dimension = 384"};
  sections.push_back(std::move(fusion));
  SettingSection llm{
      "llm", "The language model that writes; nothing set: the model pack's own.", {}};
  llm.open = true;
  llm.examples = {"path = \"models/my_model.gguf\"   # a GGUF file, run in this process",
                  "backend = \"endpoint\"          # or an OpenAI-compatible HTTP endpoint",
                  "url = \"http://127.0.0.1:8080/v1\"",
                  "key_env = \"MY_KEY\"            # the variable that holds the key, if it asks "
                  "for one"};
  sections.push_back(std::move(llm));
  sections.push_back(
      {"enrich",
       "What is read out of texts.",
       {Real("verify_above",
             0,
             "of medley enrich --reader verified: a statement stays where the language model's "
             "log-odds that the text says so are above this; 0: where the text makes it likelier",
             -100,
             100)}});
  sections.push_back(
      {"explain",
       "Reasons in words.",
       {Flag("rewrite",
             true,
             "let the language model rewrite the template sentences in the background"),
        Flag("check",
             true,
             "hold its sentences to the facts; false lets it write freely, to measure a model")}});
  sections.push_back(
      {"rerank",
       "Order of the candidates.",
       {Flag("llm",
             false,
             "let the language model order the best candidates; what it said is remembered, and "
             "the former order kept where it is late"),
        Number("candidates", 20, "how many of the best it orders", 2, 26),
        Number("budget_ms",
               0,
               "how long a request waits for it; 0: not at all, a later request gets its order",
               0,
               60'000)}});
  sections.push_back(
      {"answers",
       "Questions answered from documents.",
       {Number("first_words_ms",
               1200,
               "how long the first sentence of a language model that words the quotation is waited "
               "for; past it the quotation stands",
               0,
               6000)}});
  SettingSection rules{
      "rules",
      "Rules of your own that every list obeys, one [[rules]] each; docs/howto/rules.md says what "
      "they may say, `medley rules` what they hit.",
      {}};
  rules.list = true;
  rules.examples = {"name = \"no horror for children\"",
                    "never = \"genre = Horror\"     # or requires, needs, prefer",
                    "for = \"user.age < 16\"        # nothing: for everybody"};
  sections.push_back(std::move(rules));
  return sections;
}

std::string TomlText(const ParameterValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Json(*text).dump();
  return SettingText(value);
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t next =
          std::min({row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = std::exchange(row[j + 1], next);
    }
  }
  return row[b.size()];
}

tl::unexpected<Error> UnknownKey(const std::string& name) {
  std::string nearest;
  std::size_t best = static_cast<std::size_t>(-1);
  for (const auto& section : SettingSections()) {
    for (const auto& setting : section.settings) {
      const std::string known = section.name + "." + setting.name;
      const std::size_t distance = EditDistance(name, known);
      if (distance < best) {
        best = distance;
        nearest = known;
      }
    }
  }
  return Fail(
      ErrorCode::kInvalidInput,
      "medley.toml: unknown setting '" + name + "'; the nearest there is: '" + nearest + "'");
}

/// `section`: that of a list's table ends with its number, "rules.0".
bool IsOpen(const std::string& section) {
  if (section.starts_with(kRecommenderPrefix)) return true;
  return std::ranges::any_of(SettingSections(), [&](const SettingSection& known) {
    return (known.open && known.name == section) ||
           (known.list && section.starts_with(known.name + "."));
  });
}

bool IsList(const std::string& section) {
  return std::ranges::any_of(SettingSections(), [&](const SettingSection& known) {
    return known.list && known.name == section;
  });
}

Status ReadTable(const toml::table& table,
                 const std::string& section,
                 std::map<std::string, std::string>& out);

/// Each table of a list under its number.
Status ReadList(const toml::node& node,
                const std::string& name,
                std::map<std::string, std::string>& out) {
  const auto* tables = node.as_array();
  if (tables == nullptr || !tables->is_array_of_tables()) {
    return Fail(ErrorCode::kInvalidInput,
                "medley.toml: '" + name + "' is a list: write [[" + name + "]] above each");
  }
  for (std::size_t i = 0; i < tables->size(); ++i)
    MEDLEY_RETURN_IF_ERROR(
        ReadTable(*tables->get(i)->as_table(), name + "." + std::to_string(i), out));
  return {};
}

Status ReadTable(const toml::table& table,
                 const std::string& section,
                 std::map<std::string, std::string>& out) {
  for (const auto& [key, node] : table) {
    const std::string name =
        section.empty() ? std::string(key.str()) : section + "." + std::string(key.str());
    if (IsList(name)) {
      MEDLEY_RETURN_IF_ERROR(ReadList(node, name, out));
      continue;
    }
    if (const auto* inner = node.as_table()) {
      MEDLEY_RETURN_IF_ERROR(ReadTable(*inner, name, out));
      continue;
    }
    std::string text;
    if (const auto* whole = node.as_integer()) {
      text = std::to_string(whole->get());
    } else if (const auto* real = node.as_floating_point()) {
      text = Json(real->get()).dump();
    } else if (const auto* flag = node.as_boolean()) {
      text = flag->get() ? "true" : "false";
    } else if (const auto* words = node.as_string()) {
      text = words->get();
    } else if (const auto* list = node.as_array();
               list != nullptr && list->is_homogeneous<std::string>()) {
      for (const auto& entry : *list) text += (text.empty() ? "" : ", ") + **entry.as_string();
    } else {
      return Fail(ErrorCode::kInvalidInput,
                  "medley.toml: setting '" + name +
                      "' must be a number, a text, true or false, or a list of texts");
    }
    if (!IsOpen(section)) {
      const ParameterSpec* spec = FindSetting(name);
      if (spec == nullptr) return UnknownKey(name);
      auto checked = Parameters::FromText({*spec}, {{spec->name, text}});
      if (!checked)
        return Wrap("medley.toml, section [" + section + "]", std::move(checked).error());
    }
    out[name] = std::move(text);
  }
  return {};
}

}  // namespace

const std::vector<SettingSection>& SettingSections() {
  static const std::vector<SettingSection> sections = MakeSections();
  return sections;
}

std::string SettingText(const ParameterValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return std::visit([](const auto& v) { return Json(v).dump(); }, value);
}

const ParameterSpec* FindSetting(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  for (const auto& section : SettingSections()) {
    if (section.name != name.substr(0, dot)) continue;
    for (const auto& setting : section.settings) {
      if (setting.name == name.substr(dot + 1)) return &setting;
    }
  }
  return nullptr;
}

std::string DefaultSettingsFile() {
  std::ostringstream out;
  out << "# Settings of this Medley workspace (TOML). Every setting is here with its default, "
         "commented out:\n"
         "# take the # away and change the value. Unknown names are refused.\n";
  for (const auto& section : SettingSections()) {
    out << "\n# " << section.help << "\n";
    out << (section.list ? "# [[" + section.name + "]]" : "[" + section.name + "]") << "\n";
    for (const auto& setting : section.settings) {
      out << "# " << setting.help << "\n# " << setting.name << " = "
          << TomlText(setting.default_value) << "\n";
    }
    for (const auto& example : section.examples)
      out << (section.list ? "#   " : "# ") << example << "\n";
  }
  return out.str();
}

Result<std::map<std::string, std::string>> ReadSettings(std::string_view toml_text) {
  std::map<std::string, std::string> settings;
  toml::table table;
  try {
    table = toml::parse(toml_text);
  } catch (const toml::parse_error& error) {
    std::ostringstream why;
    why << "medley.toml, line " << error.source().begin.line << ": " << error.description();
    return Fail(ErrorCode::kInvalidInput, why.str());
  }
  MEDLEY_RETURN_IF_ERROR(ReadTable(table, "", settings));
  return settings;
}

Result<std::vector<std::map<std::string, std::string>>> ReadSettingsList(std::string_view toml,
                                                                         std::string_view list) {
  MEDLEY_ASSIGN_OR_RETURN(const auto settings, ReadSettings(toml));
  std::map<std::size_t, std::map<std::string, std::string>> numbered;
  const std::string prefix = std::string(list) + ".";
  for (const auto& [name, text] : settings) {
    if (!name.starts_with(prefix)) continue;
    const auto dot = name.find('.', prefix.size());
    if (dot == std::string::npos) continue;
    numbered[std::stoul(name.substr(prefix.size(), dot - prefix.size()))][name.substr(dot + 1)] =
        text;
  }
  std::vector<std::map<std::string, std::string>> tables;
  for (auto& [number, table] : numbered) tables.push_back(std::move(table));
  return tables;
}

}  // namespace medley::storage
