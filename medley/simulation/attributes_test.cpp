// That what an item is can be read off its pixels and samples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <vector>

#include "medley/simulation/picture.h"
#include "medley/simulation/sound.h"
#include "medley/simulation/text.h"

namespace medley::simulation {
namespace {

ItemLatents Draw(std::size_t index) {
  Random random = Random(11).Fork(index);
  return DrawItemLatents(index, MarketEnd(1), random);
}

/// The mean hue of a picture, weighed by chroma. Units: degrees.
double MeanHue(Canvas& canvas) {
  double a = 0;
  double b = 0;
  const auto* pixels = canvas.Pixels();
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const auto* bgr = pixels + y * canvas.stride() + x * 4;
      const HueChroma seen = ToHueChroma({bgr[2] / 255.0, bgr[1] / 255.0, bgr[0] / 255.0});
      const double angle = seen.hue * std::numbers::pi / 180;
      a += seen.chroma * std::cos(angle);
      b += seen.chroma * std::sin(angle);
    }
  }
  return std::atan2(b, a) * 180 / std::numbers::pi;
}

double Apart(double degrees, double others) {
  return std::fabs(std::remainder(degrees - others, 360));
}

TEST(Oklch, InvertsToItsHue) {
  for (int hue = 5; hue < 360; hue += 25) {
    const HueChroma back = ToHueChroma(Oklch(0.65, 0.1, hue));
    EXPECT_LT(Apart(back.hue, hue), 1) << hue;
    EXPECT_NEAR(back.chroma, 0.1, 0.035) << hue;
  }
}

TEST(DrawPicture, HasTheHueOfTheColour) {
  std::map<Kind, int> drawn;
  std::map<Kind, int> right;
  for (std::size_t i = 0; i < 200; ++i) {
    const ItemLatents item = Draw(i);
    Canvas canvas(64, 64);
    DrawPicture(canvas, item, "Title", Random(i));
    ++drawn[item.kind];
    if (Apart(MeanHue(canvas), ColourHue(item.colour)) < 30) ++right[item.kind];
  }
  for (const auto& [kind, count] : drawn) EXPECT_GT(right[kind], count * 0.8) << KindName(kind);
}

TEST(DrawPicture, TellsStylesApart) {
  // The mean difference between two pictures that differ in style only.
  ItemLatents item = Draw(0);
  std::set<std::string> seen;
  for (int style = 0; style < kStyles; ++style) {
    item.style = style;
    Canvas canvas(64, 64);
    DrawPicture(canvas, item, "Title", Random(1));
    seen.insert(std::string(reinterpret_cast<const char*>(canvas.Pixels()), 64 * 64 * 4));
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kStyles));
}

TEST(DrawFilmFrame, MovesAndKeepsItsScene) {
  ItemLatents film = Draw(3);
  ASSERT_EQ(film.kind, Kind::kFilm);
  for (int category = 0; category < kCategoriesPerKind; ++category) {
    film.category = static_cast<int>(Kind::kFilm) * kCategoriesPerKind + category;
    const auto frame = [&film](double time) {
      Canvas canvas(80, 60);
      DrawFilmFrame(canvas, film, time, Random(4));
      const auto* pixels = canvas.Pixels();
      return std::vector<double>(pixels, pixels + 60 * canvas.stride());
    };
    const auto first = frame(0);
    const auto second = frame(0.1);
    double changed = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
      changed += std::fabs(first[i] - second[i]) / static_cast<double>(first.size());
    EXPECT_GT(changed, 0.05) << CategoryWord(film.category).en;
    EXPECT_LT(changed, 14) << CategoryWord(film.category).en;
    EXPECT_EQ(first, frame(0));
  }
}

/// The share of energy in fast changes: grows with the spectrum's centre.
double Brightness(const std::vector<float>& samples) {
  double power = 1e-9;
  double change = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    power += samples[i] * samples[i];
    change += (samples[i] - samples[i - 1]) * (samples[i] - samples[i - 1]);
  }
  return std::log(change / power);
}

double Correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const auto n = static_cast<double>(x.size());
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sx += x[i], sy += y[i], sxx += x[i] * x[i], syy += y[i] * y[i], sxy += x[i] * y[i];
  }
  return (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
}

TEST(ComposeSound, IsAsBrightAsItsItem) {
  for (int kind = 0; kind < kKinds; ++kind) {
    std::vector<double> latent;
    std::vector<double> heard;
    for (std::size_t i = 0; i < 60; ++i) {
      ItemLatents item = Draw(i);
      item.kind = static_cast<Kind>(kind);
      item.category = kind * kCategoriesPerKind + static_cast<int>(i % kCategoriesPerKind);
      latent.push_back(item.brightness);
      heard.push_back(Brightness(ComposeSound(item, Random(i))));
    }
    EXPECT_GT(Correlation(latent, heard), 0.45) << kind;
  }
}

