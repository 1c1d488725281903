#include "medley/simulation/instruments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace medley::simulation {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr std::size_t kTableSize = 2048;
using Table = std::array<float, kTableSize + 1>;

/// How a voice sounds. Partials are amplitudes of the harmonics, attack and the rest are seconds.
struct VoiceSpec {
  std::array<double, 10> partials;
  double attack;
  double decay;  ///< time constant towards `sustain`
  double sustain;
  double release;
  double vibrato;     ///< share of the frequency
  double modulation;  ///< index of a frequency modulation that dies with the decay
  double ratio;       ///< of its modulator to the note
};

constexpr VoiceSpec SpecOf(Voice voice) {
  switch (voice) {
    case Voice::kPiano:
      return {{1, .55, .33, .22, .14, .1, .06, .05, .03, .02}, .004, .5, 0, .12, 0, 0, 1};
    case Voice::kElectricPiano:
      return {{1, .12, .05}, .004, .7, .1, .15, .001, 1.1, 1};
    case Voice::kOrgan:
      return {{1, .8, .5, .6, 0, .3, 0, .3}, .01, 1, 1, .06, .003, 0, 1};
    case Voice::kStrings:
      return {{1, .6, .45, .32, .25, .2, .14, .1, .08, .06}, .13, 1, 1, .3, .004, 0, 1};
    case Voice::kBrass:
      return {{1, .9, .75, .6, .45, .32, .22, .15, .1, .06}, .05, .4, .75, .12, .003, .3, 1};
    case Voice::kFlute:
      return {{1, .22, .08, .03}, .06, 1, .9, .12, .006, 0, 1};
    case Voice::kBell:
      return {{1, .1}, .002, .9, 0, .5, 0, 2.2, 3.51};
    case Voice::kMarimba:
      return {{1, 0, 0, .35, 0, 0, 0, 0, .08}, .003, .22, 0, .1, 0, 0, 1};
    case Voice::kSawLead:
      return {{1, .5, .333, .25, .2, .167, .143, .125, .111, .1}, .008, .3, .55, .08, .003, 0, 1};
    case Voice::kPad:
      return {{1, .35, .3, .12, .1, .05}, .35, 1, 1, .6, .003, 0, 1};
    case Voice::kBass:
      return {{1, .6, .3, .15, .08}, .006, .4, .3, .08, 0, .4, 1};
    case Voice::kSubBass:
      return {{1, .12}, .01, .6, .5, .1, 0, 0, 1};
    case Voice::kPluck:
      return {{1}, 0, 0, 0, 0, 0, 0, 1};
    case Voice::kDistorted:
      return {{1, .8, .7, .6, .5, .45, .4, .35, .3, .25}, .006, .8, .7, .08, .003, 0, 1};
  }
  return {};
}
constexpr int kVoices = 14;

struct Tables {
  std::array<Table, kVoices> waves{};
  Table sine{};
  Tables() {
    for (std::size_t i = 0; i <= kTableSize; ++i) {
      const double phase = kTurn * static_cast<double>(i) / kTableSize;
      sine[i] = static_cast<float>(std::sin(phase));
      for (int v = 0; v < kVoices; ++v) {
        const auto spec = SpecOf(static_cast<Voice>(v));
        double sum = 0;
        double norm = 0;
        for (std::size_t h = 0; h < spec.partials.size(); ++h) {
          sum += spec.partials[h] * std::sin(phase * static_cast<double>(h + 1));
          norm += spec.partials[h];
        }
        waves[static_cast<std::size_t>(v)][i] = static_cast<float>(sum / std::sqrt(norm));
      }
    }
  }
};

const Tables& TheTables() {
  static const Tables tables;
  return tables;
}

/// A whole turn is 2^32, so that phases wrap by themselves.
constexpr double kPhase = 4294967296.0;
std::uint32_t Step(double hertz, int rate) {
  return static_cast<std::uint32_t>(hertz / rate * kPhase);
}

float Read(const Table& table, std::uint32_t phase) {
  const std::uint32_t i = phase >> 21;
  const float part = static_cast<float>(phase & 0x1fffff) * 0x1.0p-21F;
  return table[i] + (table[i + 1] - table[i]) * part;
}

double Sine(double turns) { return std::sin(kTurn * turns); }

/// The loudness of a note at `t` seconds.
double Envelope(const VoiceSpec& spec, double t, double length) {
  const double level = spec.sustain + (1 - spec.sustain) * std::exp(-t / spec.decay);
  const double attack = t < spec.attack ? t / spec.attack : 1;
  const double release = t > length ? std::max(0.0, 1 - (t - length) / spec.release) : 1;
  return level * attack * release;
}

}  // namespace

Tape::Tape(int rate, double seconds)
    : rate_(rate), samples_(static_cast<std::size_t>(rate * seconds)) {}

std::size_t Tape::At(double seconds) const {
  return static_cast<std::size_t>(
      std::clamp(seconds * rate_, 0.0, static_cast<double>(samples_.size())));
}

