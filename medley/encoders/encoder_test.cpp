#include "medley/encoders/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numbers>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "medley/encoders/unit_row.h"
#include "medley/inference/model_pack.h"
#include "medley/linalg/kernels.h"

namespace medley::encoders {
namespace {

namespace fs = std::filesystem;
using data::Modality;
using ::testing::HasSubstr;
using Settings = std::map<std::string, std::string>;

bool PackIsThere() {
  const auto pack = inference::ModelPack::Open();
  return pack && pack->models().size() >= 4;
}

/// A third-party model of the shared test data, or nothing where it is absent.
std::string SharedModel(const std::string& name) {
  const char* shared = std::getenv("MEDLEY_SHARED");
  const fs::path path = fs::path(shared != nullptr ? shared : "../shared") / "data/models" / name;
  return fs::exists(path) ? fs::absolute(path).string() : std::string();
}

media::Image Picture(
    int side, std::uint8_t red, std::uint8_t green, std::uint8_t blue, int stripe) {
  media::Image image{.side = side, .rgb = {}};
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const bool dark = (x / stripe) % 2 == 0;
      for (const std::uint8_t colour : {red, green, blue}) {
        image.rgb.push_back(dark ? static_cast<std::uint8_t>(colour / 3) : colour);
      }
    }
  }
  return image;
}

media::Sound Tone(double hz, double seconds) {
  media::Sound sound{.sample_rate = 16000, .samples = {}};
  const auto count = static_cast<std::size_t>(seconds * sound.sample_rate);
  for (std::size_t i = 0; i < count; ++i) {
    const double time = static_cast<double>(i) / sound.sample_rate;
    sound.samples.push_back(
        static_cast<float>(0.4 * std::sin(2 * std::numbers::pi * hz * time) * std::exp(-time)));
  }
  return sound;
}

std::unique_ptr<Encoder> Make(Modality modality, const Settings& settings = {}) {
  auto encoder = MakeEncoder(modality, settings);
  EXPECT_TRUE(encoder) << encoder.error().message;
  return encoder ? *std::move(encoder) : nullptr;
}

/// The pack's text encoder, which takes its time to load, once for all tests.
Encoder& TextEncoder() {
  static const std::unique_ptr<Encoder> encoder = Make(Modality::kText);
  return *encoder;
}

/// One that reads 16 tokens only.
Encoder& ShortTextEncoder() {
  static const std::unique_ptr<Encoder> encoder = Make(Modality::kText, {{"max_tokens", "16"}});
  return *encoder;
}

linalg::Matrix EncodeAll(Encoder& encoder,
                         const std::vector<Input>& inputs,
                         TextRole role = TextRole::kPassage) {
  linalg::Matrix out(inputs.size(), encoder.dimension());
  const auto status = encoder.Encode(inputs, role, out.View());
  EXPECT_TRUE(status) << status.error().message;
  for (std::size_t row = 0; row < out.rows(); ++row) {
    EXPECT_NEAR(linalg::SquaredNorm(out.Row(row)), 1, 1e-4) << "row " << row;
  }
  return out;
}

double Cosine(const linalg::Matrix& rows, std::size_t a, std::size_t b) {
  return linalg::Dot(rows.Row(a), rows.Row(b));
}

class PackEncoderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PackIsThere()) GTEST_SKIP() << "the model pack is not set up: run `make setup`";
  }
};

TEST(WriteUnitRow, GivesLengthOneToWhatHasNoDirection) {
  const std::vector<float> zeros(16, 0.0F);
  const std::vector<float> broken(16, NAN);
  std::vector<float> row(16, 5.0F);
  for (const auto& from : {zeros, broken}) {
    WriteUnitRow(from, row);
    EXPECT_NEAR(linalg::SquaredNorm(row), 1, 1e-6);
    EXPECT_TRUE(linalg::AllFinite(row));
  }
}

TEST(EncoderKinds, RowsAreWholeAndEveryModalityHasOne) {
  std::set<std::pair<std::string, Modality>> seen;
  std::set<Modality> modalities;
  for (const EncoderKind& kind : EncoderKinds()) {
    EXPECT_TRUE(seen.emplace(kind.name, kind.modality).second) << kind.name;
    EXPECT_FALSE(kind.summary.empty());
    EXPECT_THAT(kind.example, HasSubstr("kind = \"" + kind.name + "\""));
    EXPECT_THAT(kind.example,
                HasSubstr("[encoders." + std::string(data::ModalityName(kind.modality)) + "]"));
    modalities.insert(kind.modality);
  }
  EXPECT_EQ(modalities.size(), data::kModalities.size());
}

