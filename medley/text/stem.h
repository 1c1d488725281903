#pragma once

#include <string>
#include <string_view>

namespace medley::text {

/// The stem that an English word shares with its inflections ("dresses" and "dress"; "running" and
/// "runs"). Words with anything but a-z, and those of two letters or fewer, come back as they are;
/// other languages' words are changed consistently, which is all that matching needs. Source: M. F.
/// Porter, An algorithm for suffix stripping, Program 14(3), 1980.
std::string Stem(std::string_view word);

}  // namespace medley::text