void Tape::Note(Voice voice, double start, double length, double hertz, double gain) {
  if (voice == Voice::kPluck) return Pluck(start, length, hertz, gain);
  const VoiceSpec spec = SpecOf(voice);
  const Table& wave = TheTables().waves[static_cast<std::size_t>(voice)];
  const Table& sine = TheTables().sine;
  const std::size_t begin = At(start);
  const std::size_t end = At(start + length + spec.release);
  const std::uint32_t step = Step(hertz, rate_);
  const std::uint32_t modulator_step = Step(hertz * spec.ratio, rate_);
  std::uint32_t phase = 0;
  std::uint32_t modulator = 0;
  // Envelope, vibrato and modulation change slowly: once a block is enough, and halves the cost.
  constexpr std::size_t kBlock = 32;
  double level = Envelope(spec, 0, length);
  for (std::size_t block = begin; block < end; block += kBlock) {
    const std::size_t stop = std::min(end, block + kBlock);
    const double t = static_cast<double>(stop - begin) / rate_;
    const double next = Envelope(spec, t, length);
    auto envelope = static_cast<float>(gain * level);
    const float rise = static_cast<float>(gain * (next - level)) / static_cast<float>(stop - block);
    const auto bent = static_cast<std::uint32_t>(step * (1 + spec.vibrato * Sine(t * 5.3)));
    const auto depth = static_cast<float>(spec.modulation * level / kTurn * kPhase);
    level = next;
    if (spec.modulation > 0) {
      for (std::size_t i = block; i < stop; ++i, envelope += rise) {
        const auto shift =
            static_cast<std::uint32_t>(static_cast<std::int64_t>(depth * Read(sine, modulator)));
        samples_[i] += envelope * Read(wave, phase + shift);
        phase += bent;
        modulator += modulator_step;
      }
    } else if (voice == Voice::kDistorted) {
      for (std::size_t i = block; i < stop; ++i, envelope += rise) {
        const float x = 5 * Read(wave, phase);
        samples_[i] += envelope * x / (1 + std::fabs(x));
        phase += bent;
      }
    } else {
      for (std::size_t i = block; i < stop; ++i, envelope += rise) {
        samples_[i] += envelope * Read(wave, phase);
        phase += bent;
      }
    }
  }
}

/// Source: Karplus and Strong, "Digital synthesis of plucked-string and drum timbres", 1983.
void Tape::Pluck(double start, double length, double hertz, double gain) {
  const auto period = static_cast<std::size_t>(std::max(2.0, rate_ / hertz));
  std::vector<float> string(period);
  Random random(period * 977);
  for (auto& x : string) x = static_cast<float>(random.Uniform(-1, 1));
  const std::size_t begin = At(start);
  const std::size_t end = At(start + length + 0.4);
  std::size_t at = 0;
  const auto damping =
      static_cast<float>(0.5 * std::pow(0.001, 1 / (hertz * std::max(0.8, length + 0.6))));
  for (std::size_t i = begin; i < end; ++i) {
    const std::size_t next = at + 1 == period ? 0 : at + 1;
    samples_[i] += static_cast<float>(gain) * string[at];
    string[at] = damping * (string[at] + string[next]);
    at = next;
  }
}

void Tape::Hit(Drum drum, double start, double gain, Random& random) {
  struct DrumSpec {
    double tone_from, tone_to, tone_decay, tone, noise_decay, noise, brightness;
  };
  constexpr std::array<DrumSpec, 10> kSpecs = {DrumSpec{150, 46, .13, 1.1, .006, .25, .6},
                                               {210, 170, .07, .5, .1, .6, .6},
                                               {0, 0, 1, 0, .03, .3, .97},
                                               {0, 0, 1, 0, .18, .28, .97},
                                               {0, 0, 1, 0, .09, .6, .7},
                                               {0, 0, 1, 0, .045, .2, .93},
                                               {170, 90, .18, .9, .02, .12, .5},
                                               {2450, 2400, .025, .5, .004, .1, .8},
                                               {5200, 5200, .25, .04, .28, .14, .97},
                                               {0, 0, 1, 0, .7, .45, .9}};
  const DrumSpec& spec = kSpecs[static_cast<std::size_t>(drum)];
  const double longest = std::max(spec.tone > 0 ? spec.tone_decay : 0, spec.noise_decay);
  const std::size_t begin = At(start);
  const std::size_t end = At(start + 5 * longest);
  std::uint32_t phase = 0;
  double previous = 0;
  double tone_level = spec.tone;
  double noise_level = spec.noise;
  double hertz = spec.tone_from;
  const double tone_fall = std::exp(-1 / (spec.tone_decay * rate_));
  const double noise_fall = std::exp(-1 / (spec.noise_decay * rate_));
  const double glide = 1 - std::exp(-1 / (0.03 * rate_));
  for (std::size_t i = begin; i < end; ++i) {
    const double white = static_cast<double>(random.Next() >> 11) * 0x1.0p-52 - 1;
    const double noise = white - spec.brightness * previous;
    previous = white;
    phase += Step(hertz, rate_);
    hertz += (spec.tone_to - hertz) * glide;
    samples_[i] += static_cast<float>(
        gain * (tone_level * Read(TheTables().sine, phase) + noise_level * noise));
    tone_level *= tone_fall;
    noise_level *= noise_fall;
  }
}

