#pragma once

#include <cstdint>
#include <vector>

#include "medley/core/random.h"

namespace medley::simulation {

enum class Voice : std::uint8_t {
  kPiano,
  kElectricPiano,
  kOrgan,
  kStrings,
  kBrass,
  kFlute,
  kBell,
  kMarimba,
  kSawLead,
  kPad,
  kBass,
  kSubBass,
  kPluck,
  kDistorted,
};

enum class Drum : std::uint8_t {
  kKick,
  kSnare,
  kHat,
  kOpenHat,
  kClap,
  kShaker,
  kTom,
  kClave,
  kRide,
  kCrash
};

/// A strip of sound that notes are added to.
/// Units: seconds, hertz, gains of 1 at full scale.
class Tape {
 public:
  Tape(int rate, double seconds);

  void Note(Voice voice, double start, double length, double hertz, double gain);
  void Hit(Drum drum, double start, double gain, Random& random);
  /// Noise through a resonant filter that glides from one frequency to another, fading in and out:
  /// wind, waves, whooshes.
  void Noise(double start,
             double length,
             double from_hertz,
             double to_hertz,
             double resonance,
             double gain,
             Random& random);
  /// A gliding sine: chirps, sirens, meows.
  void Glide(double start,
             double length,
             double from_hertz,
             double to_hertz,
             double gain,
             double vibrato = 0);

  void LowPass(double hertz);
  void Reverb(double wetness, double seconds);
  /// Fades both ends, removes the mean, and sets the loudest sample to `peak`.
  void Finish(double peak);

  std::vector<float>& samples() { return samples_; }

 private:
  std::size_t At(double seconds) const;
  void Pluck(double start, double length, double hertz, double gain);
  int rate_;
  std::vector<float> samples_;
};

}  // namespace medley::simulation
