#include "medley/simulation/sound.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include "medley/simulation/instruments.h"

namespace medley::simulation {
namespace {

/// What a mood does to harmony. Semitones above the key.
struct Harmony {
  std::array<int, 7> scale;
  std::array<int, 4> chords;  ///< degrees of the scale the chords stand on, one after the other
  bool seventh;
  double reverb;   ///< wetness
  double legato;   ///< length of a note as a share of its step
  double density;  ///< how likely a step of the melody sounds
};
constexpr std::array<Harmony, kMoods> kHarmonies = {
    Harmony{{0, 2, 4, 5, 7, 9, 11}, {0, 3, 0, 4}, false, 0.3, 1.3, 0.45},  // calm: major
    {{0, 2, 4, 5, 7, 9, 11}, {0, 4, 5, 3}, false, 0.12, 0.8, 0.8},         // happy: major
    {{0, 2, 3, 5, 7, 8, 10}, {0, 5, 2, 6}, false, 0.35, 1.4, 0.5},         // melancholy: minor
    {{0, 2, 4, 5, 7, 9, 10}, {0, 6, 3, 0}, false, 0.08, 0.6, 0.95},        // energetic: mixolydian
    {{0, 1, 3, 5, 6, 8, 10}, {0, 1, 0, 4}, false, 0.2, 0.7, 0.65},         // tense: locrian
    {{0, 2, 4, 6, 7, 9, 11}, {0, 1, 5, 0}, true, 0.5, 1.6, 0.55}};         // dreamy: lydian

/// A piece being written: the tape, its key and its beat.
struct Piece {
  Tape& tape;
  const ItemLatents& item;
  const Harmony& harmony;
  Random& random;
  double key;   ///< hertz of the tonic around middle C
  double beat;  ///< seconds

