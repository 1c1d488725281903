#pragma once

#include <map>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::llm {

/// A prompt that the program carries: a file of llm/prompts, with {{name}} where something is to be
/// filled in.
struct Prompt {
  std::string_view name;  ///< the file's, without ".txt"
  std::string_view text;

  /// Changes with every change of the text.
  std::string Version() const;
  /// The text with each {{name}} replaced. A value is one line: its line ends and control
  /// characters become spaces, "{{" is taken apart, so that it can't end an example or ask to be
  /// filled in itself. Errors: kInternal naming a place without a value.
  Result<std::string> Fill(const std::map<std::string, std::string, std::less<>>& values) const;
};

/// A title as a prompt shows it: one line of at most 60 characters, in quotes that it can't end.
std::string QuotedTitle(std::string_view title);

/// Errors: kNotFound.
Result<Prompt> FindPrompt(std::string_view name);

}  // namespace medley::llm
