#pragma once

#include <span>
#include <string_view>

namespace medley::answers {

/// Ways of saying one thing, in English and Chinese, with ';' between. A phrase may stand in
/// several rows. Names: "#return" a concept; "-" says nothing of the matter; "?span", "?money" and
/// "?how" what is asked for, "=span" and "=money" that it is there, "=own" that it is the asker's.
struct ServiceConcept {
  std::string_view name;
  std::string_view phrases;
};

/// To teach a synonym: a phrase in a row of service_concepts.cpp.
std::span<const ServiceConcept> ServiceConcepts();

}  // namespace medley::answers