  double Hertz(int degree, int octave = 0) const {
    const int turns = degree >= 0 ? degree / 7 : -((6 - degree) / 7);
    const int semitone =
        harmony.scale[static_cast<std::size_t>(degree - 7 * turns)] + 12 * (turns + octave);
    return key * std::pow(2.0, semitone / 12.0);
  }
  int beats() const { return static_cast<int>(kSoundSeconds / beat) + 1; }
  int ChordAt(int at) const { return harmony.chords[static_cast<std::size_t>(at / 2) % 4]; }
};

void Chords(Piece& p, Voice voice, double gain, int every = 2, int octave = 0) {
  for (int b = 0; b < p.beats(); b += every) {
    const int root = p.ChordAt(b);
    const int notes = p.harmony.seventh ? 4 : 3;
    for (int n = 0; n < notes; ++n) {
      p.tape.Note(voice,
                  b * p.beat,
                  every * p.beat * std::min(1.0, p.harmony.legato),
                  p.Hertz(root + 2 * n, octave),
                  gain / notes);
    }
  }
}

void Stabs(Piece& p, Voice voice, double gain, std::span<const double> at) {
  for (int b = 0; b < p.beats(); ++b) {
    for (const double part : at) {
      for (int n = 0; n < 3; ++n)
        p.tape.Note(
            voice, (b + part) * p.beat, p.beat * 0.2, p.Hertz(p.ChordAt(b) + 2 * n), gain / 3);
    }
  }
}

/// A tune of eighths that walks near the chord.
void Melody(Piece& p, Voice voice, double gain, int octave = 1, double swing = 0) {
  int degree = p.ChordAt(0) + 2 * static_cast<int>(p.random.Below(3));
  for (int e = 0; e < 2 * p.beats(); ++e) {
    const bool sounds = e == 0 || p.random.Bernoulli(p.harmony.density);
    degree += static_cast<int>(p.random.Below(5)) - 2;
    degree = std::clamp(degree, -2, 9);
    if (e % 4 == 0) degree = p.ChordAt(e / 2) + 2 * static_cast<int>(p.random.Below(3));
    if (!sounds) continue;
    const double start = (e + (e % 2 == 1 ? swing : 0)) * p.beat / 2;
    p.tape.Note(voice, start, p.beat / 2 * p.harmony.legato, p.Hertz(degree, octave), gain);
  }
}

void Arpeggio(Piece& p, Voice voice, double gain, int per_beat, int octave = 0) {
  for (int i = 0; i < per_beat * p.beats(); ++i) {
    constexpr std::array kOrder = {0, 2, 4, 7, 4, 2};
    const int degree =
        p.ChordAt(i / per_beat) + kOrder[static_cast<std::size_t>(i) % kOrder.size()];
    p.tape.Note(voice,
                i * p.beat / per_beat,
                p.beat / per_beat * p.harmony.legato,
                p.Hertz(degree, octave),
                gain);
  }
}

void BassLine(Piece& p, Voice voice, double gain, int per_beat, bool walking) {
  for (int i = 0; i < per_beat * p.beats(); ++i) {
    const int step =
        walking ? std::array{0, 2, 4, 5}[static_cast<std::size_t>(i) % 4] : (i % 4 == 3 ? 4 : 0);
    p.tape.Note(voice,
                i * p.beat / per_beat,
                p.beat / per_beat * 0.85,
                p.Hertz(p.ChordAt(i / per_beat) + step, -2),
                gain);
  }
}

/// One bar of sixteen steps a character: 'x' sounds, 'o' softly.
void Drums(Piece& p, Drum drum, const char* bar, double gain, double swing = 0) {
  const std::size_t steps = std::strlen(bar);
  for (int i = 0; i < 4 * p.beats(); ++i) {
    const char step = bar[static_cast<std::size_t>(i) % steps];
    if (step == '.') continue;
    const double late = i % 4 == 3 || i % 4 == 1 ? swing * p.beat / 4 : 0;
    p.tape.Hit(drum, i * p.beat / 4 + late, step == 'x' ? gain : gain * 0.45, p.random);
  }
}

void Song(Piece& p) {
  switch (p.item.category_in_kind()) {
    case 0:  // jazz
      BassLine(p, Voice::kBass, 0.5, 1, true);
      Chords(p, Voice::kElectricPiano, 0.5);
      Melody(p, p.random.Bernoulli(0.5) ? Voice::kBrass : Voice::kElectricPiano, 0.28, 1, 0.33);
      Drums(p, Drum::kRide, "x...x..ox...x..o", 0.7, 0.3);
      Drums(p, Drum::kSnare, "....o.......o..o", 0.25, 0.3);
      break;
    case 1:  // rock
      BassLine(p, Voice::kBass, 0.4, 2, false);
      Arpeggio(p, Voice::kDistorted, 0.2, 2, -1);
      Chords(p, Voice::kDistorted, 0.4, 1, -1);
      Drums(p, Drum::kKick, "x.....x.x.x.....", 0.8);
      Drums(p, Drum::kSnare, "....x.......x...", 0.7);
      Drums(p, Drum::kHat, "x.x.x.x.x.x.x.x.", 0.4);
      break;
    case 2:  // electronic
      Arpeggio(p, Voice::kSawLead, 0.2, 4, p.random.Bernoulli(0.5) ? 1 : 0);
      BassLine(p, Voice::kSawLead, 0.3, 4, false);
      Chords(p, Voice::kPad, 0.3);
      Drums(p, Drum::kKick, "x...x...x...x...", 0.95);
      Drums(p, Drum::kOpenHat, "..x...x...x...x.", 0.35);
      Drums(p, Drum::kClap, "....x.......x...", 0.5);
      break;
    case 3:  // classical
      Chords(p, Voice::kStrings, 0.55);
      Arpeggio(p, Voice::kPiano, 0.22, 3);
      Melody(p, p.random.Bernoulli(0.5) ? Voice::kStrings : Voice::kFlute, 0.3, 1);
      break;
    case 4:  // folk
      Arpeggio(p, Voice::kPluck, 0.5, 4, -1);
      Melody(p, Voice::kFlute, 0.22, 1);
      BassLine(p, Voice::kPluck, 0.5, 1, false);
      break;
    case 5:  // hip-hop
      BassLine(p, Voice::kSubBass, 0.7, 1, false);
      Chords(p, Voice::kElectricPiano, 0.35);
      Drums(p, Drum::kKick, "x..x..x...x.....", 1.0, 0.2);
      Drums(p, Drum::kSnare, "....x.......x..o", 0.8, 0.2);
      Drums(p, Drum::kHat, "x.xxx.x.x.x.xxxx", 0.32, 0.2);
      break;
    case 6:  // ambient
      Chords(p, Voice::kPad, 0.6, 4);
      Chords(p, Voice::kPad, 0.35, 4, -1);
      Melody(p, Voice::kBell, 0.07, 1);
      p.tape.Noise(0, kSoundSeconds, 300, 900, 0.6, 0.05, p.random);
      break;
    default:  // latin
      Melody(p, Voice::kPluck, 0.45, 0);
      Stabs(p, Voice::kPiano, 0.5, std::array{0.5});
      BassLine(p, Voice::kBass, 0.5, 1, false);
      Drums(p, Drum::kClave, "x..x..x...x.x...", 0.5);
      Drums(p, Drum::kShaker, "x.o.x.o.x.o.x.o.", 0.7);
      Drums(p, Drum::kTom, "......x.......xx", 0.5);
  }
}

/// An advert: a motif, its answer and a last chord that rings.
void Jingle(Piece& p) {
  constexpr std::array<Voice, kCategoriesPerKind> kVoices = {Voice::kPluck,
                                                             Voice::kBell,
                                                             Voice::kElectricPiano,
                                                             Voice::kOrgan,
                                                             Voice::kMarimba,
                                                             Voice::kStrings,
                                                             Voice::kPiano,
                                                             Voice::kSawLead};
  const Voice voice = kVoices[static_cast<std::size_t>(p.item.category_in_kind())];
  const double gain = voice == Voice::kBell ? 0.2 : 0.36;
  const double end = kSoundSeconds - 1.1;
  int degree = 0;
  for (int i = 0; i * p.beat / 2 < end; ++i) {
    if (i % 4 == 0) degree = 2 * static_cast<int>(p.random.Below(4));
    p.tape.Note(voice, i * p.beat / 2, p.beat / 2 * p.harmony.legato, p.Hertz(degree, 1), gain);
    if (i % 2 == 0)
      p.tape.Note(Voice::kBass, i * p.beat / 2, p.beat * 0.8, p.Hertz(p.ChordAt(i / 2), -1), 0.3);
    degree += static_cast<int>(p.random.Below(4)) - 1;
  }
  for (int n = 0; n < 4; ++n) p.tape.Note(voice, end + 0.06 * n, 0.9, p.Hertz(2 * n), gain);
  p.tape.Note(Voice::kBell, end, 1, p.Hertz(7, 1), 0.12);
  Drums(p, Drum::kShaker, "x.o.x.o.", 0.45);
  if (p.item.mood == kEnergetic || p.item.mood == kHappy) Drums(p, Drum::kClap, "....x...", 0.45);
  if (p.item.mood == kEnergetic) Drums(p, Drum::kKick, "x...x...", 0.7);
  p.tape.Noise(end - 0.4, 0.6, 600, 3000, 0.7, 0.1, p.random);
}

void Score(Piece& p) {
  switch (p.item.category_in_kind()) {
    case 0:  // science fiction
      Chords(p, Voice::kPad, 0.5, 4, -1);
      Arpeggio(p, Voice::kSawLead, 0.1, 4, 1);
      for (int i = 0; i < 4; ++i)
        p.tape.Glide(p.random.Uniform(0, 2.6),
                     0.16,
                     p.random.Uniform(500, 2400),
                     p.random.Uniform(500, 2400),
                     0.12);
      p.tape.Noise(0, kSoundSeconds, 120, 1400, 0.25, 0.2, p.random);
      break;
    case 1:  // romance
      Chords(p, Voice::kStrings, 0.5, 2);
      Melody(p, Voice::kPiano, 0.4, 1);
      break;
    case 2:  // horror
      for (int n = 0; n < 4; ++n)
        p.tape.Note(Voice::kStrings, 0.3 * n, 3, p.key * std::pow(2.0, (n + 12) / 12.0), 0.13);
      for (int b = 0; b < p.beats(); ++b) {
        p.tape.Hit(Drum::kKick, b * p.beat, 0.8, p.random);
        p.tape.Hit(Drum::kKick, b * p.beat + 0.17, 0.5, p.random);
      }
      p.tape.Glide(1.4, 1.4, 900, 1500, 0.1, 0.05);
      p.tape.Noise(0, kSoundSeconds, 200, 700, 0.15, 0.25, p.random);
      break;
    case 3:  // comedy
      BassLine(p, Voice::kBrass, 0.4, 1, false);
      Stabs(p, Voice::kMarimba, 0.5, std::array{0.5});
      Melody(p, Voice::kMarimba, 0.4, 1, 0.3);
      p.tape.Glide(1.2, 0.4, 300, 1100, 0.22);
      break;
    case 4:  // action
      Drums(p, Drum::kTom, "x.xxx.x.xxx.x.xx", 0.8);
      Drums(p, Drum::kKick, "x...x...x...x...", 0.9);
      Stabs(p, Voice::kBrass, 0.7, std::array{0.0, 0.5});
      BassLine(p, Voice::kDistorted, 0.2, 4, false);
      p.tape.Hit(Drum::kCrash, p.random.Uniform(0, 1), 0.6, p.random);
      break;
    case 5:  // adventure
      Chords(p, Voice::kStrings, 0.35, 2);
      Melody(p, Voice::kBrass, 0.4, 0);
      Drums(p, Drum::kTom, "x.....x.x...x.x.", 0.6);
      break;
    case 6:  // crime
      BassLine(p, Voice::kBass, 0.55, 1, true);
      Melody(p, Voice::kBell, 0.1, 0, 0.3);
      Drums(p, Drum::kRide, "x...x..ox...x..o", 0.5, 0.3);
      p.tape.Noise(0, kSoundSeconds, 2200, 2600, 1.2, 0.06, p.random);
      break;
    default:  // nature
      Chords(p, Voice::kPad, 0.3, 4);
      Melody(p, Voice::kFlute, 0.32, 1);
      for (int i = 0; i < 2; ++i) p.tape.Noise(1.4 * i, 1.7, 400, 1300, 0.8, 0.25, p.random);
      for (int i = 0; i < 6; ++i)
        p.tape.Glide(p.random.Uniform(0, 2.8), 0.09, 3200, p.random.Uniform(2400, 4200), 0.09, 0.1);
  }
}

/// A newsroom's signature: a ticking ostinato and a motif that belongs to the topic.
void Signature(Piece& p) {
  constexpr std::array<Voice, kCategoriesPerKind> kVoices = {Voice::kSawLead,
                                                             Voice::kBrass,
                                                             Voice::kMarimba,
                                                             Voice::kPad,
                                                             Voice::kBell,
                                                             Voice::kStrings,
                                                             Voice::kPiano,
                                                             Voice::kOrgan};
  constexpr std::array<std::array<int, 4>, kCategoriesPerKind> kMotifs = {{{0, 4, 7, 4},
                                                                           {0, 0, 4, 7},
                                                                           {0, 2, 4, 6},
                                                                           {4, 2, 1, 0},
                                                                           {0, 7, 9, 11},
                                                                           {0, 3, 2, 4},
                                                                           {0, 2, 0, 4},
                                                                           {4, 4, 0, 0}}};
  const auto topic = static_cast<std::size_t>(p.item.category_in_kind());
  const double gain = kVoices[topic] == Voice::kBell ? 0.18 : 0.35;
  for (int i = 0; i < 2 * p.beats(); ++i) {
    p.tape.Note(Voice::kMarimba, i * p.beat / 2, p.beat / 3, p.Hertz(i % 2 == 0 ? 0 : 4, 1), 0.22);
    p.tape.Hit(Drum::kClave, i * p.beat / 2, 0.2, p.random);
  }
  for (int i = 0; i < p.beats(); ++i) {
    p.tape.Note(kVoices[topic],
                i * p.beat,
                p.beat * p.harmony.legato * 0.9,
                p.Hertz(kMotifs[topic][static_cast<std::size_t>(i) % 4], i % 8 > 3 ? 1 : 0),
                gain);
    p.tape.Note(Voice::kBass, i * p.beat, p.beat * 0.8, p.Hertz(p.ChordAt(i), -2), 0.35);
  }
  Drums(p, Drum::kTom, "x.......x...x...", 0.6);
  p.tape.Hit(Drum::kCrash, 0, 0.3, p.random);
}

/// What the telephone heard around the picture, with a tune over it.
void Soundscape(Piece& p) {
  auto& t = p.tape;
  auto& r = p.random;
  switch (p.item.category_in_kind()) {
    case 0:  // sizzling, cutlery
      t.Noise(-0.5, 4.5, 3600, 4600, 0.9, 0.22, r);
      for (int i = 0; i < 4; ++i)
        t.Note(Voice::kBell, r.Uniform(0, 2.8), 0.05, r.Uniform(2200, 3200), 0.1);
      break;
    case 1:  // meows or barks
      for (int i = 0; i < 2; ++i) {
        const double at = r.Uniform(0.2, 1) + 1.2 * i;
        t.Glide(at, 0.3, 480, 860, 0.4, 0.03);
        t.Glide(at + 0.28, 0.3, 860, 520, 0.35, 0.03);
      }
      break;
    case 2:  // waves and a gull
      for (int i = 0; i < 2; ++i) t.Noise(1.5 * i - 0.4, 2.0, 350, 1900, 0.9, 0.5, r);
      t.Glide(r.Uniform(0.3, 2), 0.4, 1900, 1300, 0.14, 0.04);
      break;
    case 3:  // steps at the tempo, breath
      for (int i = 0; i < 2 * p.beats(); ++i)
        t.Hit(Drum::kShaker, i * p.beat / 2, i % 2 == 0 ? 1.2 : 0.9, r);
      for (int b = 0; b < p.beats(); b += 2) t.Noise(b * p.beat, p.beat, 700, 1500, 0.8, 0.25, r);
      Drums(p, Drum::kKick, "x...x...", 0.6);
      break;
    case 4:  // birds and bees
      for (int i = 0; i < 9; ++i)
        t.Glide(r.Uniform(0, 2.8),
                r.Uniform(0.06, 0.14),
                r.Uniform(2200, 4200),
                r.Uniform(2200, 4400),
                0.16,
                0.08);
      t.Glide(0.2, 2.4, 210, 250, 0.06, 0.06);
      break;
    case 5:  // steam and murmur
      t.Noise(0.1, 1.1, 2500, 5200, 0.8, 0.3, r);
      t.Noise(0, kSoundSeconds, 320, 420, 0.4, 0.3, r);
      t.Note(Voice::kBell, 1.5, 0.05, 2600, 0.12);
      break;
    case 6:  // pages
      for (int i = 0; i < 3; ++i)
        t.Noise(0.3 + i + r.Uniform(-0.15, 0.15), 0.3, 1500, 4000, 0.9, 0.4, r);
      for (int i = 0; i < 6; ++i) t.Hit(Drum::kClave, i * 0.5, 0.12, r);
      break;
    default:  // traffic, a horn
      t.Noise(-1, 5, 90, 260, 0.6, 0.7, r);
      t.Noise(r.Uniform(0, 1.5), 1.4, 300, 900, 0.5, 0.3, r);
      t.Note(Voice::kBrass, r.Uniform(0.3, 2.2), 0.3, 370, 0.16);
  }
  Arpeggio(p, Voice::kPluck, 0.4, 2);
  Chords(p, Voice::kPad, 0.22);
}

/// Rounds each block to the power of two that lies about 42 dB below its own loudness, at least 16
/// of 65536 levels. FLAC stores the low zero bits of a block for nothing.
std::vector<short> Round(const std::vector<float>& samples) {
  constexpr std::size_t kBlock = 4096;  // as FLAC's own blocks
  std::vector<short> rounded(samples.size());
  for (std::size_t begin = 0; begin < samples.size(); begin += kBlock) {
    const std::size_t end = std::min(samples.size(), begin + kBlock);
    double power = 0;
    for (std::size_t i = begin; i < end; ++i) power += samples[i] * samples[i];
    const double loudness = std::sqrt(power / static_cast<double>(end - begin)) * 32767;
    const double step =
        std::exp2(std::clamp(std::round(std::log2(loudness / 36 + 1e-9)), 4.0, 8.0));
    const double most = std::floor(32767 / step);
    for (std::size_t i = begin; i < end; ++i) {
      const double level = std::clamp(samples[i] * 32767 / step, -most, most);
      rounded[i] = static_cast<short>(step * std::round(level));
    }
  }
  return rounded;
}

struct MemoryFile {
  std::string bytes;
  sf_count_t at = 0;
};

sf_count_t Seek(sf_count_t offset, int whence, void* user) {
  auto& file = *static_cast<MemoryFile*>(user);
  const auto size = static_cast<sf_count_t>(file.bytes.size());
  return file.at = offset + (whence == SEEK_CUR ? file.at : whence == SEEK_END ? size : 0);
}
sf_count_t Write(const void* data, sf_count_t count, void* user) {
  auto& file = *static_cast<MemoryFile*>(user);
  const auto end = static_cast<std::size_t>(file.at + count);
  if (file.bytes.size() < end) file.bytes.resize(end);
  std::memcpy(file.bytes.data() + file.at, data, static_cast<std::size_t>(count));
  file.at += count;
  return count;
}
sf_count_t Read(void*, sf_count_t, void*) { return 0; }
sf_count_t Tell(void* user) { return static_cast<MemoryFile*>(user)->at; }
sf_count_t Length(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size());
}

}  // namespace