void Tape::Noise(double start,
                 double length,
                 double from_hertz,
                 double to_hertz,
                 double resonance,
                 double gain,
                 Random& random) {
  const std::size_t begin = At(start);
  const std::size_t end = At(start + length);
  double low = 0;
  double band = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const double part =
        static_cast<double>(i - begin) / static_cast<double>(std::max<std::size_t>(1, end - begin));
    const double hertz = from_hertz + (to_hertz - from_hertz) * part;
    const double f = std::min(1.0, kTurn * hertz / rate_);
    const double white = static_cast<double>(random.Next() >> 11) * 0x1.0p-52 - 1;
    low += f * band;
    band += f * (white - low - resonance * band);
    samples_[i] += static_cast<float>(gain * 4 * part * (1 - part) * band);
  }
}

void Tape::Glide(
    double start, double length, double from_hertz, double to_hertz, double gain, double vibrato) {
  const std::size_t begin = At(start);
  const std::size_t end = At(start + length);
  const Table& sine = TheTables().sine;
  std::uint32_t phase = 0;
  std::uint32_t wobble_phase = 0;
  const std::uint32_t wobble_step = Step(7, rate_);
  const double scale = 1 / static_cast<double>(std::max<std::size_t>(1, end - begin));
  for (std::size_t i = begin; i < end; ++i) {
    const double part = static_cast<double>(i - begin) * scale;
    const double wobble = 1 + vibrato * Read(sine, wobble_phase);
    wobble_phase += wobble_step;
    phase += Step((from_hertz + (to_hertz - from_hertz) * part) * wobble, rate_);
    const double envelope = std::min({1.0, part * 12, (1 - part) * 6});
    samples_[i] +=
        static_cast<float>(gain * envelope * (Read(sine, phase) + 0.25F * Read(sine, 2 * phase)));
  }
}

void Tape::LowPass(double hertz) {
  const auto a = static_cast<float>(1 - std::exp(-kTurn * hertz / rate_));
  float first = 0;
  float second = 0;
  for (auto& x : samples_) {
    first += a * (x - first);
    second += a * (first - second);
    x = second;
  }
}

/// Source: Schroeder, "Natural sounding artificial reverberation", 1962: parallel combs, then
/// all-passes.
void Tape::Reverb(double wetness, double seconds) {
  constexpr std::array kCombs = {0.0297, 0.0371, 0.0411, 0.0437};
  constexpr std::array kAllPasses = {0.005, 0.0017};
  std::vector<float> wet(samples_.size());
  for (const double delay : kCombs) {
    std::vector<float> line(static_cast<std::size_t>(delay * rate_));
    const auto feedback = static_cast<float>(std::pow(0.001, delay / seconds));
    std::size_t at = 0;
    float damped = 0;
    for (std::size_t i = 0; i < wet.size(); ++i) {
      const float out = line[at];
      damped = 0.7F * out + 0.3F * damped;
      line[at] = samples_[i] + feedback * damped;
      if (++at == line.size()) at = 0;
      wet[i] += 0.25F * out;
    }
  }
  for (const double delay : kAllPasses) {
    std::vector<float> line(static_cast<std::size_t>(delay * rate_));
    std::size_t at = 0;
    for (auto& x : wet) {
      const float out = line[at] - 0.7F * x;
      line[at] = x + 0.7F * out;
      x = out;
      if (++at == line.size()) at = 0;
    }
  }
  const auto share = static_cast<float>(wetness);
  for (std::size_t i = 0; i < wet.size(); ++i)
    samples_[i] = (1 - share * 0.5F) * samples_[i] + share * wet[i];
}

void Tape::Finish(double peak) {
  double mean = 0;
  for (const float x : samples_) mean += x;
  mean /= static_cast<double>(std::max<std::size_t>(1, samples_.size()));
  float loudest = 1e-6F;
  for (auto& x : samples_) {
    x -= static_cast<float>(mean);
    loudest = std::max(loudest, std::fabs(x));
  }
  const auto gain = static_cast<float>(peak) / loudest;
  const std::size_t in = At(0.004);
  const std::size_t out = At(0.09);
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    float fade = 1;
    if (i < in) fade = static_cast<float>(i) / static_cast<float>(in);
    if (samples_.size() - i < out)
      fade = static_cast<float>(samples_.size() - i) / static_cast<float>(out);
    samples_[i] *= gain * fade;
  }
}

}  // namespace medley::simulation
