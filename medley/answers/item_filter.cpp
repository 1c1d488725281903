#include "medley/answers/item_filter.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/data/catalogue.h"
#include "medley/text/normalize.h"

namespace medley::answers {
namespace {

/// "zh" of "zh-Hans-CN".
std::string PrimaryLanguage(std::string_view tag) {
  return text::Normalize(tag.substr(0, tag.find_first_of("-_")));
}

double PriceOf(const data::Item& item) {
  const auto price =
      item.attributes.is_object() ? item.attributes.find("price") : item.attributes.end();
  if (price == item.attributes.end() || !price->is_number())
    return std::numeric_limits<double>::quiet_NaN();
  return price->get<double>();
}

bool Has(const std::vector<std::uint32_t>& names, std::uint32_t name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

ItemFilter::ItemFilter(const pipeline::Catalogue& catalogue) : visible_(catalogue.visible) {
  visible_.resize(catalogue.items.size(), 1);
  traits_.reserve(catalogue.items.size());
  for (const auto& item : catalogue.items) {
    Traits traits{.kind = names_.Intern(text::Normalize(item.kind)),
                  .categories = {},
                  .languages = {},
                  .price = PriceOf(item)};
    for (const auto& category : item.categories)
      traits.categories.push_back(names_.Intern(text::Normalize(category)));
    if (!item.language.empty())
      traits.languages.push_back(names_.Intern(PrimaryLanguage(item.language)));
    for (const auto& [name, unused] : item.texts) {
      constexpr std::string_view kTranslation = "title:";
      if (name.starts_with(kTranslation))
        traits.languages.push_back(
            names_.Intern(PrimaryLanguage(name.substr(kTranslation.size()))));
    }
    traits_.push_back(std::move(traits));
  }
}

bool ItemFilter::LetsThrough(const Traits& traits,
                             const SearchFilter& filter,
                             std::uint32_t kind,
                             std::uint32_t category,
                             std::uint32_t language) const {
  if (!filter.kind.empty() && traits.kind != kind) return false;
  if (!filter.category.empty() && !Has(traits.categories, category)) return false;
  if (!filter.language.empty() && !Has(traits.languages, language)) return false;
  // Comparisons with NaN, a missing price, are false.
  if (filter.min_price && !(traits.price >= *filter.min_price)) return false;
  return !filter.max_price || traits.price <= *filter.max_price;
}

std::vector<std::uint8_t> ItemFilter::Allowed(const SearchFilter& filter) const {
  const std::uint32_t kind = names_.Find(text::Normalize(filter.kind));
  const std::uint32_t category = names_.Find(text::Normalize(filter.category));
  const std::uint32_t language = names_.Find(PrimaryLanguage(filter.language));
  std::vector<std::uint8_t> allowed = visible_;
  for (std::size_t item = 0; item < allowed.size(); ++item) {
    if (allowed[item] != 0 && !(filter.rules.Allows(static_cast<ItemIndex>(item)) &&
                                LetsThrough(traits_[item], filter, kind, category, language)))
      allowed[item] = 0;
  }
  return allowed;
}

}  // namespace medley::answers
