"""Reads the tensors of a TensorFlow checkpoint (index + data files), without TensorFlow.

The index is an uncompressed LevelDB table whose values are BundleEntryProto messages: 1 dtype, 2 shape (its field 2 a
dimension, whose field 1 is the size), 4 offset, 5 bytes.
"""
import struct
from pathlib import Path

import numpy as np

MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
DTYPES = {1: np.float32, 2: np.float64, 3: np.int32, 9: np.int64}


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(message):
    """(field number, value) pairs of a protocol buffer message."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
        else:
            size = {1: 8, 5: 4}.get(kind)
            if size is None:
                size, at = _varint(message, at)
            value = message[at:at + size]
            at += size
        yield tag >> 3, value


def _entries(table, offset, size):
    """(key, value) pairs of one table block; keys share prefixes with the one before."""
    if table[offset + size] != 0:
        raise ValueError("the checkpoint's index is compressed")
    block = table[offset:offset + size]
    (restarts,) = struct.unpack_from("<I", block, size - 4)
    end, at, key = size - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = _varint(block, at)
        unshared, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at:at + unshared]
        at += unshared
        yield key, block[at:at + length]
        at += length


def _tensor(entry, data):
    shape, numbers = [], {}
    for field, value in _fields(entry):
        if field == 2:
            shape = [dict(_fields(dim)).get(1, 0) for inner, dim in _fields(value) if inner == 2]
        else:
            numbers[field] = value
    offset = numbers.get(4, 0)
    return np.frombuffer(data[offset:offset + numbers[5]], DTYPES[numbers[1]]).reshape(shape)


def read_tensors(index_file, data_file):
    """{name: array}."""
    table, data = Path(index_file).read_bytes(), Path(data_file).read_bytes()
    if struct.unpack("<Q", table[-8:])[0] != MAGIC:
        raise ValueError(f"{index_file} is not a checkpoint index")
    at = len(table) - FOOTER_BYTES
    for _ in range(2):  # where the meta index lies: not needed
        _, at = _varint(table, at)
    offset, at = _varint(table, at)
    size, at = _varint(table, at)
    tensors = {}
    for _, handle in _entries(table, offset, size):
        block, after = _varint(handle, 0)
        length, _ = _varint(handle, after)
        for key, entry in _entries(table, block, length):
            if key:  # the empty key is the bundle's header
                tensors[key.decode()] = _tensor(entry, data)
    return tensors
