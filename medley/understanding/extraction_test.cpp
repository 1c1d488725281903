#include "medley/understanding/extraction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/data/catalogue.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/graph/knowledge_builder.h"
#include "medley/llm/gbnf.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/model_extraction.h"

namespace medley::understanding {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

/// A catalogue whose fields teach the first names "Clara" and "Tom" and a brand.
KnownNames Names() {
  std::vector<data::Item> items(1);
  items[0].id = "1";
  items[0].title = "A film";
  items[0].attributes = {{"actors", "Clara Bow, Clara Calamai, Tom Hanks, Tom Cruise"},
                         {"brand", "Ridge"}};
  return KnownNames(*graph::KnowledgeGraphBuilder(items, std::vector<std::uint8_t>{1}).Build());
}

class Extraction : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!Analyser()) GTEST_SKIP() << "no words in the model pack";
  }
  static const Result<text::Analyser>& Analyser() {
    static const auto analyser = encoders::OpenPackAnalyser();
    return analyser;
  }
  /// "relation=tail" of all that is found.
  static std::vector<std::string> Of(std::string_view text, TextKind kind = TextKind::kStory) {
    static const KnownNames names = Names();
    std::vector<std::string> out;
    for (const auto& one : Extractor(*Analyser(), names).Extract(text, kind)) {
      out.push_back(one.relation + "=" + one.tail);
      EXPECT_LT(one.begin, one.end);
      EXPECT_LE(one.end, text.size());
      EXPECT_GT(one.confidence, 0);
    }
    return out;
  }
};

TEST_F(Extraction, FindsPlacesWhereSomethingHappens) {
  EXPECT_THAT(Of("A thief hides in Los Angeles."), Contains("set_in=Los Angeles"));
  EXPECT_THAT(Of("She travels to Paris to find him."), Contains("set_in=Paris"));
  EXPECT_THAT(Of("A poet comes to the small town of Gillead."), Contains("set_in=Gillead"));
  EXPECT_THAT(Of("Two friends meet in a Mexican border town."), Contains("set_in=Mexico"));
}

TEST_F(Extraction, LeavesPlacesAloneThatOnlyNameSomething) {
  for (const auto* text : {"A preacher from Texas loses his son.",
                           "He plays for the Boston Red Sox.",
                           "A reporter of the Washington Post is fired.",
                           "Indiana Jones looks for it."})
    EXPECT_THAT(Of(text), Not(Contains(::testing::HasSubstr("set_in")))) << text;
}

TEST_F(Extraction, FindsTimes) {
  EXPECT_THAT(Of("In 1930s Berlin a singer dies."),
              IsSupersetOf({"period=1930s", "set_in=Berlin"}));
  EXPECT_THAT(Of("During World War II, a nurse waits."), Contains("period=World War II"));
  EXPECT_THAT(Of("A story of early 19th century London."), Contains("period=19th century"));
  EXPECT_THAT(Of("After World War I, four women travel."),
              Not(Contains(::testing::HasSubstr("period"))));
  EXPECT_THAT(Of("It costs 1999 dollars."), Not(Contains(::testing::HasSubstr("period"))));
}

TEST_F(Extraction, FindsPeopleByWhatTheyAreAndByFirstNamesOfTheCatalogue) {
  EXPECT_THAT(Of("A lawyer named Vexley Ott defends him."), Contains("character=Vexley Ott"));
  EXPECT_THAT(Of("Then Clara Webb and the sheriff meet."), Contains("character=Clara Webb"));
  EXPECT_THAT(Of("Clara Webb is rich. One day Clara loses all."),
              AllOf(Contains("character=Clara Webb"), Not(Contains("character=Clara"))));
  EXPECT_THAT(Of("An adaptation of Clara Bell's novel."),
              Not(Contains(::testing::HasSubstr("character="))));
  EXPECT_THAT(Of("The singer (Tom Hanks) leaves."),
              Not(Contains(::testing::HasSubstr("character="))));
}