TEST(MakeEncoder, SaysWhatIsWrongWithTheSettings) {
  EXPECT_THAT(MakeEncoder(Modality::kText, {{"kind", "bert"}}).error().message,
              HasSubstr("e5, gguf"));
  EXPECT_THAT(MakeEncoder(Modality::kText, {{"tokens", "9"}}).error().message, HasSubstr("tokens"));
  EXPECT_THAT(MakeEncoder(Modality::kText, {{"max_tokens", "9999"}}).error().message,
              HasSubstr("max_tokens"));
  EXPECT_THAT(MakeEncoder(Modality::kImage, {{"kind", "openvino"}}).error().message,
              HasSubstr("model"));
  EXPECT_EQ(
      MakeEncoder(Modality::kImage, {{"kind", "openvino"}, {"model", "no/such.onnx"}}).error().code,
      ErrorCode::kNotFound);
}

TEST_F(PackEncoderTest, TextPutsMeaningAboveWordsAndLanguage) {
  const auto rows = EncodeAll(TextEncoder(),
                              {std::string("A lonely robot cleans up the garbage on Earth"),
                               std::string("一个孤独的机器人在地球上清理垃圾"),
                               std::string("Garbage collection fees in the city will rise")});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 1, 2));
}

TEST_F(PackEncoderTest, TextDoesNotDependOnItsCompanyInABatch) {
  std::vector<Input> many;
  for (int i = 0; i < 40; ++i)
    many.emplace_back(std::string(static_cast<std::size_t>(i % 13) * 9 + 3, 'a') + " word");
  const auto together = EncodeAll(TextEncoder(), many);
  for (const std::size_t i : {0U, 12U, 39U}) {
    const auto alone = EncodeAll(TextEncoder(), {many[i]});
    EXPECT_GT(linalg::Dot(alone.Row(0), together.Row(i)), 0.999) << i;
  }
}

TEST_F(PackEncoderTest, TextRolesDiffer) {
  const auto query = EncodeAll(TextEncoder(), {std::string("red summer dress")}, TextRole::kQuery);
  const auto passage =
      EncodeAll(TextEncoder(), {std::string("red summer dress")}, TextRole::kPassage);
  EXPECT_LT(linalg::Dot(query.Row(0), passage.Row(0)), 0.9999);
}

