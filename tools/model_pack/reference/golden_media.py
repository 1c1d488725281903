"""Draws and synthesises the small media of tests/golden: PNG and WAV files, from formulas and a fixed seed."""
import struct
import wave
import zlib

import numpy as np


def drawn_picture(height, width, seed):
    """A sky with a sun over hills and some confetti: gradients, edges, texture. u8 [height, width, 3]."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    picture = np.stack([60 + 120 * y, 110 + 70 * y, 220 - 90 * y], axis=2)
    sun = np.hypot(x - 0.65, y - 0.25) < 0.12
    picture[sun] = (250, 215, 70)
    for level, colour in ((0.55, (60, 130, 70)), (0.68, (40, 95, 50))):
        hill = y > level + 0.06 * np.sin(9 * x + 20 * level)
        picture[hill] = colour
    for _ in range(60):
        row, column, radius = random.uniform(0.5, 1), random.uniform(0, 1), random.uniform(0.01, 0.03)
        picture[np.hypot(x - column, y - row) < radius] = random.uniform(40, 255, 3)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def write_png(path, picture):
    """8-bit RGB, no filters."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = picture.shape
    rows = b"".join(b"\0" + picture[row].tobytes() for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def melody(rate, seconds):
    """Plucked notes over a drum-like noise. Floats in [-1, 1]."""
    random = np.random.default_rng(5)
    time = np.arange(int(rate * seconds)) / rate
    sound = np.zeros(len(time))
    for number, pitch in enumerate((220.0, 277.18, 329.63, 440.0, 329.63, 277.18)):
        after = time - number * 0.5
        envelope = np.where(after >= 0, np.exp(-5 * np.maximum(after, 0)), 0)
        for harmonic in range(1, 6):
            sound += 0.25 / harmonic * envelope * np.sin(2 * np.pi * pitch * harmonic * after)
        beat = np.where(after >= 0, np.exp(-40 * np.maximum(after, 0)), 0)
        sound += 0.15 * beat * random.standard_normal(len(time))
    return 0.8 * sound / np.abs(sound).max()


def write_wav(path, samples, rate):
    """16-bit mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())


def read_wav(path):
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