/// Beats per minute at which the loudness repeats best, by autocorrelation of its rises.
double HeardTempo(const std::vector<float>& samples) {
  constexpr int kHop = 160;  // 10 ms
  std::vector<double> rises;
  double last = 0;
  for (std::size_t at = 0; at + kHop <= samples.size(); at += kHop) {
    double power = 0;
    for (std::size_t i = at; i < at + kHop; ++i) power += samples[i] * samples[i];
    const double level = std::log(power + 1e-3);
    rises.push_back(std::max(0.0, level - last));
    last = level;
  }
  rises[0] = 0;
  double best = 0;
  double tempo = 0;
  for (int lag = 30; lag <= 110; ++lag) {
    double sum = 0;
    for (std::size_t i = 0; i + static_cast<std::size_t>(lag) < rises.size(); ++i)
      sum += rises[i] * rises[i + static_cast<std::size_t>(lag)];
    sum /= static_cast<double>(rises.size()) - lag;
    if (sum > best) best = sum, tempo = 6000.0 / lag;
  }
  return tempo;
}

TEST(ComposeSound, BeatsAtItsTempo) {
  int right = 0;
  int heard = 0;
  for (const int genre : {1, 2, 4, 5}) {  // rock, electronic, folk, hip-hop
    for (std::size_t i = 0; i < 15; ++i) {
      ItemLatents item = Draw(i);
      item.kind = Kind::kSong;
      item.category = static_cast<int>(Kind::kSong) * kCategoriesPerKind + genre;
      const double tempo = HeardTempo(ComposeSound(item, Random(i)));
      ++heard;
      // Nobody can tell a beat from its half or its double by ear either.
      for (const double factor : {0.25, 0.5, 1.0, 2.0, 4.0, 2.0 / 3, 4.0 / 3}) {
        if (std::fabs(tempo * factor / item.tempo - 1) < 0.05) {
          ++right;
          break;
        }
      }
    }
  }
  EXPECT_GT(right, heard * 0.75);
}

TEST(ComposeSound, LastsThreeSecondsAndIsLoudEnough) {
  for (std::size_t i = 0; i < 40; ++i) {
    const auto samples = ComposeSound(Draw(i), Random(i));
    ASSERT_EQ(samples.size(), static_cast<std::size_t>(kSoundRate * kSoundSeconds));
    double power = 0;
    float peak = 0;
    for (const float x : samples) {
      ASSERT_TRUE(std::isfinite(x));
      power += x * x;
      peak = std::max(peak, std::fabs(x));
    }
    EXPECT_LE(peak, 0.9F);
    EXPECT_GT(std::sqrt(power / static_cast<double>(samples.size())), 0.03) << i;
  }
}

TEST(WriteText, TellsTheCategoryAndFitsTheEncoder) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < 400; ++i) {
    const ItemLatents item = Draw(i);
    const ItemText text = WriteText(item, Random(i));
    const std::string english = text.title_en + " " + text.description_en;
    EXPECT_EQ(english.find('{'), std::string::npos) << english;
    EXPECT_EQ(text.description_zh.find('{'), std::string::npos);
    const auto words = std::count(english.begin(), english.end(), ' ') + 1;
    EXPECT_LE(words, 45) << english;
    EXPECT_LE((text.title_zh + text.description_zh).size() / 3, 64U) << text.description_zh;
    seen.insert(text.title_en + text.description_en);
  }
  EXPECT_GT(seen.size(), 390U);
}

TEST(WriteText, TellsTheColourOfAThirdOfTheGoods) {
  int told = 0;
  int goods = 0;
  for (std::size_t i = 0; i < 600; ++i) {
    const ItemLatents item = Draw(i);
    if (item.kind != Kind::kGoods) continue;
    const ItemText text = WriteText(item, Random(i));
    ++goods;
    const std::string colour(ColourWord(item.colour).zh);
    if ((text.title_zh + text.description_zh).find(colour) != std::string::npos) ++told;
  }
  EXPECT_GT(told, goods * 0.15);
  EXPECT_LT(told, goods * 0.45);
}

TEST(WriteComment, AgreesWithTheLiking) {
  Random random(1);
  std::set<std::string> loved;
  std::set<std::string> hated;
  for (int i = 0; i < 200; ++i) {
    ItemLatents item = Draw(0);
    loved.insert(WriteComment(item, 0.9, false, random));
    hated.insert(WriteComment(item, -0.9, false, random));
  }
  for (const auto& comment : loved) EXPECT_FALSE(hated.contains(comment)) << comment;
}

TEST(MarketEnd, DependsOnTheSeedAlone) {
  EXPECT_EQ(MarketEnd(4), MarketEnd(4));
  EXPECT_NE(MarketEnd(4), MarketEnd(5));
  EXPECT_LT(MarketEnd(60), 1'764'000'000'000);
}

}  // namespace
}  // namespace medley::simulation