TEST_F(PackEncoderTest, TextTakesAnyBytes) {
  EncodeAll(ShortTextEncoder(),
            {std::string(),
             std::string("\xff\xfe\x00\x80", 4),
             std::string(3'000'000, 'x'),
             std::string(100'000, ' '),
             std::string("\n\t")});
}

TEST_F(PackEncoderTest, TextReadsNoFurtherThanMaxTokens) {
  std::string head;
  for (int i = 0; i < 40; ++i) head += "river ";
  const auto rows = EncodeAll(ShortTextEncoder(), {head + "bank", head + "Finanzamt"});
  EXPECT_NEAR(Cosine(rows, 0, 1), 1, 1e-5);
  EXPECT_NE(ShortTextEncoder().fingerprint(), TextEncoder().fingerprint());
}

TEST_F(PackEncoderTest, ImageTellsColourAndPattern) {
  auto encoder = Make(Modality::kImage);
  EXPECT_EQ(encoder->decode_spec().frame.side, 224);
  std::vector<Input> pictures = {
      Picture(224, 200, 30, 30, 16), Picture(224, 205, 35, 30, 16), Picture(224, 30, 30, 200, 3)};
  const auto rows = EncodeAll(*encoder, pictures);
  EXPECT_GT(Cosine(rows, 0, 1), 0.97);
  EXPECT_LT(Cosine(rows, 0, 2), Cosine(rows, 0, 1) - 0.1);
  for (int i = 0; i < 20; ++i) pictures.push_back(pictures[0]);
  const auto many = EncodeAll(*encoder, pictures);
  EXPECT_NEAR(Cosine(many, 0, 22), 1, 1e-4);
}

TEST_F(PackEncoderTest, RefusesInputsOfAnotherModalityOrSizeAndWritesNothing) {
  auto encoder = Make(Modality::kImage);
  linalg::Matrix out(2, encoder->dimension(), 7);
  const std::vector<Input> mixed = {Picture(224, 9, 9, 9, 4), std::string("text")};
  EXPECT_EQ(encoder->Encode(mixed, TextRole::kPassage, out.View()).error().code,
            ErrorCode::kInvalidInput);
  const std::vector<Input> small = {Picture(224, 9, 9, 9, 4), Picture(64, 9, 9, 9, 4)};
  EXPECT_EQ(encoder->Encode(small, TextRole::kPassage, out.View()).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(out(0, 0), 7);
}

TEST_F(PackEncoderTest, AudioTellsSoundsApartAndTakesAnyLength) {
  auto encoder = Make(Modality::kAudio);
  const auto rows =
      EncodeAll(*encoder,
                {Tone(220, 3),
                 Tone(225, 3),
                 Tone(3000, 3),
                 Tone(220, 0.2),
                 Tone(220, 9.5),
                 media::Sound{.sample_rate = 16000, .samples = std::vector<float>(48000, 0.0F)}});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
  linalg::Matrix out(1, encoder->dimension());
  const std::vector<Input> empty = {media::Sound{.sample_rate = 16000, .samples = {}}};
  EXPECT_EQ(encoder->Encode(empty, TextRole::kPassage, out.View()).error().code,
            ErrorCode::kInvalidInput);
}

TEST(TimbreEncoder, TellsSoundsApartWithoutAModel) {
  const auto encoder = Make(Modality::kAudio, {{"kind", "timbre"}, {"musicnn", "false"}});
  ASSERT_NE(encoder, nullptr);
  ASSERT_EQ(encoder->dimension(), 280U);
  const std::vector<Input> sounds = {
      Tone(300, 1),
      Tone(310, 1),
      Tone(3000, 1),
      media::Sound{.sample_rate = 16000, .samples = std::vector<float>(800)}};
  linalg::Matrix out(sounds.size(), encoder->dimension());
  ASSERT_TRUE(encoder->Encode(sounds, TextRole::kPassage, out.View()));
  for (std::size_t i = 0; i < out.rows(); ++i)
    EXPECT_NEAR(linalg::SquaredNorm(out.Row(i)), 1, 1e-4);
  EXPECT_GT(linalg::Dot(out.Row(0), out.Row(1)), linalg::Dot(out.Row(0), out.Row(2)) + 0.1F);
  const std::vector<Input> empty = {media::Sound{.sample_rate = 16000, .samples = {}}};
  linalg::Matrix one(1, encoder->dimension());
  EXPECT_EQ(encoder->Encode(empty, TextRole::kPassage, one.View()).error().code,
            ErrorCode::kInvalidInput);
}

TEST(TimbreEncoder, TellsASoundFromItsReverseByItsCourse) {
  auto fading = Tone(300, 1);
  for (std::size_t i = 0; i < fading.samples.size(); ++i)
    fading.samples[i] *= std::exp2(-static_cast<float>(i) / 1600);
  auto rising = fading;
  std::ranges::reverse(rising.samples);
  const std::vector<Input> sounds = {fading, rising};
  const auto likeness = [&](const char* course) {
    const auto encoder =
        Make(Modality::kAudio, {{"kind", "timbre"}, {"musicnn", "false"}, {"course", course}});
    linalg::Matrix out(sounds.size(), encoder->dimension());
    EXPECT_TRUE(encoder->Encode(sounds, TextRole::kPassage, out.View()));
    return linalg::Dot(out.Row(0), out.Row(1));
  };
  EXPECT_GT(likeness("false"), 0.99F);
  EXPECT_LT(likeness("true"), 0.9F);
}

TEST_F(PackEncoderTest, TimbreHoldsWhatMusicnnHears) {
  const auto encoder = Make(Modality::kAudio, {{"kind", "timbre"}});
  const auto musicnn = Make(Modality::kAudio, {{"kind", "musicnn"}});
  ASSERT_EQ(encoder->dimension(), 480U);
  const std::vector<Input> sounds = {Tone(300, 1), Tone(3000, 2)};
  linalg::Matrix out(2, encoder->dimension());
  linalg::Matrix heard(2, musicnn->dimension());
  ASSERT_TRUE(encoder->Encode(sounds, TextRole::kPassage, out.View()));
  ASSERT_TRUE(musicnn->Encode(sounds, TextRole::kPassage, heard.View()));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto third = std::as_const(out).Row(i).last(200);
    EXPECT_NEAR(linalg::Dot(third, heard.Row(i)), std::sqrt(1 / 3.0F), 1e-4);
  }
  EXPECT_NE(encoder->fingerprint(), musicnn->fingerprint());
}

TEST_F(PackEncoderTest, VideoWeighsOnlyWhatIsThere) {
  auto encoder = Make(Modality::kVideo);
  media::Clip whole{.frames = {Picture(224, 200, 30, 30, 16), Picture(224, 30, 200, 30, 9)},
                    .sound = Tone(440, 3)};
  media::Clip silent = whole;
  silent.sound.samples.clear();
  media::Clip blind = whole;
  blind.frames.clear();
  const auto rows = EncodeAll(*encoder, {whole, silent, blind});
  EXPECT_EQ(rows.cols(), 1480U);
  EXPECT_NEAR(Cosine(rows, 0, 1), std::numbers::sqrt2 / 2, 1e-3);
  EXPECT_NEAR(Cosine(rows, 0, 2), std::numbers::sqrt2 / 2, 1e-3);
  EXPECT_NEAR(Cosine(rows, 1, 2), 0, 1e-6);
}

TEST_F(PackEncoderTest, GgufModelEmbedsText) {
  const auto model = inference::ModelPack::Open()->Find("smollm2-135m");
  auto encoder =
      Make(Modality::kText, {{"kind", "gguf"}, {"model", "smollm2-135m"}, {"max_tokens", "32"}});
  const auto rows = EncodeAll(*encoder,
                              {std::string("a small dog runs"),
                               std::string("a little dog runs"),
                               std::string("interest rates rose again"),
                               std::string()});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
  auto by_path =
      Make(Modality::kText, {{"kind", "gguf"}, {"model", model->File("weights")->string()}});
  EXPECT_EQ(by_path->dimension(), encoder->dimension());
}

TEST(NetworkImageEncoder, PlugsInATensorFlowLiteNetwork) {
  const std::string model = SharedModel("mobilenet_v1_1.0_224_quant_embedding_extractor.tflite");
  if (model.empty()) GTEST_SKIP() << "no shared data: set MEDLEY_SHARED";
  auto encoder = Make(Modality::kImage, {{"kind", "openvino"}, {"model", model}});
  EXPECT_EQ(encoder->dimension(), 1024U);
  EXPECT_EQ(encoder->decode_spec().frame.side, 224);
  const auto rows = EncodeAll(
      *encoder,
      {Picture(224, 200, 30, 30, 16), Picture(224, 205, 35, 30, 16), Picture(224, 30, 30, 200, 3)});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
}

TEST(NetworkSoundEncoder, PlugsInATensorFlowLiteNetwork) {
  const std::string model = SharedModel("yamnet.tflite");
  if (model.empty()) GTEST_SKIP() << "no shared data: set MEDLEY_SHARED";
  auto encoder = Make(Modality::kAudio, {{"kind", "openvino"}, {"model", model}});
  EXPECT_EQ(encoder->dimension(), 521U);
  const auto rows =
      EncodeAll(*encoder, {Tone(220, 3), Tone(225, 3), Tone(3000, 3), Tone(220, 0.1)});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
}

TEST(NetworkSoundEncoder, PlugsInARecurrentOnnxNetwork) {
  const std::string model = SharedModel("silero_vad_16k_op15.onnx");
  if (model.empty()) GTEST_SKIP() << "no shared data: set MEDLEY_SHARED";
  auto encoder = Make(Modality::kAudio,
                      {{"kind", "openvino"},
                       {"model", model},
                       {"shapes", "input=1x576 state=2x1x128"},
                       {"state", "state=stateN"},
                       {"output", "stateN"},
                       {"pool", "last"},
                       {"hop", "512"}});
  EXPECT_EQ(encoder->dimension(), 256U);
  const auto rows = EncodeAll(*encoder, {Tone(220, 1), Tone(225, 1), Tone(3000, 1)});
  EXPECT_GT(Cosine(rows, 0, 1), Cosine(rows, 0, 2));
}

TEST(NetworkEncoders, SayWhatDoesNotFit) {
  const std::string sound = SharedModel("yamnet.tflite");
  const std::string vad = SharedModel("silero_vad_16k_op15.onnx");
  if (sound.empty() || vad.empty()) GTEST_SKIP() << "no shared data: set MEDLEY_SHARED";
  EXPECT_EQ(MakeEncoder(Modality::kImage, {{"kind", "openvino"}, {"model", sound}}).error().code,
            ErrorCode::kUnsupported);
  EXPECT_THAT(
      MakeEncoder(Modality::kAudio, {{"kind", "openvino"}, {"model", sound}, {"output", "x"}})
          .error()
          .message,
      HasSubstr("Identity"));
  EXPECT_THAT(
      MakeEncoder(Modality::kAudio, {{"kind", "openvino"}, {"model", sound}, {"window", "99"}})
          .error()
          .message,
      HasSubstr("15600"));
  EXPECT_THAT(
      MakeEncoder(Modality::kAudio, {{"kind", "openvino"}, {"model", sound}, {"state", "a=b"}})
          .error()
          .message,
      HasSubstr("state"));
  EXPECT_THAT(
      MakeEncoder(Modality::kAudio, {{"kind", "openvino"}, {"model", vad}, {"shapes", "input=1x"}})
          .error()
          .message,
      HasSubstr("shapes"));
}

}  // namespace
}  // namespace medley::encoders
