#include "medley/serving/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/json.h"
#include "medley/serving/embedded.h"
#include "medley/serving/http.h"
#include "medley/serving/target.h"

namespace medley::serving {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

RouteMatch Match(Method method, std::string_view target) {
  return MatchRoute(method, Target::Parse(target).value());
}

TEST(Routes, FindsTheOneThatFits) {
  const auto match = Match(Method::kGet, "/api/v1/items/a%2Fb/similar");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/api/v1/items/{id}/similar");
  EXPECT_THAT(match.path, ElementsAre("a/b"));
  EXPECT_EQ(Match(Method::kHead, "/api/v1/items").route,
            Match(Method::kGet, "/api/v1/items").route);
}

TEST(Routes, TellsAWrongMethodFromAWrongPath) {
  const auto wrong_method = Match(Method::kPost, "/api/v1/items/7");
  EXPECT_EQ(wrong_method.route, nullptr);
  EXPECT_THAT(wrong_method.allowed,
              UnorderedElementsAre(Method::kGet, Method::kPut, Method::kPatch, Method::kDelete));
  for (const std::string_view path : {"/",
                                      "/api/v1",
                                      "/api/v1/items/",
                                      "/api/v1/items//similar",
                                      "/api/v1/ITEMS",
                                      "/api/v1/items/1/similar/2"}) {
    const auto match = Match(Method::kGet, path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_THAT(match.allowed, IsEmpty()) << path;
  }
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

Json Described() { return ParseJson(ApiFiles().front().bytes).value(); }

/// Follows {"$ref": "#/components/..."}.
Json Resolve(const Json& document, const Json& node) {
  if (!node.contains("$ref")) return node;
  return document.at(Json::json_pointer(node.at("$ref").get<std::string>().substr(1)));
}

std::set<std::string> DescribedParameters(const Json& document, const Json& operation) {
  std::set<std::string> names;
  for (const auto& listed : operation.value("parameters", Json::array())) {
    const Json parameter = Resolve(document, listed);
    if (parameter["in"] == "query") names.insert(parameter["name"].get<std::string>());
  }
  return names;
}

TEST(Routes, AreAllDescribedWithTheirParameters) {
  const Json document = Described();
  for (const Route& route : Routes()) {
    SCOPED_TRACE(std::string(MethodName(route.method)) + " " + std::string(route.pattern));
    const Json& paths = document["paths"];
    ASSERT_TRUE(paths.contains(route.pattern));
    const Json& path = paths[std::string(route.pattern)];
    ASSERT_TRUE(path.contains(Lower(MethodName(route.method))));
    const Json& operation = path[Lower(MethodName(route.method))];
    EXPECT_EQ(DescribedParameters(document, operation),
              std::set<std::string>(route.parameters.begin(), route.parameters.end()));
    EXPECT_EQ(operation.contains("requestBody"), route.body != BodyKind::kNone);
  }
}

TEST(Routes, ServeWhateverIsDescribed) {
  std::set<std::string> served;
  for (const Route& route : Routes())
    served.insert(Lower(MethodName(route.method)) + " " + std::string(route.pattern));
  for (const auto& [pattern, path] : Described()["paths"].items()) {
    for (const auto& [method, operation] : path.items()) {
      if (method == "parameters") continue;
      EXPECT_TRUE(served.contains(method + " " + pattern)) << method << " " << pattern;
    }
  }
}

}  // namespace
}  // namespace medley::serving