std::vector<float> ComposeSound(const ItemLatents& item, Random random) {
  Tape tape(kSoundRate, kSoundSeconds);
  const double key = 196.0 * std::pow(2.0, static_cast<double>(random.Below(12)) / 12.0);
  Piece piece{
      tape, item, kHarmonies[static_cast<std::size_t>(item.mood)], random, key, 60 / item.tempo};
  switch (item.kind) {
    case Kind::kGoods:
      Jingle(piece);
      break;
    case Kind::kSong:
      Song(piece);
      break;
    case Kind::kFilm:
      Score(piece);
      break;
    case Kind::kNews:
      Signature(piece);
      break;
    case Kind::kPost:
      Soundscape(piece);
      break;
  }
  // Nearly two octaves either side of 1.8 kHz.
  tape.LowPass(1800 * std::pow(2.0, 3.6 * (item.brightness - 0.5)));
  tape.Reverb(piece.harmony.reverb, 0.6 + 2 * piece.harmony.reverb);
  tape.Finish(0.85);
  return std::move(tape.samples());
}

Result<std::string> EncodeFlac(const std::vector<float>& samples) {
  const std::vector<short> rounded = Round(samples);
  MemoryFile file;
  SF_VIRTUAL_IO io{&Length, &Seek, &Read, &Write, &Tell};
  SF_INFO info{};
  info.samplerate = kSoundRate;
  info.channels = 1;
  info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  SNDFILE* out = sf_open_virtual(&io, SFM_WRITE, &info, &file);
  if (out == nullptr)
    return Fail(ErrorCode::kInternal,
                std::string("the FLAC encoder failed: ") + sf_strerror(nullptr));
  const auto count = static_cast<sf_count_t>(rounded.size());
  const bool whole = sf_writef_short(out, rounded.data(), count) == count;
  sf_close(out);
  if (!whole) return Fail(ErrorCode::kInternal, "the FLAC encoder failed");
  return std::move(file.bytes);
}

}  // namespace medley::simulation
