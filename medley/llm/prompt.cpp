#include "medley/llm/prompt.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/llm/prompt_table.h"
#include "medley/text/display.h"

namespace medley::llm {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::string OneLine(std::string_view value) {
  std::string line;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      line += ' ';
    } else {
      if (c == '{' && line.ends_with('{')) line += ' ';
      line += c;
    }
  }
  return line;
}

}  // namespace

std::string Prompt::Version() const {
  constexpr std::size_t kDigits = 12;
  return Sha256(text).substr(0, kDigits);
}

Result<std::string> Prompt::Fill(
    const std::map<std::string, std::string, std::less<>>& values) const {
  std::string filled;
  std::string_view rest = text;
  for (auto open = rest.find(kOpen); open != std::string_view::npos; open = rest.find(kOpen)) {
    const auto close = rest.find(kClose, open);
    if (close == std::string_view::npos) break;
    const auto key = rest.substr(open + kOpen.size(), close - open - kOpen.size());
    const auto value = values.find(key);
    if (value == values.end()) {
      return medley::Fail(
          ErrorCode::kInternal,
          "prompt " + std::string(name) + ": no value for {{" + std::string(key) + "}}");
    }
    filled += rest.substr(0, open);
    filled += OneLine(value->second);
    rest.remove_prefix(close + kClose.size());
  }
  return filled + std::string(rest);
}

std::string QuotedTitle(std::string_view title) {
  constexpr std::size_t kGraphemes = 60;
  std::string line = text::DisplayText(title, kGraphemes);
  for (const std::string_view quote : {"“", "”"}) {
    for (auto at = line.find(quote); at != std::string::npos; at = line.find(quote))
      line.replace(at, quote.size(), "'");
  }
  return "“" + line + "”";
}

Result<Prompt> FindPrompt(std::string_view name) {
  const auto prompts = PromptTable();
  const auto found = std::ranges::find(prompts, name, &Prompt::name);
  if (found == prompts.end())
    return medley::Fail(ErrorCode::kNotFound, "there is no prompt '" + std::string(name) + "'");
  return *found;
}

}  // namespace medley::llm