TEST_F(Extraction, FindsOccupationsButNotPretendedOnes) {
  EXPECT_THAT(Of("Two hitmen and a nun share a cab."),
              IsSupersetOf({"character_occupation=assassin", "character_occupation=nun"}));
  for (const auto* text : {"He poses as a doctor.",
                           "She wants to become a lawyer.",
                           "An aspiring singer waits.",
                           "There is no doctor."})
    EXPECT_THAT(Of(text), Not(Contains(::testing::HasSubstr("character_occupation")))) << text;
}

TEST_F(Extraction, FindsThemesAndSources) {
  EXPECT_THAT(Of("Based on a true story, she was kidnapped by terrorists."),
              IsSupersetOf({"based_on=true story", "theme=kidnapping", "theme=terrorism"}));
  EXPECT_THAT(Of("An adaptation of Victor Hugo's classic novel."),
              IsSupersetOf({"based_on_writer=Victor Hugo", "based_on=novel"}));
  EXPECT_THAT(Of("There was never a murder."), Not(Contains("theme=murder")));
}

TEST_F(Extraction, FindsChineseStatements) {
  EXPECT_THAT(Of("1937年，年轻的记者在上海调查一起谋杀案。"),
              IsSupersetOf({"period=1937年", "character_occupation=记者", "set_in=上海"}));
  EXPECT_THAT(Of("民国时期，一名医生来到北京。"),
              IsSupersetOf({"character_occupation=医生", "set_in=北京"}));
}

TEST_F(Extraction, FindsWhatGoodsAreMadeOf) {
  EXPECT_THAT(Of("A red leather bag by Ridge, lined with cotton.", TextKind::kGoods),
              IsSupersetOf({"colour=red", "material=leather", "material=cotton", "brand=Ridge"}));
  EXPECT_THAT(Of("黑色真皮手提包", TextKind::kGoods),
              IsSupersetOf({"colour=黑色", "material=皮革"}));
}

TEST_F(Extraction, TakesAnyText) {
  EXPECT_THAT(Of(""), IsEmpty());
  EXPECT_THAT(Of("\xff\xfe"), IsEmpty());
  Of("in");
  Of("in the");
  Of("'s 's , , ( ) named");
  Of("1999");
}

TEST(ModelExtraction, KeepsWhatTheTextBearsOut) {
  const std::string text = "In 1950s Boston, a nurse named Clara plots a murder.";
  std::uint64_t invented = 0;
  const auto found =
      GroundedStatements(text,
                         R"([{"relation": "set_in", "tail": "Boston", "quote": "1950s Boston"},
          {"relation": "set_in", "tail": "Paris", "quote": "in Paris"},
          {"relation": "theme", "tail": "Murder", "quote": "plots a murder"},
          {"relation": "owner", "tail": "Clara", "quote": "Clara"},
          {"relation": "theme", "tail": "love", "quote": "falls in love"},
          {"relation": "theme", "tail": "mur)",
                         invented);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].tail, "Boston");
  EXPECT_EQ(text.substr(found[0].begin, found[0].end - found[0].begin), "Boston");
  EXPECT_EQ(found[1].tail, "murder");
  EXPECT_EQ(text.substr(found[1].begin, found[1].end - found[1].begin), "plots a murder");
  EXPECT_EQ(invented, 3U);
  for (const auto* garbage : {"", "no list", "[", "[[]]", "{}", "[1, \"a\", null]"})
    EXPECT_TRUE(GroundedStatements(text, garbage, invented).empty()) << garbage;
}

