#include "medley/serving/ask_sources.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "medley/answers/answerer.h"
#include "medley/answers/search.h"
#include "medley/core/result.h"
#include "medley/pipeline/engine.h"

namespace medley::serving {

answers::WishSources AskSources(
    pipeline::Engine& engine,
    std::string user,
    std::function<Result<answers::WishSources::Ids>(const answers::SearchQuery&)> search) {
  using Ids = answers::WishSources::Ids;
  answers::WishSources sources;
  const auto rules = engine.Rules(user);
  sources.allows = [rules, catalogue = engine.catalogue()](std::string_view item) {
    return rules.Allows(catalogue->Find(item));
  };
  sources.search = [rules, search = std::move(search)](std::string_view words,
                                                       std::size_t n) -> Result<Ids> {
    answers::SearchQuery query;
    query.text = words;
    query.n = n;
    query.filter.rules = rules;
    return search(query);
  };
  sources.similar = [&engine](std::string_view item, std::size_t n) -> Result<Ids> {
    MEDLEY_ASSIGN_OR_RETURN(const auto similar, engine.Similar(item, n, "en"));
    Ids ids;
    for (const auto& one : similar) ids.push_back(one.item.id);
    return ids;
  };
  sources.recommend = [&engine, user = std::move(user)](std::size_t n) -> Result<Ids> {
    // Nobody in particular: what many like is no answer to a wish, but better than none.
    if (user.empty()) return Ids();
    pipeline::RecommendRequest request;
    request.user = user;
    request.n = n;
    request.explain = false;
    MEDLEY_ASSIGN_OR_RETURN(const auto made, engine.Recommend(request));
    Ids ids;
    for (const auto& one : made.items) ids.push_back(one.item.id);
    return ids;
  };
  return sources;
}

}  // namespace medley::serving
