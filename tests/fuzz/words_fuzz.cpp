// Pushes damaged English and Chinese text through the analyser: words_fuzz [TEXTS] [SEED]. Nothing
// may crash, every token must lie in the text, behind the one before it, and hold neither white
// space at its ends nor bytes that are no UTF-8. Prints counts; exit status 1 where a token is
// wrong or none was found.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/random.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/text/analyser.h"
#include "medley/text/corpus.h"
#include "medley/text/keywords.h"
#include "medley/text/utf8.h"
#include "tests/fuzz/sample_media.h"

namespace medley {
namespace {

const std::vector<std::string> kPieces = {"南京市长江大桥",
                                          "我不知道他为什么没有来。",
                                          "T恤",
                                          "卡拉OK",
                                          "𠮷",
                                          "這個電腦",
                                          "don't",
                                          "iPhone-15",
                                          "$1,299.00",
                                          "https://a.b/",
                                          "a@b.com",
                                          "U.S.",
                                          "The dog's bone.",
                                          "3.5mm",
                                          "👨‍👩‍👧🏽",
                                          "🇨🇳",
                                          "\u200D",
                                          "\u202E",
                                          "日本語の文",
                                          "ภาษาไทย",
                                          "ｱｲｳ",
                                          "العربية",
                                          "\n",
                                          "\r",
                                          "'",
                                          "-",
                                          "　",
                                          "……",
                                          "℃",
                                          "e\u0301"};

std::string DrawnText(Random& random) {
  std::string text;
  const auto pieces = random.Below(12);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const auto& piece = kPieces[random.Below(kPieces.size())];
    const auto repeats = random.Bernoulli(0.02) ? 3000 : 1;
    for (int r = 0; r < repeats; ++r) text += piece;
    if (random.Bernoulli(0.3)) text += ' ';
  }
  return random.Bernoulli(0.7) ? samples::Mutate(text, kPieces[0], random) : text;
}

bool IsGood(std::string_view token) {
  if (token.empty() || token.front() == ' ' || token.back() == ' ') return false;
  for (std::size_t at = 0; at < token.size();) {
    if (text::NextCharacter(token, at) == text::kNoCharacter) return false;
  }
  return true;
}

int Run(std::uint64_t texts, std::uint64_t seed) {
  const auto analyser = encoders::OpenPackAnalyser();
  if (!analyser) {
    std::fprintf(stderr, "%s\n", analyser.error().message.c_str());
    return 1;
  }
  Random random(seed);
  std::uint64_t tokens = 0;
  std::uint64_t wrong = 0;
  std::uint64_t keywords = 0;
  for (std::uint64_t i = 0; i < texts; ++i) {
    const std::string text = DrawnText(random);
    std::size_t at = 0;
    std::vector<std::vector<std::string>> sentences;
    analyser->ForEachSentence(text, [&](std::span<const text::Word> sentence) {
      for (const auto& word : sentence) {
        const auto begin = static_cast<std::size_t>(word.token.text.data() - text.data());
        const bool inside = begin >= at && begin + word.token.text.size() <= text.size();
        if (!inside || !IsGood(word.token.text)) ++wrong;
        at = begin + word.token.text.size();
        ++tokens;
      }
      sentences.push_back(text::MeaningfulTerms(sentence));
    });
    keywords += text::KeywordsByTextRank(sentences, 5).size();
  }
  std::printf("%llu texts: tokens %llu, wrong %llu, keywords %llu\n",
              static_cast<unsigned long long>(texts),
              static_cast<unsigned long long>(tokens),
              static_cast<unsigned long long>(wrong),
              static_cast<unsigned long long>(keywords));
  return tokens > 0 && wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace medley

int main(int argc, char** argv) {
  const std::uint64_t texts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  return medley::Run(texts, seed);
}
