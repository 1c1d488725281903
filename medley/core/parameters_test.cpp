#include "medley/core/parameters.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"

namespace medley {
namespace {

const std::vector<ParameterSpec> kSpecs = {
    {.name = "k", .default_value = std::int64_t{50}, .help = "", .min = 1, .max = 1000},
    {.name = "lambda", .default_value = 0.5, .help = "", .min = 0},
    {.name = "fast", .default_value = true, .help = ""},
    {.name = "similarity",
     .default_value = std::string("cosine"),
     .help = "",
     .choices = {"cosine", "dot"}},
};

TEST(Parameters, FillInDefaults) {
  const auto parameters = Parameters::FromText(kSpecs, {{"k", "7"}}).value();
  EXPECT_EQ(parameters.Int("k"), 7);
  EXPECT_EQ(parameters.Real("lambda"), 0.5);
  EXPECT_TRUE(parameters.Bool("fast"));
  EXPECT_EQ(parameters.Text("similarity"), "cosine");
}

TEST(Parameters, TakeAWholeNumberForARealOne) {
  EXPECT_EQ(Parameters::Make(kSpecs, {{"lambda", std::int64_t{3}}}).value().Real("lambda"), 3.0);
}

TEST(Parameters, SayWhatIsWrongAndWhatMayBe) {
  const auto message = [](const std::string& name, const std::string& text) {
    const auto made = Parameters::FromText(kSpecs, {{name, text}});
    EXPECT_FALSE(made) << name << "=" << text;
    return made ? std::string() : made.error().message;
  };
  EXPECT_NE(message("k", "0").find("from 1 to 1000"), std::string::npos);
  message("k", "1001");
  message("k", "7.5");
  message("k", "");
  message("lambda", "nan");
  message("lambda", "-1");
  message("lambda", "1x");
  message("fast", "maybe");
  EXPECT_NE(message("similarity", "jaccard").find("cosine, dot"), std::string::npos);
  EXPECT_NE(message("kk", "1").find("similarity"), std::string::npos) << "known names are listed";
}

TEST(Parameters, PrintAndReadBackAlike) {
  const auto parameters =
      Parameters::FromText(kSpecs, {{"lambda", "0.125"}, {"fast", "false"}}).value();
  EXPECT_EQ(parameters.ToJson().dump(),
            R"({"fast":false,"k":50,"lambda":0.125,"similarity":"cosine"})");
}

TEST(ParseJson, RefusesBrokenAndBottomlessText) {
  EXPECT_EQ(ParseJson("{\"a\":1").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ParseJson("").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(ParseJson(std::string(100000, '[')).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(ParseJson("\"" + std::string(1000, '[') + "\""))
      << "brackets in a text are no nesting";
}

}  // namespace
}  // namespace medley
