"""Reads the tensors of a PyTorch checkpoint in the format before 1.6 (a plain pickle), without PyTorch.

Only the names that such files need are resolved, so that nothing in the file can run code.
"""
import collections
import pickle
import struct

import numpy as np


class _TensorUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *rest: (storage, offset, size, stride)
        if module == "torch" and name.endswith("Storage"):
            return name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint of tensors")

    def persistent_load(self, pid):
        return pid


def read_tensors(path):
    """{name: array}. Strides are honoured: weights are often saved as permuted views."""
    with open(path, "rb") as file:
        for _ in range(3):  # magic, protocol version, system description
            _TensorUnpickler(file).load()
        tensors = _TensorUnpickler(file).load()
        keys = _TensorUnpickler(file).load()
        kinds = {storage[2]: storage[1] for storage, *_ in tensors.values()}
        data = {}
        for key in keys:
            (count,) = struct.unpack("<q", file.read(8))
            dtype = np.dtype(np.float32 if "Float" in kinds[key] else np.int64)
            data[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    arrays = {}
    for name, (storage, offset, size, stride) in tensors.items():
        flat = data[storage[2]]
        steps = [step * flat.itemsize for step in stride]
        arrays[name] = np.lib.stride_tricks.as_strided(flat[offset:], size, steps).copy()
    return arrays
