#include "medley/pipeline/attributes.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/data/catalogue.h"
#include "medley/recommenders/recommender.h"

namespace medley::pipeline {
namespace {

/// Longer texts are descriptions, not something that items share.
constexpr std::size_t kMaxValueBytes = 80;

class TokenList {
 public:
  explicit TokenList(IdMap& names) : names_(names) {}

  void Add(std::string_view name, std::string_view value) {
    if (value.empty() || value.size() > kMaxValueBytes) return;
    tokens_.push_back(names_.Intern(std::string(name) + "=" + std::string(value)));
  }

  void AddNumber(std::string_view name, double value) {
    if (!std::isfinite(value)) return;
    if (name == "year" || name == "release_year") {
      const auto year = static_cast<long>(value);
      if (year < 1000 || year > 3000) return;
      Add("year", std::to_string(year));
      Add("decade", std::to_string(year / 10 * 10) + "s");
    } else if (name == "price" && value >= 1) {
      Add("price", std::to_string(1L << std::min(40, std::ilogb(value))) + "+");
    }
  }

  void AddAttribute(std::string_view name, const Json& value) {
    if (name == "simulated") return;
    if (value.is_string()) {
      Add(name, value.get_ref<const std::string&>());
    } else if (value.is_array()) {
      for (const auto& element : value) {
        if (element.is_string()) Add(name, element.get_ref<const std::string&>());
      }
    } else if (value.is_boolean() && value.get<bool>()) {
      Add(name, "true");
    } else if (value.is_number()) {
      AddNumber(name, value.get<double>());
    }
  }

  std::vector<std::uint32_t> Sorted() {
    std::sort(tokens_.begin(), tokens_.end());
    tokens_.erase(std::unique(tokens_.begin(), tokens_.end()), tokens_.end());
    return std::move(tokens_);
  }

 private:
  IdMap& names_;
  std::vector<std::uint32_t> tokens_;
};

}  // namespace

void BuildAttributes(const std::vector<data::Item>& items, recommenders::ItemFeatures& features) {
  IdMap names;
  for (const auto& name : features.attribute_names) names.Intern(name);
  features.attributes.reserve(items.size());
  for (std::size_t i = features.attributes.size(); i < items.size(); ++i) {
    const data::Item& item = items[i];
    TokenList tokens(names);
    tokens.Add("kind", item.kind);
    tokens.Add("language", item.language);
    for (const auto& category : item.categories) tokens.Add("category", category);
    for (const auto& tag : item.tags) tokens.Add("tag", tag);
    for (const auto& [name, value] : item.attributes.items()) tokens.AddAttribute(name, value);
    features.attributes.push_back(tokens.Sorted());
  }
  features.attribute_names = names.ids();
}

}  // namespace medley::pipeline
