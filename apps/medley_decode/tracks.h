#pragma once

#include <cstdint>
#include <span>

#include "apps/medley_decode/ffmpeg.h"
#include "apps/medley_decode/file_type.h"
#include "apps/medley_decode/refusal.h"

/// Whole tracks: the picture of a picture file, the sound of a sound or film, frames of a film.
/// Each writes to the shared output, whose size the caller has checked.
namespace medley::decoding {

/// What to make of each picture or frame.
struct PictureTask {
  int side = 224;
  double crop = 1;
};
struct SoundTask {
  int sample_rate = 16000;
  std::uint64_t max_samples = 0;
};

/// Shapes: `rgb` is side x side x 3. Errors: kUnsupported for a sound or a film, and as everywhere.
Decoded<void> DecodePicture(Bytes file,
                            FileType type,
                            const PictureTask& task,
                            const Budget& budget,
                            std::span<std::uint8_t> rgb);

/// Mono, in [-1, 1], the mean of the channels; at most max_samples of them, or to the end of the
/// file. Returns how many.
/// Errors: kUnsupported where there is no sound track, kCorrupt where none of it can be decoded.
Decoded<std::uint64_t> DecodeSoundTrack(Bytes file,
                                        FileType type,
                                        const SoundTask& task,
                                        const Budget& budget,
                                        std::span<float> samples);

/// `frames` pictures, shown at (i + 1/2) / frames of the playing time. Frames that the file has not
/// (it ends early) repeat the last one.
/// Errors: kUnsupported where there is no film track, kCorrupt where not one frame can be decoded.
Decoded<void> DecodeFilmTrack(Bytes file,
                              FileType type,
                              const PictureTask& task,
                              int frames,
                              const Budget& budget,
                              std::span<std::uint8_t> rgb);

}  // namespace medley::decoding