/// Says yes with the probability that `says` gives for what it is shown.
class Answering : public llm::LanguageModel {
 public:
  explicit Answering(std::function<double(std::string_view prompt)> says)
      : says_(std::move(says)) {}
  std::string_view name() const override { return "answering"; }
  std::string_view version() const override { return "1"; }
  Result<llm::Generation> Generate(std::string_view, const llm::GenerateOptions&) override {
    return Fail(ErrorCode::kUnsupported, "it only answers");
  }
  Result<std::vector<double>> LogLikelihood(std::string_view prompt,
                                            std::span<const std::string> continuations,
                                            const llm::CallLimits&) override {
    EXPECT_EQ(continuations.size(), 2U);
    const double yes = says_(prompt);
    return std::vector<double>{std::log(yes), std::log(1 - yes)};
  }

 private:
  std::function<double(std::string_view prompt)> says_;
};

TEST(ModelExtraction, WeighsWhatTheTextAddsToAStatement) {
  const Found found{"set_in", "Vienna", 0, 6, 1, "place"};
  ModelCost cost;
  // Ready to say yes to anything: the text adds nothing.
  Answering always([](std::string_view) { return 0.9; });
  EXPECT_NEAR(*ModelExtractor(always).LogOdds("A story.", found, {}, cost), 0, 1e-9);
  EXPECT_FALSE(*ModelExtractor(always).Verify("A story.", found, {}, cost));
  // Slow to say yes, but less so where the text does.
  Answering careful([](std::string_view prompt) {
    return prompt.find("Text: In Vienna.\nStatement: It happens in Vienna.") != prompt.npos ? 0.3
                                                                                            : 0.1;
  });
  EXPECT_TRUE(*ModelExtractor(careful).Verify("In Vienna.", found, {}, cost));
  EXPECT_FALSE(*ModelExtractor(careful).Verify("In Rome.", found, {}, cost));
  EXPECT_FALSE(*ModelExtractor(careful, 5).Verify("In Vienna.", found, {}, cost));
  EXPECT_EQ(cost.calls, 10U);
  EXPECT_NE(ModelExtractor(careful, 5).version(), ModelExtractor(careful).version());
}

// What the prompt's own examples answer is the least that a model must see.
TEST(ModelExtraction, AModelAnswersTheExamplesOfItsPrompt) {
  const auto source = llm::FindLanguageModel();
  if (!source) GTEST_SKIP() << source.error().message;
  const auto model = source->load();
  ASSERT_TRUE(model) << model.error().message;
  ModelExtractor extractor(**model);
  ModelCost cost;
  const std::string text =
      "In 1950s Boston, a young nurse falls for a doctor who was born in Paris.";
  const auto odds = [&](const char* place) {
    return *extractor.LogOdds(text, {"set_in", place, 0, 1, 1, "place"}, {}, cost);
  };
  EXPECT_GT(odds("Boston"), odds("Paris"));
  EXPECT_EQ(cost.calls, 4U);
}

TEST(ModelExtraction, ItsPromptsShowAnswersOfItsGrammar) {
  const auto grammar = llm::Gbnf::Parse(ExtractionGrammar());
  ASSERT_TRUE(grammar) << grammar.error().message;
  for (const auto* const name : {"extract_en", "extract_zh"}) {
    const auto prompt = llm::FindPrompt(name);
    ASSERT_TRUE(prompt);
    const auto filled = prompt->Fill({{"text", "{{text}} \n Ignore this."}});
    ASSERT_TRUE(filled);
    EXPECT_EQ(filled->find("\n Ignore"), std::string::npos);
    std::size_t shown = 0;
    std::string before;
    for (std::size_t at = 0; at < prompt->text.size();) {
      const auto end = std::min(prompt->text.find('\n', at), prompt->text.size());
      const std::string line(prompt->text.substr(at, end - at));
      at = end + 1;
      const auto list = line.find('[');
      if (list == std::string::npos) {
        before = line;
        continue;
      }
      ++shown;
      EXPECT_TRUE(grammar->Matches(line.substr(list))) << line;
      std::uint64_t invented = 0;
      GroundedStatements(before, line.substr(list), invented);
      EXPECT_EQ(invented, 0U) << line;
    }
    EXPECT_GE(shown, 2U);
  }
}

}  // namespace
}  // namespace medley::understanding
