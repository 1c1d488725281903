#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "medley/explain/explanation.h"
#include "medley/explain/phrases.h"

namespace medley::explain {

/// Fact::action of an item that is not of the user's past.
inline constexpr std::string_view kAskedAbout = "none";

/// ClausesOf, by language. `same_item`: the fact before names the same item, so a pronoun can stand
/// for it.
Clauses EnglishClauses(const Fact& fact, bool same_item);
Clauses ChineseClauses(const Fact& fact, bool same_item);

/// A value or the name of an attribute without quotes: one harmless short line.
std::string DisplayName(std::string_view text);

/// Whether `value` reads as a name without quotes ("Ridley Scott", "1990s", "松本清张"): a few
/// words of letters or digits, each with a capital first where its script has capitals. Everything
/// else is quoted, so that no value can pass for our own words.
bool LooksLikeName(std::string_view value);

/// An attribute's value in “ ”, which Chinese uses for what is not a title.
std::string QuotedValue(std::string_view value);

std::string LowerAscii(std::string_view text);

/// A count as people are told it. Missing: 0 for what is no positive finite number.
std::uint64_t WholeCount(double count);

}  // namespace medley::explain
