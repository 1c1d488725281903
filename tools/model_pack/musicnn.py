"""musicnn, trained on MagnaTagATune, as an OpenVINO IR.

Input: logmel f32 [batch, 187, 96], log10(10000 mel + 1), 3 s of sound. Outputs: embedding f32 [batch, 200], tags [batch, 50].
"""
import numpy as np
import openvino as ov
from openvino import opset13 as op

from tensorflow_checkpoint import read_tensors

FRAMES = 187
BANDS = 96
EPSILON = 1e-3
FRONT_CONVOLUTIONS = 5
TIMBRAL_CONVOLUTIONS = 2
MAX_BLOCK = 11


def numbered(kind, index):
    """TensorFlow's names: conv2d, conv2d_1, ..."""
    return kind if index == 0 else f"{kind}_{index}"


def scale_and_shift(tensors, index):
    """Batch normalisation number `index` as y = scale x + shift."""
    name = numbered("batch_normalization", index)
    scale = tensors[f"{name}/gamma"].astype(np.float64) / np.sqrt(tensors[f"{name}/moving_variance"].astype(np.float64) + EPSILON)
    return scale, tensors[f"{name}/beta"] - tensors[f"{name}/moving_mean"] * scale


def floats(values):
    return op.constant(np.ascontiguousarray(values, np.float32))


def integers(*values):
    return op.constant(np.array(values, np.int64))


class Network:
    """Builds the graph from the checkpoint's tensors."""

    def __init__(self, tensors):
        self.tensors = tensors

    def normalised(self, x, index, shape):
        scale, shift = scale_and_shift(self.tensors, index)
        return op.add(op.multiply(x, floats(scale.reshape(shape))), floats(shift.reshape(shape)))

    def convolved(self, x, index, pad_begin, pad_end):
        """Convolution and ReLU, padded along time only."""
        name = numbered("conv2d", index)
        kernel = self.tensors[f"{name}/kernel"].transpose(3, 2, 0, 1)
        y = op.convolution(x, floats(kernel), [1, 1], [pad_begin, 0], [pad_end, 0], [1, 1])
        return op.relu(op.add(y, floats(self.tensors[f"{name}/bias"].reshape(1, -1, 1, 1))))

    def timbral(self, x, index):
        """Filters over seven frames and most bands, the strongest place of each: [batch, filters, frames].

        A picture of one channel is a convolution that a CPU does badly. So bands are channels, and a block of neighbouring
        places is computed by one convolution whose kernel holds the filter once a place, shifted: more products, a third less time.
        """
        name = numbered("conv2d", index)
        kernel = self.tensors[f"{name}/kernel"][:, :, 0, :].transpose(2, 1, 0)  # [filters, bands, frames]
        filters, bands, length = kernel.shape
        places = BANDS - bands + 1
        block = min(places, MAX_BLOCK if places <= MAX_BLOCK else 8)
        strongest = None
        for first in range(0, places, block):
            count = min(block, places - first)
            shifted = np.zeros((count, filters, bands + count - 1, length), np.float32)
            for place in range(count):
                shifted[place, :, place:place + bands] = kernel
            seen = op.slice(x, integers(first), integers(first + bands + count - 1), integers(1), integers(1))
            y = op.convolution(seen, floats(shifted.reshape(count * filters, -1, length)), [1], [length // 2], [length // 2], [1])
            y = op.reshape(y, integers(0, count, filters, FRAMES), True)
            y = op.relu(op.add(y, floats(self.tensors[f"{name}/bias"].reshape(1, 1, -1, 1))))
            y = op.reduce_max(self.normalised(y, index + 1, (1, 1, -1, 1)), integers(1), False)
            strongest = y if strongest is None else op.maximum(strongest, y)
        return strongest

    def temporal(self, x, index):
        """Filters along time in each band, the strongest band of each: [batch, filters, frames]."""
        length = self.tensors[f"{numbered('conv2d', index)}/kernel"].shape[0]
        before = (length - 1) // 2  # TensorFlow's SAME: an even kernel has the odd zero at the end
        y = self.convolved(x, index, before, length - 1 - before)
        return op.reduce_max(self.normalised(y, index + 1, (1, -1, 1, 1)), integers(3), False)

    def front(self, x):
        """Of [batch, 1, frames, bands] the timbral and temporal features: [batch, 561, frames]."""
        by_band = op.transpose(op.squeeze(x, integers(1)), integers(0, 2, 1))
        features = [self.timbral(by_band, index) for index in range(TIMBRAL_CONVOLUTIONS)]
        features += [self.temporal(x, index) for index in range(TIMBRAL_CONVOLUTIONS, FRONT_CONVOLUTIONS)]
        return op.concat(features, 1)

    def middle(self, x, convolution, norm):
        """A convolution over seven frames and all channels: [batch, 64, frames]."""
        y = op.unsqueeze(op.transpose(x, integers(0, 2, 1)), integers(1))
        y = self.normalised(self.convolved(y, convolution, 3, 3), norm, (1, -1, 1, 1))
        return op.squeeze(y, integers(3))

    def build(self):
        logmel = op.parameter([-1, FRAMES, BANDS], np.float32, name="logmel")
        logmel.output(0).set_names({"logmel"})
        front = self.front(self.normalised(op.unsqueeze(logmel, integers(1)), 0, (1, 1, 1, 1)))
        first = self.middle(front, 5, 6)
        second = op.add(self.middle(first, 6, 7), first)
        third = op.add(self.middle(second, 7, 8), second)
        x = op.concat([front, first, second, third], 1)
        pooled = op.concat([op.reduce_max(x, integers(2), True), op.reduce_mean(x, integers(2), True)], 2)
        flat = op.reshape(pooled, integers(0, -1), True)  # maximum and mean of a channel side by side
        scale, shift = scale_and_shift(self.tensors, 9)
        kernel = self.tensors["dense/kernel"].astype(np.float64)
        dense = op.matmul(flat, floats(scale[:, None] * kernel), False, False)
        dense = op.relu(op.add(dense, floats((self.tensors["dense/bias"] + shift @ kernel).reshape(1, -1))))
        embedding = self.normalised(dense, 10, (1, -1))
        embedding.output(0).set_names({"embedding"})
        tags = op.matmul(embedding, floats(self.tensors["dense_1/kernel"]), False, False)
        tags = op.sigmoid(op.add(tags, floats(self.tensors["dense_1/bias"].reshape(1, -1))))
        tags.output(0).set_names({"tags"})
        return ov.Model([op.result(embedding), op.result(tags)], [logmel], "musicnn")


def make(index_file, data_file, folder):
    """Writes network.xml/.bin into `folder`."""
    ov.save_model(Network(read_tensors(index_file, data_file)).build(), folder / "network.xml", compress_to_fp16=True)
    return {"network": "network.xml", "weights": "network.bin"}
